// Mean, spread and middle of a sample. Filtering is left to the caller: every value given counts.
#include "mnist/stats/summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "checks.hpp"

namespace mnist {

std::optional<Summary> summarise(std::span<const double> values) {
    if (!is_finite_sample(values)) return std::nullopt;
    Summary summary;
    const auto n = static_cast<double>(values.size());
    summary.n = values.size();
    summary.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    if (values.size() > 1) {
        double squares = 0;
        for (const double x : values) squares += (x - summary.mean) * (x - summary.mean);
        summary.standard_deviation = std::sqrt(squares / (n - 1));
    }
    summary.median = *median(values);
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    summary.min = *least;
    summary.max = *greatest;
    return summary;
}

std::optional<double> median(std::span<const double> values) {
    if (!is_finite_sample(values)) return std::nullopt;
    std::vector<double> ordered(values.begin(), values.end());
    const auto middle = ordered.begin() + static_cast<std::ptrdiff_t>(ordered.size() / 2);
    std::nth_element(ordered.begin(), middle, ordered.end());
    if (ordered.size() % 2 == 1) return *middle;
    return std::midpoint(*std::max_element(ordered.begin(), middle), *middle);
}

std::optional<double> geometric_mean(std::span<const double> values) {
    if (!is_positive_sample(values)) return std::nullopt;
    double logarithms = 0;
    for (const double x : values) logarithms += std::log(x);
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    return std::clamp(std::exp(logarithms / static_cast<double>(values.size())), *least, *greatest);
}

}  // namespace mnist
