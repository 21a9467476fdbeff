// Which files of a page are compared: each with the first of its kind, where machine, build or threads
// differ. All pairs would be too many to read, and files of one machine and build are repetitions, not
// rivals. Three and more that are compared with each other have a ranking as well.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mnist/core/error.hpp"
#include "mnist/report/comparison_json.hpp"
#include "mnist/report/comparison_text.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

/// Files that do not say what was built (those of other programs) are taken for rivals.
bool same_build(const PageSource& a, const PageSource& b) {
    if (a.fact("mnist.build.version").empty() && b.fact("mnist.build.version").empty()) return false;
    for (const char* key :
         {"mnist.build.commit", "mnist.build.dirty", "mnist.build.version", "mnist.build.compiler",
          "mnist.build.flags", "mnist.build.build_type", "mnist.build.onednn"}) {
        if (a.fact(key) != b.fact(key)) return false;
    }
    return true;
}

bool has_a_row_of(const PageSource& a, const PageSource& b) {
    return std::any_of(a.measurements.rows.begin(), a.measurements.rows.end(), [&](const MeasuredRow& row) {
        return std::any_of(b.measurements.rows.begin(), b.measurements.rows.end(),
                           [&](const MeasuredRow& other) { return other.name == row.name; });
    });
}

/// Adds the comparison of two sources, unless they are of one machine and one build.
void add_pair(PageComparisons& all, const std::vector<PageSource>& sources, std::size_t base,
              std::size_t place) {
    try {
        Comparison comparison = compare(sources[base].measurements, sources[place].measurements,
                                        {.mode = CompareMode::report, .verdict = {}});
        if (comparison.fingerprint_differences.empty() && same_build(sources[base], sources[place])) {
            all.refused.push_back(fmt::format(
                "{} and {} are of one machine and one build, so they are not set against each other "
                "here; `mnist compare` does it.",
                sources[base].name(), sources[place].name()));
            return;
        }
        all.compared.push_back({base, place, std::move(comparison)});
    } catch (const InputError& error) {
        all.refused.push_back(fmt::format("{} and {} are not compared: {}", sources[base].name(),
                                          sources[place].name(), error.what()));
    }
}

/// Where a file is the base of several, they are compared as one table and ranked, as `mnist compare` does.
void rank(PageComparisons& all, const std::vector<PageSource>& sources, std::size_t base) {
    std::vector<PageComparison*> pairs;
    std::vector<Measurements> sides{sources[base].measurements};
    for (PageComparison& pair : all.compared) {
        if (pair.base != base) continue;
        pairs.push_back(&pair);
        sides.push_back(sources[pair.measured].measurements);
    }
    if (pairs.size() < 2) return;
    ComparedFiles files = compare_files(sides, {.mode = CompareMode::report, .verdict = {}});
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i]->comparison = files.comparisons[i];
    all.ranked.push_back({base, std::move(files)});
}

}  // namespace

PageComparisons page_comparisons(const std::vector<PageSource>& sources) {
    PageComparisons all;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        for (std::size_t base = 0; base < i; ++base) {
            const bool same_kind = (sources[base].train() == nullptr) == (sources[i].train() == nullptr);
            if (!same_kind || !has_a_row_of(sources[base], sources[i])) continue;
            add_pair(all, sources, base, i);
            break;
        }
    }
    for (std::size_t i = 0; i < sources.size(); ++i) rank(all, sources, i);
    return all;
}

ordered_json rankings_json(const PageComparisons& comparisons) {
    ordered_json list = ordered_json::array();
    for (const PageRanking& ranking : comparisons.ranked) {
        if (ranking.files.rankings.empty()) continue;
        ordered_json one{{"base_source", ranking.base}};
        one.update(ordered_json::parse(comparison_json(ranking.files)).at("ranking"));
        list.push_back(std::move(one));
    }
    return list;
}

ordered_json comparisons_json(const PageComparisons& comparisons) {
    ordered_json list = ordered_json::array();
    for (const PageComparison& pair : comparisons.compared) {
        ordered_json one{{"base_source", pair.base}, {"new_source", pair.measured}};
        one.update(ordered_json::parse(comparison_json({.comparisons = {pair.comparison}, .rankings = {}})));
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace mnist
