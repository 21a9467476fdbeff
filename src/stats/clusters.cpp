// Means of clusters, and the tests of them. Student's distribution is Boost's.
#include "mnist/stats/clusters.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <numeric>

#include "checks.hpp"
#include "mnist/stats/rank_test.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

double mean(std::span<const double> values) {
    return summarise(values)->mean;
}

double squares_around_mean(std::span<const double> values) {
    const double middle = mean(values);
    return std::accumulate(values.begin(), values.end(), 0.0,
                           [&](double sum, double x) { return sum + (x - middle) * (x - middle); });
}

ClusterTest student_test(std::span<const double> first, std::span<const double> second, double confidence) {
    const auto n1 = static_cast<double>(first.size());
    const auto n2 = static_cast<double>(second.size());
    const double degrees = n1 + n2 - 2;
    const double squares = squares_around_mean(first) + squares_around_mean(second);
    const double error = std::sqrt(squares / degrees * (1 / n1 + 1 / n2));
    const double least = least_cluster_p(first.size(), second.size());
    ClusterTest result{.difference = mean(first) - mean(second)};
    if (error > 0) {
        const boost::math::students_t student(degrees);
        const double t = std::abs(result.difference) / error;
        result.p = std::max(least, 2 * boost::math::cdf(boost::math::complement(student, t)));
    } else if (result.difference != 0) {
        result.p = least;
    }
    const double half = student_t_quantile(upper_probability(confidence), degrees).value() * error;
    result.interval = Interval{result.difference - half, result.difference + half};
    return result;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> places_by_cluster(const ClusteredSample& sample) {
    const bool is_one = sample.clusters.empty();
    if (sample.values.empty() || (!is_one && sample.clusters.size() != sample.values.size())) return {};
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_number;
    for (std::uint32_t i = 0; i < sample.values.size(); ++i)
        by_number[is_one ? 0 : sample.clusters[i]].push_back(i);
    std::vector<std::vector<std::uint32_t>> places;
    places.reserve(by_number.size());
    for (auto& [number, list] : by_number) places.push_back(std::move(list));
    return places;
}

std::vector<double> cluster_log_means(const ClusteredSample& sample) {
    if (!is_positive_sample(sample.values)) return {};
    std::vector<double> means;
    for (const std::vector<std::uint32_t>& places : places_by_cluster(sample)) {
        double sum = 0;
        for (const std::uint32_t place : places) sum += std::log(sample.values[place]);
        means.push_back(sum / static_cast<double>(places.size()));
    }
    return means;
}

std::optional<ClusterTest> cluster_test(std::span<const double> first, std::span<const double> second,
                                        double confidence) {
    if (!is_finite_sample(first) || !is_finite_sample(second) || !is_share(confidence)) return std::nullopt;
    if (first.size() + second.size() < 3) return std::nullopt;
    if (std::min(first.size(), second.size()) < kLeastClusters)
        return student_test(first, second, confidence);
    return ClusterTest{.difference = mean(first) - mean(second), .p = mann_whitney_test(first, second)->p};
}

double least_cluster_p(std::size_t n1, std::size_t n2) {
    if (std::min(n1, n2) == 0 || n1 + n2 < 3) return 1;
    if (std::min(n1, n2) >= kLeastClusters) return least_mann_whitney_p(n1, n2);
    return least_mann_whitney_p(kLeastClusters, kLeastClusters);
}

}  // namespace mnist
