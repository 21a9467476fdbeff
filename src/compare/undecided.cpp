// The number is found by halving: what it takes falls with it.
#include "undecided.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "mnist/stats/clusters.hpp"
#include "mnist/stats/rank_test.hpp"

namespace mnist {
namespace {

double upper_normal(double share) {
    return boost::math::quantile(boost::math::complement(boost::math::normal(), share));
}

/// What an interval of half-width `now` has to come to.
struct Wish {
    double now, wanted;
    double least_p = 1;  ///< p must be able to be below this
};

std::optional<Wish> wish_of(const SpeedComparison& speed, double judged, double alpha) {
    if (!speed.interval || !speed.ratio) return std::nullopt;
    const double distance = std::abs(std::log(*speed.ratio));
    const double threshold = std::log1p(speed.threshold);
    const bool is_above = *speed.ratio >= 1;
    const double outward =
        is_above ? speed.interval->upper / *speed.ratio : *speed.ratio / speed.interval->lower;
    const double inward =
        is_above ? *speed.ratio / speed.interval->lower : speed.interval->upper / *speed.ratio;
    if (distance <= threshold) return Wish{.now = std::log(outward), .wanted = threshold - distance};
    const double adjusted = upper_normal(alpha / 2) / upper_normal(alpha / 2 / judged);
    return Wish{.now = std::log(inward), .wanted = distance * adjusted, .least_p = alpha / judged};
}

std::optional<Wish> wish_of(const AccuracyComparison& accuracy, double margin) {
    if (!accuracy.interval) return std::nullopt;
    const double distance = std::abs(accuracy.difference);
    const double now = (accuracy.interval->upper - accuracy.interval->lower) / 2;
    // Within the margin either claim would decide it, the same or another.
    return Wish{.now = now, .wanted = distance <= margin ? std::max(margin - distance, distance) : distance};
}

/// To this the half-width of an interval from so many values is proportional.
double width_of_repetitions(std::size_t n1, std::size_t n2) {
    return std::sqrt(1 / static_cast<double>(n1) + 1 / static_cast<double>(n2));
}

/// The same of processes, of which few have Student's interval.
double width_of_processes(std::size_t n1, std::size_t n2, double alpha) {
    const double width = width_of_repetitions(n1, n2);
    if (std::min(n1, n2) >= kLeastClusters) return width;
    const auto student = student_t_quantile(1 - alpha / 2, static_cast<double>(n1 + n2 - 2));
    return width * student.value_or(1) / upper_normal(alpha / 2);
}

/// Empty beyond kMostAsked.
template <class Width, class LeastP>
std::optional<std::size_t> more_values(const Wish& wish, std::size_t n1, std::size_t n2, Width width,
                                       LeastP least_p) {
    const double now = width(n1, n2);
    const auto is_enough = [&](std::size_t more) {
        return wish.now * width(n1 + more, n2 + more) < wish.wanted * now &&
               least_p(n1 + more, n2 + more) <= wish.least_p;
    };
    if (!is_enough(kMostAsked)) return std::nullopt;
    std::size_t low = 0;  // not enough as far as is known
    std::size_t high = kMostAsked;
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (is_enough(middle) ? high : low) = middle;
    }
    return high;
}

std::optional<std::size_t> more_for_speed(const SpeedComparison& speed, double judged, double alpha) {
    const auto wish = wish_of(speed, judged, alpha);
    if (!wish) {
        const std::size_t fewest = std::min(speed.samples_base, speed.samples_new);
        const std::size_t enough = enough_values(kUsualRepetitions, judged, alpha);
        return enough - std::min(enough - 1, fewest);
    }
    if (speed.clustered)
        return more_values(
            *wish, speed.processes_base, speed.processes_new,
            [&](std::size_t n1, std::size_t n2) { return width_of_processes(n1, n2, alpha); },
            least_cluster_p);
    return more_values(*wish, speed.samples_base, speed.samples_new, width_of_repetitions,
                       least_mann_whitney_p);
}

}  // namespace

std::size_t enough_values(std::size_t enough, double rows, double alpha) {
    constexpr std::size_t kMost = 1000;
    while (enough < kMost && least_mann_whitney_p(enough, enough) * rows >= alpha) ++enough;
    return enough;
}

std::optional<MoreNeeded> more_to_decide(const ComparedRow& row, std::size_t judged,
                                         const VerdictSettings& settings) {
    const SpeedComparison& speed = row.speed;
    if (speed.verdict == SpeedVerdict::disturbed) return std::nullopt;
    const auto rows = static_cast<double>(std::max<std::size_t>(judged, 1));
    if (speed.verdict == SpeedVerdict::inconclusive) {
        const auto more = more_for_speed(speed, rows, settings.alpha);
        return more ? std::optional(
                          MoreNeeded{.count = *more, .of_processes = speed.clustered && speed.interval})
                    : std::nullopt;
    }
    const bool is_open = row.joint == JointVerdict::inconclusive && row.accuracy;
    const auto wish = is_open ? wish_of(*row.accuracy, settings.accuracy_margin) : std::nullopt;
    if (!wish) return std::nullopt;
    const auto more = more_values(*wish, speed.samples_base, speed.samples_new, width_of_repetitions,
                                  [](std::size_t, std::size_t) { return 0.0; });
    return more ? std::optional(MoreNeeded{.count = *more}) : std::nullopt;
}

}  // namespace mnist
