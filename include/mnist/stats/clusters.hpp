// Values that come in clusters: repetitions of a benchmark by the process that measured them. What differs
// from process to process (address space, huge pages, where memory lies) is the same for all repetitions of
// one, so these are no independent values: with P processes of R repetitions a difference is known about as
// well as P values make it known, not P R. Pure functions; undefined is std::nullopt. The interval by
// resampling is in bootstrap.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mnist/stats/intervals.hpp"

namespace mnist {

struct ClusteredSample {
    std::span<const double> values;
    std::span<const std::uint32_t> clusters{};  ///< of each value; empty: all are of one
};

/// Places of the values of each cluster, clusters by their number. Undefined (empty): no values, or not as
/// many numbers as values. Cost: a sort.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> places_by_cluster(const ClusteredSample& sample);

/// The mean of each cluster's logarithms, by the cluster's number. Undefined (empty): as above, or a value
/// that is not positive or not finite.
[[nodiscard]] std::vector<double> cluster_log_means(const ClusteredSample& sample);

/// With fewer clusters than this on a side no order of their means has p < 0.002 (6 against 6: 0.0022), which
/// is what twenty rows judged together ask for; and resampling so few is no sample of what could have been.
inline constexpr std::size_t kLeastClusters = 6;

struct ClusterTest {
    double difference = 0;               ///< mean of the first less mean of the second
    double p = 1;                        ///< two-sided
    std::optional<Interval> interval{};  ///< of the difference; only where it is Student's
};

/// Whether two sides whose clusters have these means differ. Both with kLeastClusters or more: p is that of
/// mann_whitney_test. Fewer, n1 and n2, Student's test:
///   se^2 = (sum (x_i - mean x)^2 + sum (y_j - mean y)^2) / (n1 + n2 - 2) (1 / n1 + 1 / n2),
///   p = 2 P(T >= |difference| / se) with T of n1 + n2 - 2 degrees of freedom, at least what the rank test
///   of six against six can have; interval = difference -+ t se.
/// This takes clusters to spread normally and alike on both sides, which so few cannot show; the limit keeps
/// them from claiming more than six could. One cluster on one side has no spread of its own: the other's
/// counts. Without any spread p is the least, or 1 where the means agree. Undefined: fewer than three
/// clusters in all, none on a side, a value that is not finite, confidence outside (0, 1). Source: as an
/// analysis of one number a cluster, Donner and Klar, "Design and Analysis of Cluster Randomization Trials in
/// Health Research" (2000), chapter 7.
[[nodiscard]] std::optional<ClusterTest> cluster_test(std::span<const double> first,
                                                      std::span<const double> second, double confidence);

/// The least p that cluster_test has for so many clusters; 1 where it is undefined.
[[nodiscard]] double least_cluster_p(std::size_t n1, std::size_t n2);

}  // namespace mnist
