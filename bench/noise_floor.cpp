// The ratio is the one of the room `compare`; the splits are drawn from counters, so the same file gives the
// same floor.
#include "noise_floor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>

#include "mnist/compare/groups.hpp"
#include "mnist/compare/measurements.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "mnist/stats/summary.hpp"
#include "percentiles.hpp"

namespace mnist::bench {
namespace {

template <class Row, class Name>
Row& row_named(std::vector<Row>& rows, Name Row::*member, const std::string& name) {
    const auto found = std::ranges::find_if(rows, [&](const Row& row) { return row.*member == name; });
    if (found != rows.end()) return *found;
    Row& added = rows.emplace_back();
    added.*member = name;
    return added;
}

// How far apart a comparison would call two samples, as a share; empty where it could not.
std::optional<double> difference(std::span<const double> a, std::span<const double> b) {
    const std::optional<double> ratio = hodges_lehmann_ratio(a, b);
    return ratio ? std::optional(std::max(*ratio, 1 / *ratio) - 1) : std::nullopt;
}

double usual_difference(const Halves& row) {
    constexpr std::uint32_t kSplits = 1000;
    constexpr double kPercent = 95;
    std::vector<double> all = row.even;
    all.insert(all.end(), row.odd.begin(), row.odd.end());
    std::vector<std::uint32_t> order(all.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<double> dealt(all.size());
    std::vector<double> differences;
    for (std::uint32_t split = 0; split < kSplits; ++split) {
        CounterRng rng(0, RandomPurpose::bootstrap, split);
        shuffle(order, rng);
        for (std::size_t i = 0; i < all.size(); ++i) dealt[i] = all[order[i]];
        const auto half = std::span(dealt).first(row.even.size());
        differences.push_back(difference(half, std::span(dealt).subspan(half.size())).value_or(0));
    }
    std::ranges::sort(differences);
    return percentile(differences, kPercent).value();
}

std::string percent(double share) {
    return fmt::format("{:.1f} %", 100 * share);
}

}  // namespace

std::vector<Halves> halves_of_processes(const std::vector<std::vector<Run>>& groups) {
    std::vector<Halves> rows;
    for (const std::vector<Run>& group : groups) {
        std::map<std::size_t, std::vector<double>> by_process;
        for (const Run& run : group) {
            const auto process = run.counters.find(kProcess);
            if (run.run_type != Run::RT_Iteration || has_error(run) || process == run.counters.end())
                continue;
            by_process[static_cast<std::size_t>(process->second.value)].push_back(run.GetAdjustedRealTime());
        }
        if (by_process.empty()) continue;
        Halves& row = row_named(rows, &Halves::name, group.front().run_name.function_name);
        for (const auto& [process, times] : by_process)
            if (const auto mean = geometric_mean(times))
                (process % 2 == 0 ? row.even : row.odd).push_back(*mean);
    }
    return rows;
}

std::vector<Halves> halves_of(const std::vector<std::vector<Run>>& groups) {
    std::vector<Halves> rows;
    for (const std::vector<Run>& group : groups) {
        for (const Run& run : group) {
            if (run.run_type != Run::RT_Iteration || has_error(run)) continue;
            Halves& row = row_named(rows, &Halves::name, run.run_name.function_name);
            (run.repetition_index % 2 == 0 ? row.even : row.odd).push_back(run.GetAdjustedRealTime());
        }
    }
    return rows;
}

std::vector<FamilyFloor> noise_floors(std::span<const Halves> rows) {
    std::vector<FamilyFloor> floors;
    for (const Halves& row : rows) {
        const std::optional<double> seen = difference(row.even, row.odd);
        if (!seen || std::min(row.even.size(), row.odd.size()) < kLeastRepetitions) continue;
        FamilyFloor& family = row_named(floors, &FamilyFloor::family, family_of(row.name));
        const double usual = usual_difference(row);
        ++family.rows;
        if (family.rows > 1 && std::max(*seen, usual) <= family.share()) continue;
        family.widest = row.name;
        family.difference = *seen;
        family.usual = usual;
    }
    return floors;
}

std::string noise_floor_table(std::span<const FamilyFloor> floors, int width) {
    if (floors.empty()) return "";
    std::vector<TableColumn> columns =
        columns_of("lrrrrl", {"Family", "Noise\nfloor", "Rows", "Halves\ndiffer", "Splits\n(95 %)", "in"});
    for (const FamilyFloor& floor : floors)
        add_row(columns, {floor.family, percent(floor.share()), fmt::to_string(floor.rows),
                          percent(floor.difference), percent(floor.usual), floor.widest});
    return table_text(columns, width);
}

}  // namespace mnist::bench
