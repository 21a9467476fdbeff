// What keeps verdicts honest where measurements are looked at while they go on: simulated tables without any
// difference, repeated by the rule of mnist_bench --until-decided. Figures are in docs/comparisons.md.
#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/looks.hpp"

namespace mnist::looks_simulation {
namespace {

constexpr std::size_t kRows = 1;
constexpr std::size_t kBase = 40;

struct Outcome {
    bool claimed_at_some_look = false;
    bool claimed_at_the_end = false;
    std::size_t looks = 0;
};

bool claims(const SpeedComparison& row) {
    return row.verdict == SpeedVerdict::faster || row.verdict == SpeedVerdict::slower;
}

bool is_known(const SpeedComparison& row, double share) {
    return row.interval && std::sqrt(row.interval->upper / row.interval->lower) - 1 <= share;
}

// Rows go on until they are known to `share`; `alpha` is what each look spends.
Outcome simulated(std::uint32_t stream, const std::vector<std::size_t>& schedule, double share, double alpha,
                  std::uint32_t resamples) {
    CounterRng rng(17, RandomPurpose::synthetic, stream);
    const auto time = [&] { return std::exp(0.03 * rng.next_normal()); };
    std::vector<std::vector<double>> base(kRows);
    std::vector<std::vector<double>> other(kRows);
    std::vector<bool> open(kRows, true);
    for (auto& row : base)
        for (std::size_t i = 0; i < kBase; ++i) row.push_back(time());
    Outcome outcome;
    for (const std::size_t repetitions : schedule) {
        std::vector<TimeSamples> samples;
        for (std::size_t r = 0; r < kRows; ++r) {
            while (open[r] && other[r].size() < repetitions) other[r].push_back(time());
            samples.push_back({.base = base[r], .new_values = other[r]});
        }
        // Without a threshold, which would hide what the tests alone let through.
        const auto rows = judge_speed(samples, {.alpha = alpha, .threshold = 0, .resamples = resamples});
        ++outcome.looks;
        outcome.claimed_at_the_end = std::any_of(rows.begin(), rows.end(), claims);
        outcome.claimed_at_some_look = outcome.claimed_at_some_look || outcome.claimed_at_the_end;
        for (std::size_t r = 0; r < kRows; ++r) open[r] = open[r] && !is_known(rows[r], share);
        if (std::none_of(open.begin(), open.end(), [](bool is_open) { return is_open; })) break;
    }
    return outcome;
}

}  // namespace

TEST_CASE(
    "looks: without a difference fewer than 5 % of measurements claim one at any look, many without the rule",
    "[slow]") {
    constexpr unsigned kTrials = 500;
    const std::vector<std::size_t> schedule = look_schedule(10, 100);
    double some = 0;
    double last = 0;
    double careless = 0;
    for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
        // So narrow that most go on for six or seven looks.
        const Outcome outcome = simulated(trial, schedule, 0.015, alpha_of_look(0.05, schedule.size()), 1500);
        some += outcome.claimed_at_some_look ? 1 : 0;
        last += outcome.claimed_at_the_end ? 1 : 0;
        careless += simulated(trial, schedule, 0.011, 0.05, 400).claimed_at_some_look ? 1 : 0;
    }
    CAPTURE(some / kTrials, last / kTrials, careless / kTrials);
    CHECK(some / kTrials < 0.05);
    CHECK(last / kTrials < 0.05);
    CHECK(careless / kTrials > 0.08);
}

TEST_CASE("looks: a row that is known stops, and one that is not goes on to the last look") {
    const std::vector<std::size_t> schedule = look_schedule(10, 100);
    CHECK(simulated(1, schedule, 0.5, 0.007, 1500).looks == 1);
    CHECK(simulated(1, schedule, 0.001, 0.007, 1500).looks == schedule.size());
    const std::size_t between = simulated(1, schedule, 0.02, 0.007, 1500).looks;
    CHECK(between > 1);
    CHECK(between < schedule.size());
}

}  // namespace mnist::looks_simulation
