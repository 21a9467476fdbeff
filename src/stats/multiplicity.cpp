// Holm's adjustment over an index, so that the caller's order is kept.
#include "mnist/stats/multiplicity.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace mnist {

std::optional<std::vector<double>> holm_adjusted(std::span<const double> p_values) {
    // NaN is outside as well.
    if (!std::all_of(p_values.begin(), p_values.end(), [](double p) { return p >= 0 && p <= 1; }))
        return std::nullopt;
    std::vector<std::size_t> ascending(p_values.size());
    std::iota(ascending.begin(), ascending.end(), std::size_t{0});
    std::sort(ascending.begin(), ascending.end(),
              [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
    std::vector<double> adjusted(p_values.size());
    double greatest = 0;
    for (std::size_t k = 0; k < ascending.size(); ++k) {
        const auto remaining = static_cast<double>(ascending.size() - k);
        greatest = std::max(greatest, std::min(1.0, remaining * p_values[ascending[k]]));
        adjusted[ascending[k]] = greatest;
    }
    return adjusted;
}

}  // namespace mnist
