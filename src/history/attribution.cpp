// Sums of absolute deviations from medians all through, so that an outlier counts for what one value is
// worth.
#include "attribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mnist/stats/change_points.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

constexpr double kShareStep = 0.25;

double deviation(std::span<const double> values) {
    const double middle = median(values).value_or(0);
    double sum = 0;
    for (const double value : values) sum += std::abs(value - middle);
    return sum;
}

/// Shares of each measurement, their sum at most 1.
std::vector<std::vector<double>> shares_of(std::size_t measurements) {
    std::vector<std::vector<double>> all;
    for (double first = 0; first <= 1; first += kShareStep) {
        if (measurements == 1) {
            all.push_back({first});
            continue;
        }
        for (double second = 0; first + second <= 1; second += kShareStep) all.push_back({first, second});
    }
    return all;
}

std::vector<double> taken_off(const LogTimes& times, std::span<const double> shares) {
    std::vector<double> rest = times.time;
    for (std::size_t k = 0; k < shares.size(); ++k)
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= shares[k] * times.machine[k][i];
    return rest;
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
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < times.machine.size(); ++k) {
        const std::vector<double> rest = corrected(times, k);
        const double sum = deviation(sides(times.places, rest, around).both());
        if (sum < least) {
            least = sum;
            best = k;
        }
    }
    return best;
}

double evidence_of_program(const LogTimes& times, const Neighbourhood& around) {
    double machine = std::numeric_limits<double>::infinity();
    double program = machine;
    double n = 0;
    for (const std::vector<double>& shares : shares_of(times.machine.size())) {
        const std::vector<double> rest = taken_off(times, shares);
        const Sides values = sides(times.places, rest, around);
        if (!values.are_enough()) return 0;
        n = static_cast<double>(values.both().size());
        machine = std::min(machine, deviation(values.both()));
        program = std::min(program, deviation(values.before) + deviation(values.after));
    }
    if (!(machine > program)) return 0;
    return n * std::log(machine / program);
}

}  // namespace mnist
