// Which files of a page are compared. Files of one machine, one build and one configuration are repetitions
// of one measurement, not rivals: they are pooled into one side. Of sides of one kind and data, choose_base()
// says which one the others are set against; all pairs would be too many to read. What was trained with other
// settings has a base of its own, unless it is alone. Three and more that train alike have a ranking as well.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "mnist/core/error.hpp"
#include "mnist/report/comparison_json.hpp"
#include "mnist/report/comparison_text.hpp"
#include "page_limits.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

struct Side {
    Places places;
    bool is_train = false;
    bool is_spoilt = false;  ///< kept apart, or good repetitions would be lost with the disturbed ones
    Measurements measurements;
    bool has_repetitions = false;  ///< a row is in several of the files
    std::string refusal{};         ///< why it could not be set against a base, while nothing could
};

/// Where neither file says what was built (those of other programs), or where what was built is not what was
/// committed, they may be before and after a change.
bool is_build_known(const PageSource& source) {
    return !source.fact("mnist.build.version").empty() && !source.fact("mnist.build.commit").empty() &&
           source.fact("mnist.build.dirty") != "true";
}

void pool(std::vector<Side>& sides, const std::vector<PageSource>& sources, std::size_t place) {
    const PageSource& source = sources[place];
    const bool is_train = source.train() != nullptr;
    const bool is_spoilt =
        std::ranges::any_of(source.disturbances, [](const auto& row) { return row.second.is_spoilt; });
    const auto known = std::ranges::find_if(sides, [&](const Side& side) {
        return side.is_train == is_train && side.is_spoilt == is_spoilt && is_build_known(source) &&
               can_be_pooled(side.measurements, source.measurements);
    });
    if (known == sides.end()) {
        sides.push_back({.places = {place},
                         .is_train = is_train,
                         .is_spoilt = is_spoilt,
                         .measurements = source.measurements});
        return;
    }
    known->has_repetitions =
        known->has_repetitions || rows_in_common(known->measurements, source.measurements) > 0;
    pool_into(known->measurements, source.measurements);
    known->places.push_back(place);
    known->measurements.label = names_of(sources, known->places);
}

/// Whether the side is better set against another of `sides` than against `base`: the base was trained with
/// other settings and that one was not.
bool belongs_elsewhere(const Side& side, const Side& base, const std::vector<Side>& sides) {
    return !trains_alike(base.measurements, side.measurements) &&
           std::ranges::any_of(sides, [&](const Side& other) {
               return other.places != side.places && !trains_alike(base.measurements, other.measurements) &&
                      trains_alike(other.measurements, side.measurements) &&
                      rows_in_common(other.measurements, side.measurements) > 0;
           });
}

/// Sets all that it can against the best base of `sides`, which are of one kind, and returns the others. Only
/// what trains alike has a ranking.
std::vector<Side> compare_with_base(PageComparisons& all, const std::vector<Side>& sides) {
    std::vector<Measurements> measured;
    measured.reserve(sides.size());
    for (const Side& side : sides) measured.push_back(side.measurements);
    const Side& base = sides[choose_base(measured)];
    std::vector<Measurements> rivals{base.measurements};
    PageRanking ranking{.base = base.places, .files = {}};
    const std::size_t compared_before = all.compared.size();
    std::vector<Side> left;
    for (const Side& side : sides) {
        if (side.places == base.places) continue;
        left.push_back(side);
        if (rows_in_common(base.measurements, side.measurements) == 0 || belongs_elsewhere(side, base, sides))
            continue;
        try {
            all.compared.push_back({base.places, side.places,
                                    compare(base.measurements, side.measurements,
                                            {.mode = CompareMode::report, .verdict = {}})});
            left.pop_back();
            if (!trains_alike(base.measurements, side.measurements)) continue;
            rivals.push_back(side.measurements);
            ranking.files.comparisons.push_back(all.compared.back().comparison);
        } catch (const InputError& error) {
            left.back().refusal = fmt::format("{} and {} are not compared: {}", base.measurements.label,
                                              side.measurements.label, error.what());
        }
    }
    // What is compared with another needs no word on what it cannot be compared with.
    if (all.compared.size() == compared_before && !base.refusal.empty()) all.refused.push_back(base.refusal);
    if (rivals.size() > 2) {
        ranking.files.rankings = ranked(rivals, {});
        all.ranked.push_back(std::move(ranking));
    }
    return left;
}

/// What spoilt a compared row: a row of latencies is called "NAME p99", and names may say threads on one side
/// only, so where no file has the name it is what spoilt another row of the files.
std::string reason_of(const std::string& row, const Places& places, const std::vector<PageSource>& sources) {
    std::string other;
    for (const std::size_t place : places) {
        const RowDisturbance* const found = sources[place].disturbance(row.substr(0, row.find(' ')));
        if (found != nullptr && found->is_spoilt) return found->reason;
        for (const auto& [name, disturbance] : sources[place].disturbances) {
            if (other.empty() && disturbance.is_spoilt) other = disturbance.reason;
        }
    }
    return other;
}

}  // namespace

std::string names_of(const std::vector<PageSource>& sources, const Places& places) {
    constexpr std::size_t kMost = 3;
    const std::size_t shown = places.size() > kMost ? kMost - 1 : places.size();
    std::vector<std::string> words;
    const PageSource& first = sources[places.front()];
    const bool of_one = places.size() > 1 && first.title != first.name() &&
                        std::ranges::all_of(places, [&](std::size_t place) {
                            return sources[place].machine == first.machine && !sources[place].words.empty();
                        });
    for (std::size_t i = 0; i < shown; ++i)
        words.push_back(of_one ? sources[places[i]].words : sources[places[i]].title);
    if (places.size() > shown) words.push_back(fmt::format("{} more", places.size() - shown));
    const std::string all = fmt::format("{}", fmt::join(words, " + "));
    return of_one ? fmt::format("{} ({})", first.machine, all) : all;
}

PageComparisons page_comparisons(const std::vector<PageSource>& sources) {
    PageComparisons all;
    std::vector<Side> sides;
    for (std::size_t i = 0; i < sources.size(); ++i) pool(sides, sources, i);
    for (const Side& side : sides) {
        if (side.has_repetitions)
            all.pooled.push_back(fmt::format(
                "Repetitions of one machine, one build and one configuration are taken together: {}. "
                "\"mnist compare\" sets them against each other.",
                side.measurements.label));
    }
    for (const bool is_train : {true, false}) {
        std::vector<Side> left;
        std::copy_if(sides.begin(), sides.end(), std::back_inserter(left),
                     [is_train](const Side& side) { return side.is_train == is_train; });
        while (left.size() > 1) left = compare_with_base(all, left);
        if (!left.empty() && !left.front().refusal.empty()) all.refused.push_back(left.front().refusal);
    }
    all.pairs = all.compared.size();
    while (all.compared.size() > kMostCompared) all.compared.pop_back();
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

ordered_json comparisons_json(const PageComparisons& comparisons, const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (const PageComparison& pair : comparisons.compared) {
        ordered_json one{{"base_source", pair.base.front()},
                         {"new_source", pair.measured.front()},
                         {"base_sources", pair.base},
                         {"new_sources", pair.measured}};
        one.update(ordered_json::parse(comparison_json({.comparisons = {pair.comparison}, .rankings = {}})));
        Places places = pair.base;
        places.insert(places.end(), pair.measured.begin(), pair.measured.end());
        for (ordered_json& row : one["rows"]) {
            if (row["verdict"] == word(SpeedVerdict::disturbed))
                row["disturbed_by"] = reason_of(row["name"], places, sources);
        }
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace mnist
