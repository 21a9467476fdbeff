// Which files of a page are compared. Files of one machine, one build and one configuration are repetitions
// of one measurement, not rivals: they are pooled into one side. Each side is compared with the first of its
// kind; all pairs would be too many to read. Three and more that are compared with each other have a ranking
// as well.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "mnist/core/error.hpp"
#include "mnist/report/comparison_json.hpp"
#include "mnist/report/comparison_text.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

struct Side {
    Places places;
    bool is_train = false;
    Measurements measurements;
    std::set<std::string> rows;
    bool has_repetitions = false;  ///< a row is in several of the files
};

bool share_a_row(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&b](const std::string& name) { return b.contains(name); });
}

std::set<std::string> row_names(const Measurements& measurements) {
    std::set<std::string> names;
    for (const MeasuredRow& row : measurements.rows) names.insert(row.name);
    return names;
}

/// Where neither file says what was built (those of other programs), or where what was built is not what was
/// committed, they may be before and after a change.
bool is_build_known(const PageSource& source) {
    return !source.fact("mnist.build.version").empty() && !source.fact("mnist.build.commit").empty() &&
           source.fact("mnist.build.dirty") != "true";
}

void pool(std::vector<Side>& sides, const std::vector<PageSource>& sources, std::size_t place) {
    const PageSource& source = sources[place];
    const bool is_train = source.train() != nullptr;
    const auto known = std::find_if(sides.begin(), sides.end(), [&](const Side& side) {
        return side.is_train == is_train && is_build_known(source) &&
               can_be_pooled(side.measurements, source.measurements);
    });
    std::set<std::string> rows = row_names(source.measurements);
    if (known == sides.end()) {
        sides.push_back({.places = {place},
                         .is_train = is_train,
                         .measurements = source.measurements,
                         .rows = std::move(rows)});
        return;
    }
    known->has_repetitions = known->has_repetitions || share_a_row(known->rows, rows);
    pool_into(known->measurements, source.measurements);
    known->places.push_back(place);
    known->rows.merge(rows);
    known->measurements.label = names_of(sources, known->places);
}

/// With the first of the sides before it that is of the same data.
void compare_with_first(PageComparisons& all, std::span<const Side> before, const Side& side) {
    std::string refusal;
    for (const Side& base : before) {
        if (base.is_train != side.is_train || !share_a_row(base.rows, side.rows)) continue;
        try {
            all.compared.push_back({base.places, side.places,
                                    compare(base.measurements, side.measurements,
                                            {.mode = CompareMode::report, .verdict = {}})});
            return;
        } catch (const InputError& error) {
            if (refusal.empty())
                refusal = fmt::format("{} and {} are not compared: {}", base.measurements.label,
                                      side.measurements.label, error.what());
        }
    }
    if (!refusal.empty()) all.refused.push_back(refusal);
}

/// Where a side is the base of several, they are compared as one table and ranked, as `mnist compare` does.
void rank(PageComparisons& all, const std::vector<Side>& sides, const Side& base) {
    std::vector<PageComparison*> pairs;
    std::vector<Measurements> members{base.measurements};
    for (PageComparison& pair : all.compared) {
        if (pair.base != base.places) continue;
        pairs.push_back(&pair);
        members.push_back(std::find_if(sides.begin(), sides.end(), [&pair](const Side& side) {
                              return side.places == pair.measured;
                          })->measurements);
    }
    if (pairs.size() < 2) return;
    ComparedFiles files = compare_files(members, {.mode = CompareMode::report, .verdict = {}});
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i]->comparison = files.comparisons[i];
    all.ranked.push_back({base.places, std::move(files)});
}

}  // namespace

std::string names_of(const std::vector<PageSource>& sources, const Places& places) {
    constexpr std::size_t kMost = 3;
    const std::size_t shown = places.size() > kMost ? kMost - 1 : places.size();
    std::vector<std::string> words;
    for (std::size_t i = 0; i < shown; ++i) words.push_back(sources[places[i]].name());
    if (places.size() > shown) words.push_back(fmt::format("{} more", places.size() - shown));
    return fmt::format("{}", fmt::join(words, " + "));
}

PageComparisons page_comparisons(const std::vector<PageSource>& sources) {
    PageComparisons all;
    std::vector<Side> sides;
    for (std::size_t i = 0; i < sources.size(); ++i) pool(sides, sources, i);
    for (std::size_t i = 0; i < sides.size(); ++i) {
        compare_with_first(all, std::span(sides).first(i), sides[i]);
        if (sides[i].has_repetitions)
            all.pooled.push_back(fmt::format(
                "Repetitions of one machine, one build and one configuration are taken together: {}. "
                "`mnist compare` sets them against each other.",
                sides[i].measurements.label));
    }
    for (const Side& side : sides) rank(all, sides, side);
    return all;
}

ordered_json rankings_json(const PageComparisons& comparisons) {
    ordered_json list = ordered_json::array();
    for (const PageRanking& ranking : comparisons.ranked) {
        if (ranking.files.rankings.empty()) continue;
        ordered_json one{{"base_source", ranking.base.front()},
                         {"base_sources", ranking.base},
                         {"base", ranking.files.comparisons.front().base_label}};
        one.update(ordered_json::parse(comparison_json(ranking.files)).at("ranking"));
        list.push_back(std::move(one));
    }
    return list;
}

ordered_json comparisons_json(const PageComparisons& comparisons) {
    ordered_json list = ordered_json::array();
    for (const PageComparison& pair : comparisons.compared) {
        ordered_json one{{"base_source", pair.base.front()},
                         {"new_source", pair.measured.front()},
                         {"base_sources", pair.base},
                         {"new_sources", pair.measured}};
        one.update(ordered_json::parse(comparison_json({.comparisons = {pair.comparison}, .rankings = {}})));
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace mnist
