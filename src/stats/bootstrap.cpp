// A resample is a weight for every value: how often it was drawn. Leaving a value out is the weight 0, and a
// cluster is left out by leaving out its values. ordered_pairs.hpp has what that makes cheap.
#include "mnist/stats/bootstrap.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "checks.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "ordered_pairs.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostDrawn = 4'000'000;  // values of all resamples that are kept

using Clusters = std::vector<std::vector<std::uint32_t>>;  // places of values

/// As many values as there are, each from all.
void draw_values(Weights& weights, CounterRng& rng) {
    std::fill(weights.begin(), weights.end(), 0U);
    const auto size = static_cast<std::uint32_t>(weights.size());
    for (std::uint32_t i = 0; i < size; ++i) ++weights[rng.next_below(size)];
}

/// As many clusters as there are, each from all, and of each drawn as many values as it has, each from all of
/// that cluster.
void draw_clusters(Weights& weights, const Clusters& clusters, CounterRng& rng) {
    std::fill(weights.begin(), weights.end(), 0U);
    const auto size = static_cast<std::uint32_t>(clusters.size());
    for (std::uint32_t i = 0; i < size; ++i) {
        const std::vector<std::uint32_t>& drawn = clusters[rng.next_below(size)];
        const auto values = static_cast<std::uint32_t>(drawn.size());
        for (std::uint32_t j = 0; j < values; ++j) ++weights[drawn[rng.next_below(values)]];
    }
}

/// What is left out and, by `draw`, what is drawn together on each side.
struct Sides {
    Clusters first, second;
};

/// Medians of all resamples of so many values a side. `draw(resample, first, second)` makes the weights.
template <typename Draw>
std::vector<double> resampled(const OrderedPairs& pairs, std::size_t firsts, std::size_t seconds,
                              std::uint32_t resamples, Draw draw) {
    Weights first(firsts);
    Weights second(seconds);
    std::vector<double> medians(resamples);
    for (std::uint32_t resample = 0; resample < resamples; ++resample) {
        draw(resample, first, second);
        medians[resample] = pairs.median(first, second);
    }
    return medians;
}

/// Sums of U^2 / n^2 and U^3 / n^3 over one side, U being how far leaving out each cluster moves the median.
struct Influence {
    double squares = 0;
    double cubes = 0;
};

template <typename Median>
Influence influence(Weights& side, const Clusters& clusters, const Median& median) {
    std::vector<double> medians;
    medians.reserve(clusters.size());
    for (const std::vector<std::uint32_t>& cluster : clusters) {
        for (const std::uint32_t place : cluster) side[place] = 0;
        medians.push_back(median());
        for (const std::uint32_t place : cluster) side[place] = 1;
    }
    // Against the first, so that equal medians give exactly 0.
    const double origin = medians.front();
    for (double& left_out : medians) left_out -= origin;
    const auto n = static_cast<double>(clusters.size());
    const double mean = std::accumulate(medians.begin(), medians.end(), 0.0) / n;
    Influence sums;
    for (const double left_out : medians) {
        const double u = (n - 1) * (mean - left_out) / n;
        sums.squares += u * u;
        sums.cubes += u * u * u;
    }
    return sums;
}

/// Undefined: no value moves the median.
std::optional<double> acceleration(const OrderedPairs& pairs, const Sides& sides, Weights first,
                                   Weights second) {
    const auto median = [&] { return pairs.median(first, second); };
    const Influence a = influence(first, sides.first, median);
    const Influence b = influence(second, sides.second, median);
    const double squares = a.squares + b.squares;
    if (!(squares > 0)) return std::nullopt;
    return (a.cubes + b.cubes) / (6 * squares * std::sqrt(squares));
}

/// Shares of the resamples below the ends of the interval.
struct Levels {
    double lower = 0;
    double upper = 0;
};

