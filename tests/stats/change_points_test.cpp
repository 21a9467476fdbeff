// Series whose changes are known, and the statistic against its definition.
#include "mnist/stats/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist::change_points_case {
namespace {

std::vector<double> noise(std::size_t n, std::uint32_t stream) {
    CounterRng rng(5, RandomPurpose::synthetic, stream);
    std::vector<double> values(n);
    for (double& value : values) value = rng.next_normal();
    return values;
}

std::vector<double> with_step(std::vector<double> values, std::size_t place, double step) {
    for (std::size_t i = place; i < values.size(); ++i) values[i] += step;
    return values;
}

std::vector<std::size_t> places(const std::vector<ChangePoint>& changes) {
    std::vector<std::size_t> found;
    for (const ChangePoint& change : changes) found.push_back(change.place);
    return found;
}

using Places = std::vector<std::size_t>;

/// Matteson and James' Q of ranks, word by word; values without ties.
std::size_t best_by_definition(const std::vector<double>& values) {
    const auto rank = [&](double value) {
        return static_cast<double>(
            std::count_if(values.begin(), values.end(), [&](double x) { return x < value; }));
    };
    const auto mean_distance = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
        double sum = 0;
        double pairs = 0;
        for (std::size_t i = a; i < b; ++i)
            for (std::size_t j = c; j < d; ++j) {
                if (i == j) continue;
                sum += std::abs(rank(values[i]) - rank(values[j]));
                ++pairs;
            }
        return sum / pairs;
    };
    const std::size_t n = values.size();
    double greatest = -std::numeric_limits<double>::infinity();
    std::size_t best = 0;
    for (std::size_t place = kLeastChangeSide; place + kLeastChangeSide <= n; ++place) {
        const auto x = static_cast<double>(place);
        const auto y = static_cast<double>(n - place);
        const double q = x * y / (x + y) *
                         (2 * mean_distance(0, place, place, n) - mean_distance(0, place, 0, place) -
                          mean_distance(place, n, place, n));
        if (q > greatest) {
            greatest = q;
            best = place;
        }
    }
    return best;
}

}  // namespace

TEST_CASE("change points: ten values are the fewest that show a change, with the p of the exact test") {
    const std::vector<double> ten{1, 3, 2, 5, 4, 12, 11, 14, 13, 15};
    const std::vector<ChangePoint> found = change_points(ten, 0.05);
    REQUIRE(places(found) == Places{5});
    CHECK(found[0].p == Approx(5 * 2.0 / 252));  // five places, 252 ways to choose five of ten
    CHECK(least_change_point_p(10) == Approx(found[0].p));
    CHECK(change_points(ten, 0.039).empty());
    const std::vector<double> nine(ten.begin(), ten.end() - 1);
    CHECK(change_points(nine, 0.05).empty());
    CHECK(least_change_point_p(9) > 0.05);
}

TEST_CASE("change points: too few values, equal ones and a single outlier are no change") {
    for (const std::size_t n : {0, 1, 2, 3, 5, 6})
        CHECK(change_points(with_step(noise(n, 1), n / 2, 1e6), 0.05).empty());
    CHECK(least_change_point_p(5) == 1);
    CHECK(change_points(std::vector<double>(50, 2.5), 0.05).empty());
    for (const std::size_t at : {0, 20, 39}) {
        std::vector<double> values = noise(40, 2);
        values[at] = 1e9;
        CHECK(change_points(values, 0.05).empty());
    }
}

TEST_CASE("change points: the place is the one with the greatest Q by its definition") {
    for (std::uint32_t stream = 0; stream < 50; ++stream) {
        const std::vector<double> values = with_step(noise(30, stream), 11, 2.5);
        const std::vector<ChangePoint> found = change_points(values, 0.05);
        if (found.size() != 1) continue;  // here and there a step that chance has hidden or doubled
        CHECK(found[0].place == best_by_definition(values));
    }
}

