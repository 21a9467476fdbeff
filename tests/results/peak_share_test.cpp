// Which throughput has a share of which peak.
#include "mnist/results/peak_share.hpp"

#include "catch.hpp"
#include "mnist/core/flops.hpp"

namespace {

mnist::TrainResult result_with_peak(double gflops) {
    mnist::TrainResult result;
    result.dataset.rows = result.dataset.columns = 28;
    result.dataset.classes = 10;
    result.config.hidden = {128, 64};
    result.fma_peak_gflops = gflops;
    return result;
}

}  // namespace

TEST_CASE("peak share: a throughput's arithmetic over the measured peak") {
    const mnist::TrainResult result = result_with_peak(100);
    CHECK(mnist::training_flop(result) == 454'400);
    CHECK(mnist::peak_share(result, 110'000).value() == Approx(0.49984));
}

TEST_CASE("peak share: there is none above the peak, without one, and in another precision") {
    CHECK_FALSE(mnist::peak_share(result_with_peak(100), 230'000));
    CHECK_FALSE(mnist::peak_share(result_with_peak(0), 1));
    CHECK_FALSE(mnist::peak_share(mnist::TrainResult(), 1));
    mnist::TrainResult result = result_with_peak(100);
    result.config.precision = mnist::Precision::bf16;
    CHECK_FALSE(mnist::peak_share(result, 110'000));
    CHECK(mnist::share_of_peak(1, 1) == 1);
}
