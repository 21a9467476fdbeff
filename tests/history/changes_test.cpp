// Small histories whose changes are known.
#include "mnist/history/changes.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"

namespace mnist::changes_case {
namespace {

using History = std::vector<HistoryPoint>;
using Level = std::function<double(std::size_t)>;

double flat(std::size_t) {
    return 1;
}

/// 1 before the place, `level` from it on.
Level step(std::size_t place, double level) {
    return [=](std::size_t i) { return i < place ? 1.0 : level; };
}

double noisy(CounterRng& rng) {
    return std::exp(0.005 * rng.next_normal());
}

/// Times that are `program` * `host`, and a machine with both of its measurements that is `host`.
History history(std::size_t n, const Level& program, const Level& host, std::uint32_t stream = 1) {
    CounterRng rng(9, RandomPurpose::synthetic, stream);
    History points(n);
    for (std::size_t i = 0; i < n; ++i) {
        points[i].seconds = 2e-3 * program(i) * host(i) * noisy(rng);
        points[i].compute_seconds = 1e-11 * host(i) * noisy(rng);
        points[i].memory_seconds = 1e-10 * host(i) * noisy(rng);
    }
    return points;
}

History without_machine(History points) {
    for (HistoryPoint& point : points) point.compute_seconds = point.memory_seconds = std::nullopt;
    return points;
}

std::vector<Change> changes_of(const History& points, const ChangeSettings& settings = {}) {
    const HistorySeries series = points;
    return find_changes({&series, 1}, settings).at(0);
}

bool holds(const std::optional<Interval>& interval, double value) {
    return interval && interval->contains(value);
}

}  // namespace

TEST_CASE("changes: fewer than ten points never show one, and ten do") {
    for (const std::size_t n : {0, 1, 2, 3, 5, 9})
        CHECK(changes_of(without_machine(history(n, step(n / 2, 3), flat))).empty());
    const auto found = changes_of(without_machine(history(10, step(5, 3), flat)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == 5);
    CHECK(found[0].p_adjusted == Approx(5 * 2.0 / 252));
}

TEST_CASE(
    "changes: a clear step is found with as many points as are said to be needed, and not with one less") {
    const auto with_accuracies = [](History points) {
        for (std::size_t i = 0; i < points.size(); ++i)
            points[i].accuracy = 97 + 0.01 * static_cast<double>(i % 3);
        return points;
    };
    const auto stepped = [](std::size_t n) { return history(n, step(n / 2, 3), flat); };
    const std::vector<std::pair<std::size_t, std::function<History(std::size_t)>>> kinds{
        {1, [&](std::size_t n) { return without_machine(stepped(n)); }},
        {3, stepped},
        {4, [&](std::size_t n) { return with_accuracies(stepped(n)); }}};
    for (const auto& [tests, made] : kinds) {
        CAPTURE(tests);
        CHECK(tests_of(made(30)) == tests);
        const std::size_t needed = points_needed(tests, 0.05);
        CHECK(changes_of(made(needed)).size() == 1);
        CHECK(changes_of(made(needed - 1)).empty());
    }
    CHECK(points_needed(4, 0.05) == 13);
}

TEST_CASE("changes: three forms of a series are three tests, and take more points") {
    CHECK(changes_of(history(11, step(5, 3), flat)).empty());
    CHECK(changes_of(history(14, step(7, 3), flat)).size() == 1);
}

TEST_CASE("changes: equal points, noise alone and single outliers have none") {
    CHECK(changes_of(History(40, HistoryPoint{.seconds = 1, .accuracy = 97.5})).empty());
    for (std::uint32_t stream = 0; stream < 20; ++stream) {
        History points = history(60, flat, flat, stream);
        CHECK(changes_of(points).empty());
        points[2 * stream].seconds *= 20;
        points[59 - stream].compute_seconds = 1e-14;
        CHECK(changes_of(points).empty());
    }
}

TEST_CASE("changes: a step of the program is the program's, with its ratio and place") {
    const auto found = changes_of(history(60, step(40, 1.05), flat));
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == 40);
    CHECK(found[0].quantity == Quantity::time);
    CHECK(found[0].cause == Cause::program);
    CHECK(found[0].ratio == Approx(1 / 1.05).epsilon(0.005));
    CHECK(holds(found[0].interval, 1 / 1.05));
    CHECK(holds(found[0].corrected_interval, 1 / 1.05));
    CHECK(found[0].compute_ratio.value() == Approx(1).epsilon(0.005));
    CHECK(found[0].memory_ratio.value() == Approx(1).epsilon(0.005));
    CHECK(is_unexplained_regression(found[0]));
    CHECK_FALSE(is_unexplained_regression(changes_of(history(60, step(40, 0.95), flat)).at(0)));
}

TEST_CASE("changes: a step of the machine is the machine's") {
    const auto found = changes_of(history(60, flat, step(25, 1.1)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == 25);
    CHECK(found[0].cause == Cause::machine);
    CHECK(found[0].ratio == Approx(1 / 1.1).epsilon(0.005));
    CHECK(found[0].corrected_ratio.value() == Approx(1).epsilon(0.005));
    CHECK(found[0].compute_ratio.value() == Approx(1 / 1.1).epsilon(0.005));
    CHECK_FALSE(is_unexplained_regression(found[0]));
}

TEST_CASE(
    "changes: a step of the machine that the times follow in part, or not at all, is not the program's") {
    for (const double follows : {0.0, 0.3, 0.6}) {
        History points = history(80, flat, flat);
        for (std::size_t i = 30; i < points.size(); ++i) {
            points[i].seconds *= std::pow(1.1, follows);
            *points[i].compute_seconds *= 1.1;
            *points[i].memory_seconds *= 1.1;
        }
        const auto found = changes_of(points);
        CHECK(found.size() == (follows > 0 ? 1 : 0));
        for (const Change& change : found) CHECK(change.cause == Cause::machine);
    }
}

TEST_CASE("changes: both steps at one place are the program's where it moved by more than the machine") {
    const auto found = changes_of(history(60, step(30, 1.08), step(30, 1.1)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].cause == Cause::program);
    CHECK(found[0].ratio == Approx(1 / 1.188).epsilon(0.005));
    CHECK(holds(found[0].corrected_interval, 1 / 1.08));
    // A machine that hides the program's step cannot be told from one that the program does not follow.
    CHECK(changes_of(history(60, step(30, 1.1), step(30, 1 / 1.1))).empty());
}

TEST_CASE("changes: a ramp of the machine has no changes of the program, and hides none") {
    const auto ramp = [](std::size_t i) { return 1 + 0.002 * static_cast<double>(i); };
    for (const Change& change : changes_of(history(60, flat, ramp))) CHECK(change.cause == Cause::machine);
    const auto programs = [](std::vector<Change> found) {
        std::erase_if(found, [](const Change& change) { return change.cause != Cause::program; });
        return found;
    };
    // Against the ramp, so that times are the same at both ends.
    const auto found = programs(changes_of(history(60, step(30, 1 / 1.1), ramp)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == 30);
    CHECK(holds(found[0].corrected_interval, 1.1));
    // Of all points on either side, not only of those to the ramp's next change.
    CHECK(found[0].corrected_interval->upper / found[0].corrected_interval->lower < 1.01);
    CHECK(changes_of(without_machine(history(60, flat, ramp))).at(0).cause == Cause::undecided);
}

TEST_CASE("changes: a program that gets slower just after the machine recovers is found where it did") {
    // Slower than the machine was, and by just as much, so that the times hardly show that it recovered.
    for (const double slower : {1.05, 1.1, 1.2})
        for (const std::size_t later : {2, 3, 4})
            for (std::uint32_t stream = 0; stream < 20; ++stream) {
                CAPTURE(slower, later, stream);
                const auto host = [](std::size_t i) { return i >= 10 && i < 25 ? 1.1 : 1.0; };
                History points = history(40, step(25 + later, slower), host, stream);
                for (HistoryPoint& point : points) point.memory_seconds = 1e-10;
                auto found = changes_of(points);
                std::erase_if(found, [](const Change& change) { return change.cause != Cause::program; });
                REQUIRE(found.size() == 1);
                CHECK(found[0].place == 25 + later);
                CHECK(found[0].corrected_ratio.value() == Approx(1 / slower).epsilon(0.01));
            }
}

TEST_CASE("changes: where the machine stands still its noise moves no place") {
    for (std::uint32_t stream = 0; stream < 20; ++stream) {
        CAPTURE(stream);
        History points = history(60, step(30, 1.05), flat, stream);
        for (HistoryPoint& point : points) {
            *point.compute_seconds = std::pow(*point.compute_seconds / 1e-11, 5);
            *point.memory_seconds = std::pow(*point.memory_seconds / 1e-10, 5);
        }
        const auto found = changes_of(points);
        REQUIRE(found.size() == 1);
        CHECK(found[0].place == 30);
    }
}

TEST_CASE("changes: steps of the machine stand where they were, a step of the program behind them") {
    for (std::uint32_t stream = 0; stream < 40; ++stream) {
        CAPTURE(stream);
        const auto host = [](std::size_t i) { return i >= 20 && i < 40 ? 1.25 : 1.0; };
        const auto found = changes_of(history(60, step(52, 1.08), host, stream));
        REQUIRE(found.size() == 3);
        CHECK(found[0].place == 20);
        CHECK(found[1].place == 40);
        CHECK(found[1].cause == Cause::machine);
        CHECK(found[2].place == 52);
        CHECK(found[2].cause == Cause::program);
    }
}

TEST_CASE("changes: times that follow the bandwidth alone are the machine's too") {
    History points = history(60, flat, flat);
    for (std::size_t i = 20; i < points.size(); ++i) {
        points[i].seconds *= 1.1;
        *points[i].memory_seconds *= 1.1;
    }
    const auto found = changes_of(points);
    REQUIRE(found.size() == 1);
    CHECK(found[0].cause == Cause::machine);
    CHECK(found[0].corrected_ratio.value() == Approx(1).epsilon(0.005));
    CHECK(found[0].compute_ratio.value() == Approx(1).epsilon(0.005));
}

TEST_CASE("changes: without a measurement of the machine nothing is decided") {
    for (const double level : {1.1, 0.9}) {
        const auto found = changes_of(without_machine(history(60, step(30, level), flat)));
        REQUIRE(found.size() == 1);
        CHECK(found[0].cause == Cause::undecided);
        CHECK_FALSE(found[0].corrected_ratio);
        CHECK_FALSE(found[0].compute_ratio);
        CHECK(is_unexplained_regression(found[0]) == (level > 1));
    }
    // Hardly measured after the change, and faster then, if anything.
    History points = history(60, step(40, 1.1), flat);
    for (const std::size_t i : {40, 41}) {
        *points[i].compute_seconds *= 0.8;
        *points[i].memory_seconds *= 0.8;
    }
    for (std::size_t i = 42; i < 60; ++i) points[i].compute_seconds = points[i].memory_seconds = std::nullopt;
    // Measured in a quarter of the points.
    History sparse = history(80, step(40, 1.1), flat);
    for (std::size_t i = 0; i < 80; ++i)
        if (i % 4 != 0) sparse[i].compute_seconds = sparse[i].memory_seconds = std::nullopt;
    for (const auto& found : {changes_of(points), changes_of(sparse)}) {
        REQUIRE(found.size() == 1);
        CHECK(found[0].place == 40);
        CHECK(found[0].cause == Cause::undecided);
    }
}

TEST_CASE(
    "changes: disturbed and impossible times are left out, and places are those of the series as given") {
    History points = history(80, step(50, 1.1), flat);
    for (std::size_t i = 10; i < 40; ++i) {
        points[i].seconds *= 2;
        points[i].disturbed = true;
    }
    points[3].seconds = 0;
    points[4].seconds = std::numeric_limits<double>::quiet_NaN();
    points[5].compute_seconds = -1;
    const auto found = changes_of(points);
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == 50);
    CHECK(found[0].cause == Cause::program);
}

TEST_CASE("changes: what moves by less than the least effect is none") {
    const History points = history(200, step(100, 1.012), flat);
    CHECK(changes_of(points).empty());
    CHECK(changes_of(points, {.least_time = 0.005}).size() == 1);
}

TEST_CASE("changes: an accuracy that drops is the program's, whatever the machine does") {
    const auto with_accuracy = [](double drop) {
        History points = history(60, flat, step(30, 1.1));
        CounterRng rng(4, RandomPurpose::synthetic, 0);
        for (std::size_t i = 0; i < points.size(); ++i) {
            points[i].accuracy = 97.5 - (i < 30 ? 0 : drop) + 0.03 * rng.next_normal();
        }
        points[30].disturbed = true;  // which says something of times alone
        return points;
    };
    const auto found = changes_of(with_accuracy(0.4));
    REQUIRE(found.size() == 2);
    CHECK(found[0].quantity == Quantity::accuracy);
    CHECK(found[0].cause == Cause::program);
    CHECK(found[0].place == 30);
    CHECK(found[0].difference == Approx(-0.4).epsilon(0.05));
    CHECK(holds(found[0].interval, -0.4));
    CHECK(found[1].quantity == Quantity::time);
    CHECK(found[1].cause == Cause::machine);
    CHECK(found[1].place == 31);
    CHECK(is_unexplained_regression(found[0]));
    CHECK_FALSE(is_unexplained_regression(changes_of(with_accuracy(-0.4)).at(0)));
    CHECK(changes_of(with_accuracy(0.06)).size() == 1);
}

TEST_CASE("changes: of thousands of series without any none has one, and a step among them is still found") {
    std::vector<History> histories;
    for (std::uint32_t s = 0; s < 2000; ++s)
        histories.push_back(without_machine(history(40, s == 1234 ? step(20, 1.05) : Level(flat), flat, s)));
    const std::vector<HistorySeries> series(histories.begin(), histories.end());
    // Without a least effect, which would hide what the tests alone let through.
    const auto found = find_changes(series, {.least_time = 0});
    REQUIRE(found.size() == series.size());
    std::size_t alone = 0;
    for (std::size_t s = 0; s < series.size(); ++s) {
        CHECK(found[s].size() == (s == 1234 ? 1 : 0));
        alone += changes_of(histories[s], {.least_time = 0}).empty() ? 0 : 1;
    }
    CHECK(found[1234].at(0).place == 20);
    CHECK(alone > 10);
}

TEST_CASE("changes: a regression is new while its first point is among the newest") {
    const std::vector<Change> changes{{.place = 30, .cause = Cause::program, .ratio = 0.9}};
    CHECK(has_new_regression(changes, 40));
    CHECK_FALSE(has_new_regression(changes, 41));
    CHECK(has_new_regression(changes, 41, {.newest = 11}));
    CHECK_FALSE(
        has_new_regression(std::vector<Change>{{.place = 30, .cause = Cause::machine, .ratio = 0.9}}, 40));
    CHECK(
        has_new_regression(std::vector<Change>{{.place = 30, .cause = Cause::undecided, .ratio = 0.9}}, 40));
    CHECK_FALSE(has_new_regression({}, 5));
    // Judged by the corrected times: the machine became faster at the same time.
    CHECK(has_new_regression(
        std::vector<Change>{{.place = 30, .cause = Cause::program, .ratio = 1.01, .corrected_ratio = 0.9}},
        40));
}

}  // namespace mnist::changes_case
