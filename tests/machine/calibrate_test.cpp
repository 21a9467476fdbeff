// The peak measurement: the loops really compute, and the rates are plausible. How fast a machine is cannot
// be asserted here.
#include "mnist/machine/calibrate.hpp"

#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "fma_kernels.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/machine/workers.hpp"

namespace {

constexpr double kLeast = 0.001;  // GFLOP/s, of an emulated core that others share

/// The chains in double precision: x = x * scale + shift, in NEON x = x + scale * shift, from 1, 1.01, 1.02,
/// ...
double reference_sum(int iterations, double scale, double shift) {
    const bool neon = !mnist::kX86 && mnist::sve_bits() <= 128;
    double sum = 0;
    for (int chain = 0; chain < mnist::kFmaChains; ++chain) {
        double x = 1.0 + 0.01 * chain;
        for (int i = 0; i < iterations; ++i) x = neon ? x + scale * shift : x * scale + shift;
        sum += x;
    }
    return sum;
}

}  // namespace

TEST_CASE("calibrate: every level's loop computes what it says") {
    for (const mnist::Isa isa : mnist::available_isas()) {
        const int iterations = GENERATE(0, 1, 2, 100);
        CAPTURE(mnist::name(isa), iterations);
        const float sum = mnist::fma_kernel(isa).run(static_cast<std::uint64_t>(iterations), 0.99F, 0.5F);
        CHECK(sum == Approx(reference_sum(iterations, 0.99, 0.5)).epsilon(1e-5));
    }
}

TEST_CASE("calibrate: vectors are as wide as the level's registers") {
    CHECK(mnist::fma_kernel(mnist::Isa::baseline).lanes == std::max(128, mnist::sve_bits()) / 32);
    if (!mnist::kX86) return;
    CHECK(mnist::fma_kernel(mnist::Isa::avx2).lanes == 8);
    CHECK(mnist::fma_kernel(mnist::Isa::avx512).lanes == 16);
}

TEST_CASE("calibrate: a peak lies between a slow core's and the fastest cores'") {
    const std::vector<int> cpus = mnist::usable_cpus().order;
    const double one = mnist::fma_peak_gflops({}, 0.005);
    const double all = mnist::fma_peak_gflops(cpus, 0.005);
    // 400: two 512-bit units at 6.25 GHz.
    CHECK(one > kLeast);
    CHECK(one < 400);
    CHECK(all > kLeast);
    CHECK(all < 400 * static_cast<double>(cpus.size()));
}

TEST_CASE("calibrate: more threads than CPUs and a CPU that is not there are measured all the same") {
    CHECK(mnist::fma_peak_gflops({0, 0, 0, 1 << 19}, 0.002) > kLeast);
}

TEST_CASE("calibrate: a senseless time is brought into bounds") {
    CHECK(mnist::fma_peak_gflops({}, -1) > kLeast);
    CHECK(mnist::fma_peak_gflops({}, std::nan("")) > kLeast);
}
