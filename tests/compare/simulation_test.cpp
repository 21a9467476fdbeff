// What keeps the verdicts honest: simulated tables in which the truth is known. Seeded, so that a failure can
// be repeated; noise as machines have it.
#include <algorithm>
#include <cmath>
#include <functional>

#include "catch.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/rng.hpp"

namespace mnist {
namespace {

constexpr std::size_t kTables = 1000;
constexpr std::size_t kRows = 20;
constexpr std::size_t kRepetitions = 10;
constexpr std::uint32_t kStream = 4'000'000'000;  // of no resample
// Few, since the claims hang on the rank test; the interval only has to exclude 1.
constexpr VerdictSettings kSettings{.resamples = 200};

using Noise = std::function<double(CounterRng&)>;  ///< a time around 1

double normal_noise(CounterRng& rng) {
    return 1 + 0.03 * rng.next_normal();
}
double skewed_noise(CounterRng& rng) {
    return 1 + 0.02 * std::exp(rng.next_normal());
}
// Four of ten repetitions meet a machine that is 15 % slower.
double bimodal_noise(CounterRng& rng) {
    return (rng.next_unit_f64() < 0.4 ? 1.15 : 1.0) * (1 + 0.01 * rng.next_normal());
}

struct Table {
    std::vector<std::vector<double>> base, new_values;
};

Table simulated(const Noise& noise, std::uint64_t seed, double base_factor) {
    CounterRng rng(seed, RandomPurpose::bootstrap, kStream);
    Table table;
    const auto sample = [&](double factor) {
        std::vector<double> values;
        for (std::size_t i = 0; i < kRepetitions; ++i) values.push_back(factor * noise(rng));
        return values;
    };
    for (std::size_t row = 0; row < kRows; ++row) {
        table.base.push_back(sample(row == 0 ? base_factor : 1));
        table.new_values.push_back(sample(1));
    }
    return table;
}

std::vector<SpeedComparison> judged(const Table& table, const VerdictSettings& settings = kSettings) {
    std::vector<TimeSamples> rows;
    for (std::size_t r = 0; r < kRows; ++r)
        rows.push_back({.base = table.base[r], .new_values = table.new_values[r]});
    return judge_speed(rows, settings);
}

bool claims(const SpeedComparison& row) {
    return row.verdict == SpeedVerdict::faster || row.verdict == SpeedVerdict::slower;
}

// Share of tables without any difference in which some row is called faster or slower.
double false_tables(const Noise& noise, double threshold) {
    VerdictSettings settings = kSettings;
    settings.threshold = threshold;
    std::size_t wrong = 0;
    for (std::size_t t = 0; t < kTables; ++t) {
        const auto rows = judged(simulated(noise, t, 1), settings);
        if (std::any_of(rows.begin(), rows.end(), claims)) ++wrong;
    }
    return static_cast<double>(wrong) / kTables;
}

}  // namespace

TEST_CASE("simulation: identical samples give no claim", "[slow]") {
    const Table table = simulated(normal_noise, 1, 1);
    Table twice = table;
    twice.new_values = twice.base;
    for (const SpeedComparison& row : judged(twice)) {
        CHECK_FALSE(claims(row));
        CHECK(row.ratio.value() == Approx(1));
    }
}

TEST_CASE("simulation: without a difference fewer than 5 % of whole tables claim one", "[slow]") {
    // Without a threshold, which would hide what the test alone lets through.
    CHECK(false_tables(normal_noise, 0) < 0.05);
    CHECK(false_tables(skewed_noise, 0) < 0.05);
    CHECK(false_tables(bimodal_noise, 0) < 0.05);
}

TEST_CASE("simulation: a planted 10 % at 3 % noise is found in more than 95 % of the tables", "[slow]") {
    std::size_t found = 0;
    for (std::size_t t = 0; t < kTables; ++t) {
        const auto rows = judged(simulated(normal_noise, t, 1.1));
        if (rows.front().verdict == SpeedVerdict::faster) ++found;
    }
    CHECK(static_cast<double>(found) / kTables > 0.95);
}

}  // namespace mnist
