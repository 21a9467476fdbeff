// Throughput, share of the peak, time to the target, roofline and latency, as on the page.
#include "figures_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "figure_text.hpp"
#include "mnist/core/optimizers.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

constexpr std::array kPoints{7, 5, 9, 13, 4, 8, 6, 12};

/// What a series is beside its optimizer: its file and, where they say it, its threads and copies.
std::string variant(const ordered_json& data, const ordered_json& row) {
    std::string text = data["sources"][row["source"].get<std::size_t>()]["name"];
    const std::string threads = row["threads"];
    if (!threads.empty()) text += fmt::format(", {} thread{}", threads, threads == "1" ? "" : "s");
    // Throughputs alone have copies.
    if (const std::string copies = row.value("copies", std::string{}); !copies.empty())
        text += fmt::format(" in each of {} copies", copies);
    if (row["precision"] != "f32") text += ", " + row["precision"].get<std::string>();
    return text;
}

std::string estimate_row(double x, const ordered_json& estimate) {
    return fmt::format("{} {} {} {}\n", x, estimate["median"].get<double>(), estimate["low"].get<double>(),
                       estimate["high"].get<double>());
}

std::string batch_axis(const std::set<std::uint64_t>& batches) {
    std::string tics;
    for (const std::uint64_t batch : batches) tics += fmt::format("{}{}", tics.empty() ? "" : ", ", batch);
    return fmt::format("set logscale x\nset xlabel 'Batch size'\nset xtics ({})\nset xrange [{}:{}]\n", tics,
                       static_cast<double>(*batches.begin()) / 1.25,
                       static_cast<double>(*batches.rbegin()) * 1.25);
}

/// Labels at 1, 2 and 5 of every power of ten that a throughput can have, "200k"; gnuplot's own are too few.
std::string decade_tics() {
    std::string tics;
    for (const auto& [unit, size] : {std::pair{"", 1.0}, std::pair{"k", 1e3}, std::pair{"M", 1e6}}) {
        for (const int digits : {1, 2, 5, 10, 20, 50, 100, 200, 500})
            tics += fmt::format("{}'{}{}' {}", tics.empty() ? "" : ", ", digits, unit, digits * size);
    }
    return fmt::format("set ytics ({})\n", tics);
}

/// An estimate of the series of training by batch size. A legend of files and optimizers needs its own place.
Figure batch_figure(const ordered_json& data, const char* name, const char* key, const std::string& y) {
    std::vector<PlotSeries> series;
    std::set<std::uint64_t> batches;
    std::vector<std::string> variants;
    for (const ordered_json& one : data["throughput"]) {
        if (one["family"] != "Train") continue;
        std::string rows;
        for (const ordered_json& point : one["points"]) {
            if (point[key].is_null()) continue;
            batches.insert(point["batch"].get<std::uint64_t>());
            rows += estimate_row(point["batch"].get<double>(), point[key]);
        }
        if (rows.empty()) continue;
        const std::string of = variant(data, one);
        const auto known = std::find(variants.begin(), variants.end(), of);
        const auto place = static_cast<std::size_t>(known - variants.begin());
        if (known == variants.end()) variants.push_back(of);
        const std::string look =
            fmt::format("pt {} lc rgb '{}'", kPoints[place % kPoints.size()], plot_colour(one["optimizer"]));
        series.push_back({rows, fmt::format("using 1:2:3:4 with yerrorbars ps 0.01 {}", look), {}});
        series.push_back({rows,
                          fmt::format("using 1:2 with linespoints dt {} lw 1.5 {}", place % 5 + 1, look),
                          fmt::format("{}, {}", plot_title(one["optimizer"]), of)});
    }
    if (series.empty()) return {.name = name, .width = 0, .height = 0, .script = {}};
    constexpr int kLegendRow = 22;
    return {.name = name,
            .width = 800,
            .height = 400 + kLegendRow * static_cast<int>(series.size() / 2),
            .script = batch_axis(batches) + y + "set key below maxcols 1 left\n" + plot_command(series)};
}

Figure time_figure(const ordered_json& data) {
    std::vector<PlotSeries> series;
    std::string tics;
    int place = 0;
    std::set<double> targets;
    for (const ordered_json& one : data["times"]) targets.insert(one["target"].get<double>());
    const auto target = [&](const ordered_json& one) {
        return targets.size() > 1 ? fmt::format(" to {:g} %", one["target"].get<double>()) : std::string{};
    };
    for (const std::string& optimizer : optimizer_words()) {
        std::string rows;
        for (const ordered_json& one : data["times"]) {
            if (one["optimizer"] != optimizer || one["seconds"].is_null()) continue;
            const ordered_json& seconds = one["seconds"];
            rows += fmt::format("{} {} {} {}\n", seconds["median"].get<double>(), place,
                                seconds["low"].get<double>(), seconds["high"].get<double>());
            tics += fmt::format(
                "{}{} {}", place == 0 ? "" : ", ",
                plot_tic(fmt::format("{}{}, {}", plot_title(optimizer), target(one), variant(data, one))),
                place);
            ++place;
        }
        if (!rows.empty())
            series.push_back({rows,
                              fmt::format("using 1:2:3:4 with xerrorbars pt 7 ps 1.1 lw 1.5 lc rgb '{}'",
                                          plot_colour(optimizer)),
                              {}});
    }
    if (series.empty()) return {.name = "time-to-accuracy", .width = 0, .height = 0, .script = {}};
    constexpr int kRow = 26;
    return {.name = "time-to-accuracy",
            .width = 800,
            .height = 90 + kRow * place,
            .script = fmt::format("set xlabel 'Seconds of training{}'\nset xrange [0:*]\nset ytics ({})\nset "
                                  "yrange [{}:-0.6]\nunset key\n{}",
                                  targets.size() == 1 ? fmt::format(" to {:g} %", *targets.begin()) : "",
                                  tics, place - 0.4, plot_command(series))};
}

