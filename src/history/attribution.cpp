// Sums of absolute deviations from medians all through, so that an outlier counts for what one value is
// worth.
#include "attribution.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "mnist/stats/change_points.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

/// Between shares of the machine's movements that are tried; shares in between count by the sign of the step.
/// With it a step of 1.25 % can hide beside one of 10 % of the machine, which is below the least effect.
constexpr double kShareStep = 0.125;
/// Standard deviations from which on what is left of the times goes along with the machine.
constexpr double kMostLeft = 2.5;

double deviation(std::span<const double> values) {
    const double middle = median(values).value_or(0);
    return std::accumulate(values.begin(), values.end(), 0.0,
                           [&](double sum, double value) { return sum + std::abs(value - middle); });
}

/// Shares of each measurement, their sum at most 1.
std::vector<std::vector<double>> shares_of(std::size_t measurements) {
    std::vector<std::vector<double>> all;
    constexpr auto kSteps = static_cast<int>(1 / kShareStep);
    for (int first = 0; first <= kSteps; ++first) {
        if (measurements == 1) {
            all.push_back({first * kShareStep});
            continue;
        }
        for (int second = 0; first + second <= kSteps; ++second)
            all.push_back({first * kShareStep, second * kShareStep});
    }
    return all;
}

std::vector<double> taken_off(const LogTimes& times, std::span<const double> shares) {
    std::vector<double> rest = times.time;
    for (std::size_t k = 0; k < shares.size(); ++k)
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= shares[k] * times.machine[k][i];
    return rest;
}

/// Less the median of the side each, and no further from it than 4.5 times the median distance.
std::vector<double> from_sides(const Sides& values) {
    std::vector<double> distances;
    for (const std::span<const double> side : {values.before, values.after}) {
        const double middle = median(side).value();
        for (const double value : side) distances.push_back(value - middle);
    }
    std::vector<double> sizes = distances;
    for (double& size : sizes) size = std::abs(size);
    const double most = 4.5 * median(sizes).value();
    for (double& distance : distances) distance = std::clamp(distance, -most, most);
    return distances;
}

/// Of each value the median of the two before it and the two after it on its side: where the machine was,
/// with none of the noise of the value itself.
std::vector<double> beside_each(const Sides& values) {
    std::vector<double> medians;
    for (const std::span<const double> side : {values.before, values.after}) {
        for (std::size_t i = 0; i < side.size(); ++i) {
            std::vector<double> near;
            for (std::size_t j = i < 2 ? 0 : i - 2; j < std::min(side.size(), i + 3); ++j)
                if (j != i) near.push_back(side[j]);
            medians.push_back(median(near).value());
        }
    }
    return medians;
}

double standard_deviations(std::span<const double> values, std::span<const double> others) {
    const auto product = [](std::span<const double> a, std::span<const double> b) {
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    };
    const double squares = product(values, values) * product(others, others);
    if (!(squares > 0)) return 0;
    return std::abs(product(values, others)) / std::sqrt(squares / static_cast<double>(values.size()));
}

/// How well the times are explained if they follow a share of the machine's movements.
struct Explanation {
    std::vector<double> shares{};
    double share = 0;    ///< of all measurements together
    double step = 0;     ///< between the medians of the sides
    double machine = 0;  ///< sum of deviations without a step
    double program = 0;  ///< with one
    double left = 0;     ///< standard deviations by which the rest goes along with the machine
    [[nodiscard]] double evidence(double values) const {
        return machine > program ? values * std::log(machine / program) : 0;
    }
    /// Whether a share between the two leaves no step.
    [[nodiscard]] bool meets(const Explanation& other) const {
        double distance = 0;
        for (std::size_t k = 0; k < shares.size(); ++k) distance += std::abs(shares[k] - other.shares[k]);
        return distance <= kShareStep && step * other.step <= 0;
    }
};