TEST_CASE(
    "change points: only the order of the values counts, and turning them round turns the places round") {
    std::vector<double> values = with_step(with_step(noise(80, 3), 25, 3), 60, -4);
    const std::vector<ChangePoint> found = change_points(values, 0.05);
    CHECK(places(found) == Places{25, 60});
    std::vector<double> grown;
    for (const double value : values) grown.push_back(std::exp(3 * value));
    CHECK(places(change_points(grown, 0.05)) == Places{25, 60});
    std::reverse(values.begin(), values.end());
    CHECK(places(change_points(values, 0.05)) == Places{20, 55});
}

TEST_CASE("change points: a change that is soon undone is found in a long series") {
    const std::vector<double> values = with_step(with_step(noise(1500, 4), 700, 3), 730, -3);
    const Places found = places(change_points(values, 0.05));
    REQUIRE(found.size() == 2);
    CHECK(found[0] == 700);
    CHECK(found[1] == 730);
}

TEST_CASE("change points: a series longer than any interval that is searched") {
    const Places found = places(change_points(with_step(noise(5000, 5), 3333, 2), 0.05));
    REQUIRE(found.size() == 1);
    CHECK(std::max(found[0], std::size_t{3333}) - std::min(found[0], std::size_t{3333}) <= 2);
}

TEST_CASE("change points: a change found after another never has a smaller p") {
    // Low, high and low again: only the first change leaves the second to be seen.
    const std::vector<ChangePoint> masked =
        change_points(with_step(with_step(noise(24, 19), 7, 4), 17, -4), 0.05);
    REQUIRE(places(masked) == Places{7, 17});
    CHECK(masked[0].p == masked[1].p);
    // The clear one at 60 stands beside a weak one at 20.
    const std::vector<ChangePoint> found =
        change_points(with_step(with_step(noise(90, 6), 20, 1.7), 60, 6), 0.05);
    REQUIRE(places(found).size() == 2);
    CHECK(found[1].p < found[0].p);
}

TEST_CASE("change points: fewer than 5 % of series without a change have one, whatever the noise") {
    for (const bool heavy : {false, true}) {
        unsigned wrong = 0;
        for (std::uint32_t stream = 0; stream < 1000; ++stream) {
            std::vector<double> values = noise(60, 1000 + stream);
            if (heavy)
                for (double& value : values)
                    value = value * value * value / (1.001 - std::min(1.0, std::abs(value) / 4));
            wrong += change_points(values, 0.05).empty() ? 0 : 1;
        }
        CHECK(wrong < 50);
        CHECK(wrong > 3);  // nor is it so careful that it could never find anything
    }
}

TEST_CASE("likeliest step: the least sum of absolute deviations from the medians of both sides") {
    CHECK_FALSE(likeliest_step({}));
    CHECK_FALSE(likeliest_step(std::vector<double>(5, 1.0)));
    // By hand: 1 + 0 + 0 + 0 before, 1 + 0 + 2 after; with the 10 before it 9 more.
    const std::vector<double> values{0, 1, 1, 1, 10, 11, 13};
    const auto step = likeliest_step(values).value();
    CHECK(step.place == 4);
    CHECK(step.deviation == 4);
    CHECK(likeliest_step(std::vector<double>(9, 2.0)).value().deviation == 0);
    // Every place by the definition.
    for (std::size_t n = 6; n < 60; ++n) {
        const std::vector<double> drawn = noise(n, 9);
        const auto deviation_at = [&](std::size_t place) {
            double sum = 0;
            for (const auto& side : {std::span(drawn).first(place), std::span(drawn).subspan(place)})
                for (const double value : side) sum += std::abs(value - median(side).value());
            return sum;
        };
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t place = 3; place + 3 <= n; ++place) least = std::min(least, deviation_at(place));
        const StepFit found = likeliest_step(drawn).value();
        CHECK(found.deviation == Approx(least));
        CHECK(deviation_at(found.place) == Approx(least));
    }
}

}  // namespace mnist::change_points_case