Figure roofline_figure(const ordered_json& roofline, std::size_t place) {
    const std::string name = place == 0 ? "roofline" : fmt::format("roofline-{}", place + 1);
    std::vector<PlotSeries> series;
    double left = 1e300;
    double right = 0;
    constexpr std::array kColours{"#8c5a9e", "#b07d00", "#2f8fbf"};
    for (const char* direction : {"Forward", "BackwardData", "BackwardWeights"}) {
        std::string rows;
        for (const ordered_json& point : roofline["points"]) {
            if (point["direction"] != direction) continue;
            const double intensity = point["intensity"].get<double>();
            left = std::min(left, intensity);
            right = std::max(right, intensity);
            rows += estimate_row(intensity, point["gflops"]);
        }
        const std::size_t i = series.size();
        if (!rows.empty())
            series.push_back({rows,
                              fmt::format("using 1:2:3:4 with yerrorbars pt {} ps 1.1 lc rgb '{}'",
                                          kPoints[i % 3], kColours[i % 3]),
                              direction});
    }
    if (series.empty()) return {.name = name, .width = 0, .height = 0, .script = {}};
    left /= 1.5;
    right *= 1.5;
    if (!roofline["peak_gflops"].is_null()) {
        const double peak = roofline["peak_gflops"].get<double>();
        std::string roof;
        if (!roofline["memory_gb_per_second"].is_null()) {
            const double memory = roofline["memory_gb_per_second"].get<double>();
            left = std::min(left, peak / memory / 1.5);
            roof = fmt::format("{} {}\n{} {}\n", left, left * memory, peak / memory, peak);
            right = std::max(right, peak / memory * 1.5);
        } else {
            roof = fmt::format("{} {}\n", left, peak);
        }
        series.push_back({roof + fmt::format("{} {}\n", right, peak),
                          "using 1:2 with lines lw 2 lc rgb '#59636e'", "Measured roof"});
    }
    return {.name = name,
            .width = 800,
            .height = 420,
            .script = fmt::format(
                "set logscale xy\nset xlabel 'FLOP per byte'\nset ylabel 'GFLOP/s'\nset xrange [{}:{}]\n"
                "set key bottom right\n{}",
                left, right, plot_command(series))};
}

Figure latency_figure(const ordered_json& data) {
    std::vector<PlotSeries> series;
    std::set<std::uint64_t> batches;
    std::set<std::string> variants;
    for (const ordered_json& row : data["latencies"]) variants.insert(variant(data, row));
    for (const std::string& of : variants) {
        constexpr std::array kPercentiles{std::pair{"p50_us", "half of the calls"},
                                          std::pair{"p90_us", "90 %"}, std::pair{"p99_us", "99 %"},
                                          std::pair{"max_us", "the longest"}};
        constexpr std::array kColours{"#8c5a9e", "#b07d00", "#2f8fbf", "#59636e"};
        for (std::size_t k = 0; k < kPercentiles.size(); ++k) {
            std::vector<std::pair<std::uint64_t, double>> points;
            for (const ordered_json& row : data["latencies"]) {
                if (variant(data, row) == of && !row[kPercentiles[k].first].is_null())
                    points.emplace_back(row["batch"].get<std::uint64_t>(),
                                        row[kPercentiles[k].first].get<double>());
            }
            std::ranges::sort(points);
            std::string rows;
            for (const auto& [batch, microseconds] : points) {
                batches.insert(batch);
                rows += fmt::format("{} {}\n", batch, microseconds);
            }
            if (!rows.empty())
                series.push_back({rows,
                                  fmt::format("using 1:2 with linespoints pt {} lw 1.5 lc rgb '{}'",
                                              kPoints[k], kColours[k]),
                                  variants.size() > 1 ? fmt::format("{}, {}", kPercentiles[k].second, of)
                                                      : kPercentiles[k].second});
        }
    }
    if (series.empty()) return {.name = "latency", .width = 0, .height = 0, .script = {}};
    return {.name = "latency",
            .width = 800,
            .height = 420,
            .script =
                batch_axis(batches) +
                "set xlabel 'Images a call'\nset logscale y\nset ylabel 'Microseconds'\nset key top left\n" +
                plot_command(series)};
}

}  // namespace

std::vector<Figure> benchmark_figures(const ordered_json& data) {
    std::vector<Figure> figures{
        batch_figure(data, "throughput", "samples_per_second",
                     "set logscale y\nset ylabel 'Samples/s'\n" + decade_tics()),
        batch_figure(data, "share-of-peak", "peak_fraction",
                     "set ylabel 'Share of the multiply-add peak'\nset yrange [0:1]\n"),
        time_figure(data), latency_figure(data)};
    std::size_t place = 0;
    for (const ordered_json& roofline : data["rooflines"])
        figures.push_back(roofline_figure(roofline, place++));
    return figures;
}

}  // namespace mnist
