// What keeps verdicts honest where processes differ: simulated tables without any difference but a known one
// between processes. Seeded, so that a failure can be repeated. Figures are in docs/comparisons.md.
#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "mnist/compare/groups.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/rng.hpp"

namespace mnist::processes_simulation {
namespace {

constexpr std::size_t kRows = 5;
// Without a threshold, which would hide what the test alone lets through. Few resamples, since the claims
// hang on p; the interval only has to exclude 1.
constexpr VerdictSettings kSettings{.threshold = 0, .resamples = 400};

struct Design {
    std::uint32_t base, other, repetitions;  ///< processes a side, repetitions of each
    double between, within;                  ///< standard deviations of logarithms
};

struct Side {
    std::vector<double> values;
    std::vector<std::uint32_t> processes;
};

/// One row of a side; `slow` is what the whole of each process has in all rows.
Side simulated(CounterRng& rng, const std::vector<double>& slow, const Design& design, double factor) {
    Side side;
    for (std::uint32_t process = 0; process < slow.size(); ++process) {
        const double own = design.between * rng.next_normal();
        for (std::uint32_t i = 0; i < design.repetitions; ++i) {
            side.values.push_back(factor * std::exp(slow[process] + own + design.within * rng.next_normal()));
            side.processes.push_back(process);
        }
    }
    return side;
}

struct Table {
    std::vector<Side> base, other;
};

Table simulated(const Design& design, std::uint32_t stream, double factor = 1) {
    CounterRng rng(3, RandomPurpose::synthetic, stream);
    const auto whole = [&](std::uint32_t processes) {
        std::vector<double> slow(processes);
        for (double& x : slow) x = design.between * rng.next_normal();
        return slow;
    };
    const std::vector<double> base = whole(design.base);
    const std::vector<double> other = whole(design.other);
    Table table;
    for (std::size_t row = 0; row < kRows; ++row) {
        table.base.push_back(simulated(rng, base, design, row == 0 ? factor : 1));
        table.other.push_back(simulated(rng, other, design, 1));
    }
    return table;
}

std::vector<TimeSamples> samples_of(const Table& table, bool with_processes) {
    std::vector<TimeSamples> rows;
    for (std::size_t r = 0; r < kRows; ++r) {
        TimeSamples row{.base = table.base[r].values, .new_values = table.other[r].values};
        if (with_processes) row.base_processes = table.base[r].processes;
        if (with_processes) row.new_processes = table.other[r].processes;
        rows.push_back(row);
    }
    return rows;
}

bool claims(const SpeedComparison& speed) {
    return speed.verdict == SpeedVerdict::faster || speed.verdict == SpeedVerdict::slower;
}

struct Claims {
    double rows = 0, group = 0;  ///< shares of tables in which a row, or the group of all, is claimed
};

/// Of tables without a difference.
Claims false_claims(const Design& design, bool with_processes, std::uint32_t tables) {
    RowGroup all{.title = "all", .rows = {}};
    for (std::size_t row = 0; row < kRows; ++row) all.rows.push_back(row);
    const std::vector<std::optional<AccuracyComparison>> none(kRows);
    Claims wrong;
    for (std::uint32_t t = 0; t < tables; ++t) {
        const Table table = simulated(design, t);
        const auto samples = samples_of(table, with_processes);
        const auto rows = judge_speed(samples, kSettings);
        const auto group = judge_groups(std::span(&all, 1), samples, rows, none, kSettings);
        wrong.rows += std::any_of(rows.begin(), rows.end(), claims) ? 1.0 : 0.0;
        wrong.group += claims(group.front().speed) ? 1.0 : 0.0;
    }
    return {wrong.rows / tables, wrong.group / tables};
}

}  // namespace

TEST_CASE("processes: without a difference fewer than 5 % of tables claim one, where pooling claims far more",
          "[slow]") {
    constexpr std::uint32_t kTables = 600;
    for (const Design& design : {Design{6, 6, 5, 0.01, 0.01}, Design{6, 6, 10, 0.01, 0.03},
                                 Design{8, 8, 5, 0.02, 0.01}, Design{6, 10, 4, 0.01, 0.01}}) {
        const Claims by_processes = false_claims(design, true, kTables);
        const Claims pooled = false_claims(design, false, kTables / 5);
        CAPTURE(design.base, design.other, design.repetitions, by_processes.rows, pooled.rows);
        CHECK(by_processes.rows < 0.05);
        CHECK(by_processes.group < 0.05);
        CHECK(pooled.rows > 0.1);
    }
}

TEST_CASE("processes: fewer than six do not claim more, one beside several among them", "[slow]") {
    constexpr std::uint32_t kTables = 2000;
    for (const Design& design :
         {Design{2, 2, 10, 0.01, 0.01}, Design{3, 3, 5, 0.02, 0.01}, Design{1, 3, 10, 0.01, 0.01},
          Design{1, 6, 5, 0.01, 0.01}, Design{5, 5, 10, 0.01, 0.02}}) {
        const Claims by_processes = false_claims(design, true, kTables);
        const Claims pooled = false_claims(design, false, kTables / 5);
        CAPTURE(design.base, design.other, design.repetitions, by_processes.rows, pooled.rows);
        CHECK(by_processes.rows < 0.05);
        CHECK(by_processes.group < 0.05);
        CHECK(pooled.rows > 0.1);
    }
}

TEST_CASE("processes: where none differs from the next, nothing false is claimed either, and 10 % is found",
          "[slow]") {
    const Design alike{6, 6, 5, 0, 0.01};
    CHECK(false_claims(alike, true, 400).rows < 0.05);
    unsigned found = 0;
    constexpr unsigned kTables = 200;
    for (std::uint32_t t = 0; t < kTables; ++t) {
        const Table table = simulated({6, 6, 5, 0.01, 0.01}, t, 1.1);
        const auto rows = judge_speed(samples_of(table, true), kSettings);
        if (rows.front().verdict == SpeedVerdict::faster) ++found;
    }
    CHECK(found > kTables * 9 / 10);
}

}  // namespace mnist::processes_simulation
