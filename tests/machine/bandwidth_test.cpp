// Bandwidth as far as any machine has one.
#include "mnist/machine/bandwidth.hpp"

#include <cmath>

#include "catch.hpp"
#include "mnist/machine/workers.hpp"

using namespace mnist;

TEST_CASE("bandwidth: between 0.1 and 10,000 GB/s, pinned or not, however small the arrays") {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1} << 20U}) {
        for (const std::vector<int>& cpus :
             {std::vector<int>{}, usable_cpus().order, std::vector<int>{100'000}}) {
            const double bandwidth = triad_bandwidth(cpus, bytes, 0.002);
            CHECK(std::isfinite(bandwidth));
            CHECK(bandwidth > 0.1);
            CHECK(bandwidth < 10'000);
        }
    }
}

TEST_CASE("bandwidth: arrays are four times the caches that the threads reach") {
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
    MachineFacts machine;
    machine.caches = {{.level = 2, .type = "unified", .bytes = kMiB, .instances = 8},
                      {.level = 3, .type = "unified", .bytes = 60 * kMiB, .instances = 2}};
    CHECK(triad_array_bytes(machine, 1) == 80 * kMiB);
    CHECK(triad_array_bytes(machine, 2) == 160 * kMiB);
    CHECK(triad_array_bytes(machine, 64) == 160 * kMiB);
}

TEST_CASE("bandwidth: arrays are bounded, whatever caches and memory a machine claims") {
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
    MachineFacts machine;
    CHECK(triad_array_bytes(machine, 2) == 64 * kMiB);
    machine.caches = {{.level = 3, .type = "unified", .bytes = 508 * kMiB, .instances = 1}};
    CHECK(triad_array_bytes(machine, 2) == 256 * kMiB);
    machine.memory_bytes = 2400 * kMiB;
    CHECK(triad_array_bytes(machine, 2) == 100 * kMiB);
}
