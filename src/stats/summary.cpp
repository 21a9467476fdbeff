// Mean, spread and middle of a sample. Filtering is left to the caller: every value given counts.
#include "mnist/stats/summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace mnist {
namespace {

bool usable(std::span<const double> values) {
    return !values.empty() &&
           std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

std::optional<Summary> summarise(std::span<const double> values) {
    if (!usable(values)) return std::nullopt;
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
    if (!usable(values)) return std::nullopt;
    std::vector<double> ordered(values.begin(), values.end());
    const auto middle = ordered.begin() + static_cast<std::ptrdiff_t>(ordered.size() / 2);
    std::nth_element(ordered.begin(), middle, ordered.end());
    if (ordered.size() % 2 == 1) return *middle;
    return std::midpoint(*std::max_element(ordered.begin(), middle), *middle);
}

}  // namespace mnist
