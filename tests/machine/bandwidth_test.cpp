// Bandwidth as far as any machine has one.
#include "mnist/machine/bandwidth.hpp"

#include <cmath>

#include "catch.hpp"
#include "mnist/machine/fingerprint.hpp"

using namespace mnist;

TEST_CASE("bandwidth: between 0.1 and 10,000 GB/s, pinned or not, however small the arrays") {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1} << 20U}) {
        for (const std::vector<int>& cpus : {std::vector<int>{}, usable_cpus(), std::vector<int>{100'000}}) {
            const double bandwidth = triad_bandwidth(cpus, bytes, 0.002);
            CHECK(std::isfinite(bandwidth));
            CHECK(bandwidth > 0.1);
            CHECK(bandwidth < 10'000);
        }
    }
}
