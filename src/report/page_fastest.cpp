// What trains fastest, in a sentence.
#include <fmt/format.h>

#include "mnist/compare/verdict.hpp"
#include "mnist/core/optimizers.hpp"
#include "mnist/report/text.hpp"
#include "mnist/stats/summary.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

struct BestThroughput {
    const ThroughputSeries* series = nullptr;
    const ThroughputPoint* point = nullptr;
    double median = 0;
};

template <class Wanted>
BestThroughput best_training(const std::vector<ThroughputSeries>& all, Wanted wanted) {
    BestThroughput best;
    for (const ThroughputSeries& series : all) {
        if (series.family != "Train" || !wanted(series)) continue;
        for (const ThroughputPoint& point : series.points) {
            if (point.disturbance != nullptr && point.disturbance->is_spoilt) continue;
            const double value = median(point.samples_per_second).value_or(0);
            if (value > best.median) best = {&series, &point, value};
        }
    }
    return best;
}

/// Seconds a sample.
std::vector<double> times_of(const ThroughputPoint& point) {
    std::vector<double> times;
    for (const double speed : point.samples_per_second) times.push_back(1 / speed);
    return times;
}

/// Whose throughput it is, where other trainings ran beside it; else nothing.
std::string beside_words(const ThroughputSeries& series) {
    if (!series.copies.empty())
        return series.copies == "1" ? "" : fmt::format("sum of {} side by side, ", series.copies);
    return series.jobs.empty() ? "" : fmt::format("one of {} side by side, ", series.jobs);
}

}  // namespace

std::vector<std::string> faster_words(const std::vector<double>& first,
                                      const std::vector<std::vector<double>>& others) {
    std::vector<TimeSamples> rows;
    rows.reserve(others.size());
    for (const std::vector<double>& other : others)
        rows.push_back({.base = other, .new_values = first, .noise_floor = 0});
    std::vector<std::string> words;
    for (const SpeedComparison& speed : judge_speed(rows, {}))
        words.push_back(speed.verdict == SpeedVerdict::faster && speed.interval
                            ? fmt::format("{:.2f} times ({:.2f} to {:.2f}) as fast as", *speed.ratio,
                                          speed.interval->lower, speed.interval->upper)
                            : "");
    return words;
}

std::string throughput_sentence(const std::vector<PageSource>& sources,
                                const std::vector<ThroughputSeries>& all) {
    const BestThroughput first = best_training(all, [](const ThroughputSeries&) { return true; });
    if (first.series == nullptr) return {};
    const BestThroughput other = best_training(all, [&](const ThroughputSeries& series) {
        return series.optimizer != first.series->optimizer && series.source == first.series->source &&
               series.precision == first.series->precision && series.threads == first.series->threads &&
               series.copies == first.series->copies && series.jobs == first.series->jobs;
    });
    const auto name_of = [](const BestThroughput& best) {
        return best.series->optimizer ? std::string(title(*best.series->optimizer)) : std::string("Training");
    };
    const std::string& threads = first.series->threads;
    const std::string beside = beside_words(*first.series);
    std::string text = fmt::format(
        "Highest throughput: {} in {}, batch {}, {}{}{} samples/s", name_of(first), first.series->precision,
        first.point->batch, beside,
        threads.empty() ? ""
                        : fmt::format("{} thread{}{}, ", threads, threads == "1" ? "" : "s",
                                      beside.empty() || !first.series->jobs.empty() ? "" : " each"),
        grouped(first.median));
    if (const auto share = median(first.point->shares))
        text += fmt::format(", {:.0f} % of the measured peak", 100 * *share);
    text += fmt::format(" ({})", sources[first.series->source].title);
    if (other.series != nullptr) {
        const std::string faster = faster_words(times_of(*first.point), {times_of(*other.point)}).front();
        if (!faster.empty())
            text += fmt::format("; {} the best of {} in {} there", faster, name_of(other),
                                other.series->precision);
    }
    return text + ".";
}

}  // namespace mnist
