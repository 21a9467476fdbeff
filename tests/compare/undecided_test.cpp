// How many more repetitions would decide a row: by hand, and tried.
#include <cmath>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

namespace {

MeasuredRow noisy(double seconds, double noise, std::size_t repetitions, std::uint32_t stream) {
    CounterRng rng(9, RandomPurpose::synthetic, stream);
    MeasuredRow made;
    made.name = "Train/Adam";
    for (std::size_t i = 0; i < repetitions; ++i)
        made.seconds.push_back(seconds * std::exp(noise * rng.next_normal()));
    return made;
}

ComparedRow compared(const MeasuredRow& base, const MeasuredRow& other) {
    return compare(measured("a.json", {base}), measured("b.json", {other}), {}).rows[0];
}

}  // namespace

TEST_CASE("undecided: a decided row needs nothing, nor does a disturbed one") {
    CHECK_FALSE(compared(row("Train/Adam", 2), row("Train/Adam", 1)).more.has_value());
    CHECK_FALSE(compared(row("Train/Adam", 1), row("Train/Adam", 1)).more.has_value());
    MeasuredRow disturbed = noisy(1, 0.2, 10, 1);
    disturbed.disturbed = 10;
    CHECK_FALSE(compared(disturbed, noisy(1, 0.2, 10, 2)).more.has_value());
}

TEST_CASE("undecided: repetitions that are too few for an interval are made up to what is usual") {
    const ComparedRow few = compared(noisy(1, 0.01, 3, 1), noisy(1, 0.01, 10, 2));
    REQUIRE(few.more.has_value());
    CHECK(few.more->count == 7);
    CHECK_FALSE(few.more->of_processes);
}

TEST_CASE("undecided: what is asked for narrows the interval as the root of the number does, and decides") {
    unsigned asked = 0;
    unsigned decided = 0;
    for (std::uint32_t trial = 0; trial < 40; ++trial) {
        // Equal, with an interval of about -+ 9 % and a threshold of 5 %.
        const ComparedRow before = compared(noisy(1, 0.1, 10, 2 * trial), noisy(1, 0.1, 10, 2 * trial + 1));
        if (before.speed.verdict != SpeedVerdict::inconclusive || !before.more) continue;
        if (before.more->count > 300) continue;  // near the threshold, where luck decides
        const std::size_t all = 10 + before.more->count;
        const double wanted = std::log(1.05) - std::abs(std::log(*before.speed.ratio));
        if (wanted <= 0) continue;  // beyond the threshold by chance
        ++asked;
        const double now = *before.speed.ratio >= 1
                               ? std::log(before.speed.interval->upper / *before.speed.ratio)
                               : std::log(*before.speed.ratio / before.speed.interval->lower);
        CHECK(now * std::sqrt(10.0 / static_cast<double>(all)) < wanted);
        if (all > 11) CHECK(now * std::sqrt(10.0 / static_cast<double>(all - 1)) >= wanted);
        const auto after =
            compared(noisy(1, 0.1, 2 * all, 1000 + 2 * trial), noisy(1, 0.1, 2 * all, 1001 + 2 * trial));
        if (after.speed.verdict == SpeedVerdict::equivalent) ++decided;
    }
    REQUIRE(asked >= 10);
    CHECK(decided > asked / 2);
}

TEST_CASE("undecided: a ratio just within its threshold is decided by no number") {
    MeasuredRow base = noisy(1, 0.1, 10, 3);
    MeasuredRow other = base;
    for (double& x : other.seconds) x /= 1.0499;
    const ComparedRow row = compared(base, other);
    CHECK(row.speed.verdict == SpeedVerdict::inconclusive);
    CHECK_FALSE(row.more.has_value());
}

TEST_CASE("undecided: a large difference that so few can never show asks for enough to have a small p") {
    // 4 against 4 have p >= 0.029; with 20 rows that claims nothing.
    std::vector<MeasuredRow> base;
    std::vector<MeasuredRow> other;
    for (std::uint32_t i = 0; i < 20; ++i) {
        base.push_back(noisy(2, 0.01, 4, i));
        other.push_back(noisy(1, 0.01, 4, 100 + i));
        base.back().name = other.back().name = "Train/Adam/batch:" + std::to_string(i);
    }
    const Comparison comparison = compare(measured("a.json", base), measured("b.json", other), {});
    REQUIRE(comparison.rows[0].more.has_value());
    // 2 * 6! 6! / 12! = 0.00216 < 0.05 / 20, 5 against 5 not.
    CHECK(comparison.rows[0].more->count == 2);
}

TEST_CASE("undecided: where processes count, processes are asked for") {
    const auto side = [](const std::string& label, std::uint32_t stream) {
        CounterRng rng(12, RandomPurpose::synthetic, stream);
        MeasuredRow made;
        made.name = "Train/Adam";
        for (std::uint32_t process = 0; process < 6; ++process) {
            const double centre = 1 + 0.08 * rng.next_normal();
            for (int i = 0; i < 5; ++i) {
                made.seconds.push_back(centre * (1 + 0.01 * rng.next_normal()));
                made.processes.push_back(process);
            }
        }
        return measured(label, {made});
    };
    const ComparedRow row = compare(side("a.json", 1), side("b.json", 2), {}).rows[0];
    CHECK(row.speed.verdict == SpeedVerdict::inconclusive);
    REQUIRE(row.more.has_value());
    CHECK(row.more->of_processes);
    CHECK(row.more->count > 2);
    CHECK(row.more->count < 1000);
}

TEST_CASE("undecided: accuracies that are undecided ask for more of them") {
    MeasuredRow base = row("Train/Adam", 1);
    MeasuredRow other = row("Train/Adam", 1);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const double offset = seed % 2 == 0 ? 0.6 : -0.6;
        base.accuracy.percent.push_back(97 + offset);
        other.accuracy.percent.push_back(97 - offset);
        base.accuracy.seeds.push_back(seed);
        other.accuracy.seeds.push_back(seed);
    }
    const ComparedRow row = compared(base, other);
    CHECK(row.speed.verdict == SpeedVerdict::equivalent);
    REQUIRE(row.joint == JointVerdict::inconclusive);
    REQUIRE(row.more.has_value());
    CHECK_FALSE(row.more->of_processes);
    // Differences of -+ 1.2: half-width 0.905, margin 0.3, so (0.905 / 0.3)^2 times as many.
    CHECK(row.more->count == Approx(10 * 9.1 - 10).margin(3));
}
