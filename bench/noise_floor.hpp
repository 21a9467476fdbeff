// What this machine shows of differences where there are none. Every benchmark is measured against itself:
// its repetitions of even number are one sample, those of odd number the other, and the two are compared as
// `mnist compare` would. A later comparison with the file takes no smaller difference for a change. Left out:
// what only another hour brings and, without --processes, another process and placement in memory; so it is a
// least floor.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "reporters.hpp"

namespace mnist::bench {

/// Times of one benchmark's repetitions, in any unit: those of even number, and those of odd.
struct Halves {
    std::string name;
    std::vector<double> even, odd;
};

/// Of repetitions only, in the order in which names first appear; failed ones are left out.
[[nodiscard]] std::vector<Halves> halves_of(const std::vector<std::vector<Run>>& groups);

/// Of groups that several processes measured: the mean time of each process of even number, and of each of
/// odd, since what differs from process to process is the greater part of the noise then.
[[nodiscard]] std::vector<Halves> halves_of_processes(const std::vector<std::vector<Run>>& groups);

/// A family's floor is the largest of its benchmarks'; that of a benchmark the larger of
///   - the difference between its halves, max(r, 1/r) - 1 with the Hodges-Lehmann ratio r that `mnist
///   compare`
///     shows, and
///   - what 95 of 100 random splits of all its repetitions into halves of that size stay below.
/// The first alone is a single throw: halves that agree by luck would promise a machine without noise. The
/// second is the same measure over 1,000 throws; it does not see a drift, which the first does. The interval
/// of r is no measure here: a comparison has its own, and one wild repetition among few makes it huge.
struct FamilyFloor {
    std::string family;     ///< "Train"
    std::size_t rows = 0;   ///< benchmarks that count
    std::string widest;     ///< the one that decides
    double difference = 0;  ///< between its halves, as a share
    double usual = 0;       ///< of its random splits, as a share
    [[nodiscard]] double share() const { return std::max(difference, usual); }
};

/// In the order in which families first appear. Benchmarks with fewer than kLeastRepetitions in a half do not
/// count, families without any that does have no floor. Cost: 1,000 Hodges-Lehmann
/// ratios a benchmark, some milliseconds with 20 repetitions.
[[nodiscard]] std::vector<FamilyFloor> noise_floors(std::span<const Halves> rows);

/// A table for people, at most `width` columns wide; empty without floors.
[[nodiscard]] std::string noise_floor_table(std::span<const FamilyFloor> floors, int width);

}  // namespace mnist::bench