/// Undefined: all resamples on one side of the estimate, or a correction beyond its pole.
std::optional<Levels> bca_levels(double estimate, const std::vector<double>& medians, double accelerated,
                                 double confidence) {
    const boost::math::normal normal;
    std::size_t twice_below = 0;
    for (const double median : medians)
        twice_below += (median < estimate ? 1U : 0U) + (median <= estimate ? 1U : 0U);
    const double share = static_cast<double>(twice_below) / (2 * static_cast<double>(medians.size()));
    if (!is_share(share)) return std::nullopt;
    const double bias = boost::math::quantile(normal, share);
    const double z = boost::math::quantile(normal, upper_probability(confidence));
    const double to_lower = 1 - accelerated * (bias - z);
    const double to_upper = 1 - accelerated * (bias + z);
    if (!(to_lower > 0) || !(to_upper > 0)) return std::nullopt;
    return Levels{boost::math::cdf(normal, bias + (bias - z) / to_lower),
                  boost::math::cdf(normal, bias + (bias + z) / to_upper)};
}

/// The value below which a share of the values lies, linear between neighbours. Changes their order.
double quantile(std::vector<double>& values, double share) {
    const double position = share * static_cast<double>(values.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(position), values.size() - 1);
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), place, values.end());
    if (place + 1 == values.end()) return *place;
    return std::lerp(*place, *std::min_element(place + 1, values.end()), position - std::floor(position));
}

/// An interval of logarithms as one of ratios. Undefined: beyond the range of double.
std::optional<RatioInterval> as_ratio(double estimate, const Interval& interval, RatioIntervalMethod method) {
    const RatioInterval result{
        std::exp(estimate), {std::exp(interval.lower), std::exp(interval.upper)}, method};
    const double all[] = {result.ratio, result.interval.lower, result.interval.upper};
    return is_positive_sample(all) ? std::optional(result) : std::nullopt;
}

/// Each value alone.
Clusters one_by_one(std::size_t values) {
    Clusters clusters(values);
    for (std::uint32_t i = 0; i < values; ++i) clusters[i] = {i};
    return clusters;
}

bool is_defined(const BootstrapSettings& settings) {
    return is_share(settings.confidence) && settings.resamples * (1 - settings.confidence) / 2 >= 1;
}

/// `medians_of(pairs)` are those of all resamples.
template <typename Medians>
std::optional<RatioInterval> interval_by(const std::vector<double>& first, const std::vector<double>& second,
                                         const Sides& sides, const BootstrapSettings& settings,
                                         Medians medians_of) {
    const OrderedPairs pairs(first, second);
    const Weights every_first(first.size(), 1);
    const Weights every_second(second.size(), 1);
    const double estimate = pairs.median(every_first, every_second);
    std::vector<double> medians = medians_of(pairs);
    const std::optional<double> accelerated = acceleration(pairs, sides, every_first, every_second);
    const std::optional<Levels> bca =
        accelerated ? bca_levels(estimate, medians, *accelerated, settings.confidence) : std::nullopt;
    const double tail = (1 - settings.confidence) / 2;
    const Levels levels = bca.value_or(Levels{tail, 1 - tail});
    const double lower = quantile(medians, levels.lower);
    return as_ratio(estimate, {lower, quantile(medians, levels.upper)},
                    bca ? RatioIntervalMethod::bca : RatioIntervalMethod::percentile);
}

/// exp of each; their order by cluster.
std::vector<double> as_times(const std::vector<double>& logarithms) {
    std::vector<double> times(logarithms.size());
    std::transform(logarithms.begin(), logarithms.end(), times.begin(), [](double x) { return std::exp(x); });
    return times;
}

std::vector<double> logarithms_of(std::span<const double> values) {
    std::vector<double> logarithms(values.size());
    std::transform(values.begin(), values.end(), logarithms.begin(), [](double x) { return std::log(x); });
    return logarithms;
}

}  // namespace

std::optional<RatioInterval> bootstrap_ratio_interval(std::span<const double> base,
                                                      std::span<const double> new_values,
                                                      const BootstrapSettings& settings) {
    return RatioBootstrap(settings).interval(base, new_values);
}

