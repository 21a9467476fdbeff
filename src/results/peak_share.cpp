// From the shapes alone, so that files of any version have it.
#include "mnist/results/peak_share.hpp"

#include <vector>

#include "mnist/core/flops.hpp"

namespace mnist {

double training_flop(const TrainResult& result) {
    std::vector<std::size_t> dims{result.dataset.rows * result.dataset.columns};
    dims.insert(dims.end(), result.config.hidden.begin(), result.config.hidden.end());
    dims.push_back(result.dataset.classes);
    return training_flop_per_sample(dims);
}

std::optional<double> peak_share(const TrainResult& result, double samples_per_second) {
    if (result.config.precision != Precision::f32 || !result.fma_peak_gflops) return std::nullopt;
    return share_of_peak(samples_per_second * training_flop(result), *result.fma_peak_gflops * 1e9);
}

}  // namespace mnist
