// The benchmarks' part of a page: throughput, roofline, latency. What a row is about stands in its name, what
// it measured in its counters. Times to the target are in page_times.cpp, all other rows in page_rows.cpp.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "bench_words.hpp"
#include "json_words.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/report/run_groups.hpp"
#include "mnist/results/peak_share.hpp"
#include "mnist/stats/intervals.hpp"
#include "mnist/stats/summary.hpp"
#include "page_bench.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

ordered_json optimizer_word(const std::optional<OptimizerKind>& kind) {
    return kind ? ordered_json(name(*kind)) : ordered_json(nullptr);
}

ThroughputPoint& point_of(std::vector<ThroughputSeries>& all, ThroughputSeries wanted, std::uint64_t batch) {
    auto series = std::ranges::find_if(all, [&](const ThroughputSeries& s) {
        return s.source == wanted.source && s.family == wanted.family && s.optimizer == wanted.optimizer &&
               s.precision == wanted.precision && s.threads == wanted.threads && s.copies == wanted.copies &&
               s.ranks == wanted.ranks && s.jobs == wanted.jobs;
    });
    if (series == all.end()) series = all.insert(all.end(), std::move(wanted));
    auto point =
        std::ranges::find_if(series->points, [batch](const ThroughputPoint& p) { return p.batch == batch; });
    if (point == series->points.end()) point = series->points.insert(point, {.batch = batch});
    return *point;
}

void add_bench(std::vector<ThroughputSeries>& all, std::size_t place, const PageSource& source) {
    for (const BenchRepetition& repetition : source.bench()->repetitions) {
        const BenchWords words = bench_words(repetition.name);
        const std::optional<std::uint64_t> batch = words.number("batch");
        const std::optional<double> throughput = counter_of(repetition, "samples_per_second");
        const bool wanted = words.family == "Train" || words.family == "Step" || words.family == "Infer";
        const bool of_another = !words.text("library", {}).empty();  // page_libraries.cpp has it
        if (!wanted || of_another || !batch || !throughput || *throughput <= 0) continue;
        ThroughputPoint& point = point_of(all,
                                          {.source = place,
                                           .family = words.family,
                                           .optimizer = words.optimizer,
                                           .precision = precision_of(words),
                                           .threads = threads_of(repetition.name, source),
                                           .ranks = words.text("ranks", {}),
                                           .copies = copies_of(words)},
                                          *batch);
        point.samples_per_second.push_back(*throughput);
        // More than all is impossible: then the peak was measured in a bad moment.
        const auto share = counter_of(repetition, "peak_fraction");
        if (share && *share <= 1) point.shares.push_back(*share);
        point.disturbance = source.disturbance(repetition.name);
    }
}

void add_train(std::vector<ThroughputSeries>& all, std::size_t place, const PageSource& source) {
    const TrainResult& result = *source.train();
    for (const RunGroup& group : run_groups(result)) {
        const std::vector<double> speeds = values_of(group, &RunRecord::samples_per_second);
        if (speeds.empty()) continue;
        ThroughputPoint& point =
            point_of(all,
                     {.source = place,
                      .family = "Train",
                      .optimizer = group.optimizer,
                      .precision = std::string(name(result.config.precision)),
                      .threads = source.fact("mnist.config.threads"),
                      .ranks = source.fact("mnist.config.ranks"),
                      .jobs = result.config.jobs > 1 ? std::to_string(result.config.jobs) : std::string{}},
                     result.config.batch_size);
        point.samples_per_second = speeds;
        point.disturbance = source.disturbance(row_of(source, group.optimizer));
        for (const double speed : speeds)
            if (const auto share = peak_share(result, speed)) point.shares.push_back(*share);
    }
}

std::optional<double> median_of(const CounterValues& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : median(found->second);
}

/// FLOP a byte of an inner product that reads its two inputs once and writes its output once, all f32.
std::optional<double> least_traffic_intensity(const BenchWords& words) {
    const auto in = words.number("in");
    const auto out = words.number("out");
    const auto batch = words.number("batch");
    if (!in || !out || !batch) return std::nullopt;
    const auto i = static_cast<double>(*in);
    const auto o = static_cast<double>(*out);
    const auto b = static_cast<double>(*batch);
    return inner_product_flop(*batch, *in, *out) / (4 * (i * b + o * b + i * o));
}