std::optional<RatioInterval> RatioBootstrap::interval(std::span<const double> base,
                                                      std::span<const double> new_values) {
    if (!is_positive_sample(base) || !is_positive_sample(new_values)) return std::nullopt;
    if (base.size() < 2 || new_values.size() < 2 || !is_defined(settings_)) return std::nullopt;
    const std::vector<double> first = ordered_logarithms(base);
    const std::vector<double> second = ordered_logarithms(new_values);
    if (first.size() > kMostResampledPairs / second.size()) {
        const std::optional<double> shift = hodges_lehmann_shift(first, second);
        const std::optional<Interval> interval = hodges_lehmann_interval(first, second, settings_.confidence);
        if (!shift || !interval) return std::nullopt;
        return as_ratio(*shift, *interval, RatioIntervalMethod::ranks);
    }
    const auto draw = [this](std::uint32_t resample, Weights& one, Weights& other) {
        CounterRng rng(settings_.seed, RandomPurpose::bootstrap, resample);
        draw_values(one, rng);
        draw_values(other, rng);
    };
    const Sides sides{one_by_one(first.size()), one_by_one(second.size())};
    const std::size_t values = first.size() + second.size();
    if (values * settings_.resamples > kMostDrawn)
        return interval_by(first, second, sides, settings_, [&](const OrderedPairs& pairs) {
            return resampled(pairs, first.size(), second.size(), settings_.resamples, draw);
        });
    if (sizes_ != std::pair(first.size(), second.size())) {
        sizes_ = {first.size(), second.size()};
        const std::size_t blocks = (settings_.resamples + kLanes - 1) / kLanes;
        drawn_.assign(blocks * values * kLanes, 0);
        Weights one(first.size());
        Weights other(second.size());
        for (std::uint32_t resample = 0; resample < blocks * kLanes; ++resample) {
            draw(resample, one, other);
            std::int16_t* to = &drawn_[resample / kLanes * values * kLanes + resample % kLanes];
            for (const Weights* weights : {&one, &other})
                for (const std::uint32_t weight : *weights) {
                    *to = static_cast<std::int16_t>(weight);
                    to += kLanes;
                }
        }
    }
    return interval_by(first, second, sides, settings_, [&](const OrderedPairs& pairs) {
        std::vector<double> medians;
        medians.reserve(drawn_.size() / values);
        for (std::size_t at = 0; at < drawn_.size(); at += values * kLanes) {
            const auto block = pairs.medians(&drawn_[at], first.size(), first.size() * second.size());
            medians.insert(medians.end(), block.begin(), block.end());
        }
        medians.resize(settings_.resamples);
        return medians;
    });
}

std::optional<RatioInterval> cluster_bootstrap_ratio_interval(const ClusteredSample& base,
                                                              const ClusteredSample& new_values,
                                                              const BootstrapSettings& settings) {
    if (!is_positive_sample(base.values) || !is_positive_sample(new_values.values)) return std::nullopt;
    const Sides sides{places_by_cluster(base), places_by_cluster(new_values)};
    if (sides.first.size() < 2 || sides.second.size() < 2 || !is_defined(settings)) return std::nullopt;
    if (base.values.size() > kMostResampledPairs / new_values.values.size())
        return bootstrap_ratio_interval(as_times(cluster_log_means(base)),
                                        as_times(cluster_log_means(new_values)), settings);
    const auto draw = [&](std::uint32_t resample, Weights& first, Weights& second) {
        CounterRng rng(settings.seed, RandomPurpose::bootstrap, resample);
        draw_clusters(first, sides.first, rng);
        draw_clusters(second, sides.second, rng);
    };
    return interval_by(logarithms_of(base.values), logarithms_of(new_values.values), sides, settings,
                       [&](const OrderedPairs& pairs) {
                           return resampled(pairs, base.values.size(), new_values.values.size(),
                                            settings.resamples, draw);
                       });
}

}  // namespace mnist
