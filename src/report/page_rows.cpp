// Benchmarks that no chart of the page shows: all of another program's, and what of ours is neither training,
// inference nor an inner product. A table of their times and counters, so that nothing in a file is lost.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "mnist/stats/summary.hpp"
#include "page_bench.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

struct Row {
    std::string name;
    std::vector<double> seconds;
    CounterValues counters;
};

bool has_a_chart(const std::string& name) {
    const std::string family = family_of(name);
    return family == "Train" || family == "Step" || family == "Infer" || family == "TimeToAccuracy" ||
           family == "InnerProduct";
}

/// In the order of the file.
std::vector<Row> rows_of(const BenchResult& result, bool ours) {
    std::vector<Row> rows;
    std::unordered_map<std::string, std::size_t> places;
    for (const BenchRepetition& repetition : result.repetitions) {
        if (ours && has_a_chart(repetition.name)) continue;
        const auto [place, is_new] = places.emplace(repetition.name, rows.size());
        if (is_new) rows.push_back({.name = repetition.name, .seconds = {}, .counters = {}});
        Row& row = rows[place->second];
        row.seconds.push_back(repetition.seconds);
        for (const auto& [key, value] : repetition.counters) {
            // The same number under the name that other tools know.
            if (ours && key == "items_per_second") continue;
            if (!ours || !is_about_disturbance(key)) row.counters[key].push_back(value);
        }
    }
    return rows;
}

/// Pairs: keys from files must not become members of objects.
ordered_json counters_json(const CounterValues& counters) {
    constexpr std::size_t kMostCounters = 20;
    ordered_json list = ordered_json::array();
    for (const auto& [key, values] : counters) {
        if (list.size() == kMostCounters) break;
        if (const auto middle = median(values)) list.push_back({key, *middle});
    }
    return list;
}

}  // namespace

ordered_json bench_rows_json(const std::vector<PageSource>& sources) {
    constexpr std::size_t kMostRows = 1000;  // nobody reads more, and a hostile file has half a million
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].bench() == nullptr) continue;
        const bool ours = !sources[i].fact("mnist.build.version").empty();
        const std::vector<Row> rows = rows_of(*sources[i].bench(), ours);
        ordered_json shown = ordered_json::array();
        for (std::size_t r = 0; r < std::min(rows.size(), kMostRows); ++r)
            shown.push_back({{"name", rows[r].name},
                             {"seconds", estimate_json(rows[r].seconds)},
                             {"counters", counters_json(rows[r].counters)},
                             {"disturbed", disturbance_json(sources[i].disturbance(rows[r].name))}});
        if (shown.empty()) continue;
        list.push_back({{"source", i}, {"foreign", !ours}, {"all", rows.size()}, {"rows", std::move(shown)}});
    }
    return list;
}

}  // namespace mnist