ordered_json roofline_json(std::size_t place, const PageSource& source) {
    const BenchResult& result = *source.bench();
    const CounterValues gflops = values_of_counter(result, "gflops");
    const CounterValues bandwidth = values_of_counter(result, "gb_per_second");
    ordered_json points = ordered_json::array();
    for (const auto& [name, values] : gflops) {
        const BenchWords words = bench_words(name);
        const std::optional<double> intensity = least_traffic_intensity(words);
        if (words.family != "InnerProduct" || !intensity) continue;
        points.push_back({{"name", name},
                          {"direction", words.plain.empty() ? "" : words.plain.front()},
                          {"precision", precision_of(words)},
                          {"intensity", *intensity},
                          {"gflops", estimate_json(values)},
                          {"disturbed", disturbance_json(source.disturbance(name))}});
    }
    ordered_json others = ordered_json::array();
    for (const auto& [name, values] : bandwidth) {
        if (family_of(name) != "Calibrate")
            others.push_back({{"name", name},
                              {"gb_per_second", estimate_json(values)},
                              {"disturbed", disturbance_json(source.disturbance(name))}});
    }
    if (points.empty() && others.empty()) return nullptr;
    const auto peak = median_of(gflops, "Calibrate/FmaPeak/threads:1");
    const auto stream = median_of(bandwidth, "Calibrate/TriadBandwidth/threads:1");
    return {{"source", place},
            {"peak_gflops", or_null(peak)},
            {"memory_gb_per_second", or_null(stream)},
            {"points", std::move(points)},
            {"others", std::move(others)}};
}

}  // namespace

double rounded(double value) {
    if (value == 0 || !std::isfinite(value)) return value;
    constexpr int kDigits = 7;
    const double unit =
        std::pow(10.0, kDigits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
    return std::isfinite(unit) && unit > 0 ? std::round(value * unit) / unit : value;
}

ordered_json estimate_json(std::span<const double> values) {
    const std::optional<Summary> summary = summarise(values);
    if (!summary) return nullptr;
    ordered_json json{{"n", summary->n}, {"median", rounded(summary->median)}};
    const std::optional<Interval> interval = median_interval(values);
    json["low"] = rounded(interval ? interval->lower : summary->min);
    json["high"] = rounded(interval ? interval->upper : summary->max);
    json["spread"] = interval ? "interval" : summary->n > 1 ? "range" : "none";
    return json;
}

std::vector<ThroughputSeries> throughput_series(const std::vector<PageSource>& sources) {
    std::vector<ThroughputSeries> all;
    for (std::size_t i = 0; i < sources.size(); ++i)
        sources[i].train() != nullptr ? add_train(all, i, sources[i]) : add_bench(all, i, sources[i]);
    for (ThroughputSeries& series : all) {
        std::ranges::sort(series.points, [](const ThroughputPoint& a, const ThroughputPoint& b) {
            return a.batch < b.batch;
        });
    }
    return all;
}

ordered_json throughput_json(const std::vector<ThroughputSeries>& all) {
    const auto point_json = [](const ThroughputPoint& point) {
        return ordered_json{{"batch", point.batch},
                            {"samples_per_second", estimate_json(point.samples_per_second)},
                            {"peak_fraction", estimate_json(point.shares)},
                            {"disturbed", disturbance_json(point.disturbance)}};
    };
    return json_list(all, [&](const ThroughputSeries& series) {
        return ordered_json{{"source", series.source},
                            {"family", series.family},
                            {"optimizer", optimizer_word(series.optimizer)},
                            {"precision", series.precision},
                            {"threads", series.threads},
                            {"ranks", series.ranks},
                            {"copies", series.copies},
                            {"jobs", series.jobs},
                            {"points", json_list(series.points, point_json)}};
    });
}

ordered_json rooflines_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].bench() == nullptr) continue;
        ordered_json roofline = roofline_json(i, sources[i]);
        if (!roofline.is_null()) list.push_back(std::move(roofline));
    }
    return list;
}

ordered_json latencies_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].bench() == nullptr) continue;
        for (const auto& [name, medians] : values_of_counter(*sources[i].bench(), "p50_us", "Infer")) {
            const BenchWords words = bench_words(name);
            const auto batch = words.number("batch");
            if (!batch || !words.text("library", {}).empty()) continue;
            ordered_json row{{"source", i},
                             {"batch", *batch},
                             {"precision", precision_of(words)},
                             {"threads", threads_of(name, sources[i])},
                             {"repetitions", medians.size()},
                             {"disturbed", disturbance_json(sources[i].disturbance(name))}};
            for (const char* key : {"p50_us", "p90_us", "p99_us", "max_us"}) {
                const CounterValues values = values_of_counter(*sources[i].bench(), key, "Infer");
                const auto found = values.find(name);
                const auto summary = found == values.end() ? std::nullopt : summarise(found->second);
                const bool greatest = std::string_view(key) == "max_us";
                row[key] =
                    summary ? ordered_json(greatest ? summary->max : summary->median) : ordered_json(nullptr);
            }
            list.push_back(std::move(row));
        }
    }
    return list;
}

}  // namespace mnist