std::vector<Explanation> explanations(const LogTimes& times, const Neighbourhood& around) {
    std::vector<std::vector<double>> machine;
    for (const std::vector<double>& measurement : times.machine) {
        const std::vector<double> smooth = beside_each(sides(times.places, measurement, around));
        const std::size_t before = sides(times.places, measurement, around).before.size();
        const std::span<const double> all = smooth;
        machine.push_back(from_sides({all.first(before), all.subspan(before)}));
    }
    std::vector<Explanation> all;
    for (const std::vector<double>& shares : shares_of(times.machine.size())) {
        const std::vector<double> rest = taken_off(times, shares);
        const Sides values = sides(times.places, rest, around);
        Explanation one{.shares = shares,
                        .share = std::accumulate(shares.begin(), shares.end(), 0.0),
                        .step = median(values.before).value() - median(values.after).value(),
                        .machine = deviation(values.both()),
                        .program = deviation(values.before) + deviation(values.after)};
        const std::vector<double> distances = from_sides(values);
        for (const std::vector<double>& movement : machine)
            one.left = std::max(one.left, standard_deviations(distances, movement));
        all.push_back(one);
    }
    return all;
}

/// Of `values` times, those that the times do not refute, small shares first; there may be none.
std::vector<Explanation> not_refuted(const std::vector<Explanation>& all, double values) {
    const double least_left = std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
                                  return a.left < b.left;
                              })->left;
    std::vector<Explanation> kept;
    std::copy_if(all.begin(), all.end(), std::back_inserter(kept), [&](const Explanation& one) {
        const bool follows_more = std::any_of(all.begin(), all.end(), [&](const Explanation& other) {
            return other.share > one.share && values * std::log(one.program / other.program) > kLeastEvidence;
        });
        return one.left <= std::max(kMostLeft, least_left) && !follows_more;
    });
    return kept;
}

}  // namespace

bool Sides::are_enough() const {
    return std::min(before.size(), after.size()) >= kLeastChangeSide;
}

Sides sides(std::span<const std::size_t> places, std::span<const double> values,
            const Neighbourhood& around) {
    const auto index = [&](std::size_t place) {
        return static_cast<std::size_t>(std::lower_bound(places.begin(), places.end(), place) -
                                        places.begin());
    };
    const std::size_t begin = index(around.begin);
    const std::size_t middle = index(around.place);
    return {values.subspan(begin, middle - begin), values.subspan(middle, index(around.end) - middle)};
}

std::vector<double> corrected(const LogTimes& times, std::size_t measurement) {
    std::vector<double> shares(times.machine.size(), 0.0);
    shares[measurement] = 1;
    return taken_off(times, shares);
}

std::size_t best_measurement(const LogTimes& times, const Neighbourhood& around) {
    struct Rest {
        double alike = 0;   // sum of deviations
        double beside = 0;  // those from the medians of the sides
    };
    std::vector<Rest> all;
    for (std::size_t k = 0; k < times.machine.size(); ++k) {
        const std::vector<double> rest = corrected(times, k);
        const Sides values = sides(times.places, rest, around);
        all.push_back({deviation(values.both()), deviation(values.before) + deviation(values.after)});
    }
    const auto n = static_cast<double>(sides(times.places, times.time, around).both().size());
    const double least = std::min_element(all.begin(), all.end(), [](const Rest& a, const Rest& b) {
                             return a.beside < b.beside;
                         })->beside;
    const auto score = [&](const Rest& one) {
        return std::pair(n * std::log(one.beside / least) > kLeastEvidence, one.alike);
    };
    const auto best = std::min_element(all.begin(), all.end(),
                                       [&](const Rest& a, const Rest& b) { return score(a) < score(b); });
    return static_cast<std::size_t>(best - all.begin());
}

double evidence_of_program(const LogTimes& times, const Neighbourhood& around) {
    const Sides values = sides(times.places, times.time, around);
    if (times.machine.empty() || !values.are_enough()) return 0;
    const auto n = static_cast<double>(values.both().size());
    const std::vector<Explanation> all = explanations(times, around);
    std::optional<double> least;
    for (const Explanation& one : not_refuted(all, n)) {
        if (std::any_of(all.begin(), all.end(), [&](const Explanation& other) { return one.meets(other); }))
            return 0;
        least = std::min(least.value_or(one.evidence(n)), one.evidence(n));
    }
    return least.value_or(0);
}

std::size_t place_without_machine(const LogTimes& times, const Neighbourhood& around) {
    const Sides values = sides(times.places, times.time, around);
    const std::span<const double> both = values.both();
    const auto fit = likeliest_step(both);
    if (!fit || fit->place == values.before.size()) return around.place;
    const auto held = not_refuted(explanations(times, around), static_cast<double>(both.size()));
    if (held.empty() || held.front().share > 0) return around.place;
    return times.places[static_cast<std::size_t>(both.data() - times.time.data()) + fit->place];
}

}  // namespace mnist
