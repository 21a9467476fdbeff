// A bar a library and batch size, one figure for each optimizer and precision, as on the page.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "figure_text.hpp"
#include "figures_bench.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

/// "libraries-adam", "libraries-adam-bf16", "libraries-inference"; of a second file "...-2".
std::string libraries_name(const ordered_json& table) {
    const std::string of = table["optimizer"].is_null() ? "inference" : table["optimizer"].get<std::string>();
    const std::string precision = table["precision"];
    const auto file = table["source"].get<std::size_t>();
    return fmt::format("libraries-{}{}{}", of, precision == "f32" ? "" : "-" + precision,
                       file == 0 ? "" : fmt::format("-{}", file + 1));
}

constexpr double kGap = 0.6;  // between batch sizes

/// Of a power of ten, its double and its quarter the one that makes two to eight tics.
double step_of_tics(double longest) {
    const double power = std::pow(10, std::floor(std::log10(longest)));
    return longest / power < 2 ? power / 4 : longest / power < 5 ? power : 2 * power;
}

double thousands(const ordered_json& number) {
    return number.get<double>() / 1000;
}

Figure libraries_figure_of(const ordered_json& table) {
    std::string ours;
    std::string others;
    std::string tics;
    double place = 0;
    double longest = 0;
    ordered_json batch = nullptr;
    for (const ordered_json& row : table["rows"]) {
        const ordered_json& estimate = row["samples_per_second"];
        const bool is_ours = row["library"].get<std::string>().empty();
        const std::string version = row["version"];
        const std::string title = row["title"];
        if (!batch.is_null() && batch != row["batch"]) place += kGap;
        batch = row["batch"];
        longest = std::max(longest, thousands(estimate["high"]));
        (is_ours ? ours : others) += fmt::format("{} {} {} {}\n", place, thousands(estimate["median"]),
                                                 thousands(estimate["low"]), thousands(estimate["high"]));
        tics +=
            fmt::format("{}{} {}", place == 0 ? "" : ", ",
                        plot_tic(fmt::format("{}{}{}, batch {}", title, is_ours || version.empty() ? "" : " ",
                                             is_ours ? "" : version, row["batch"].get<std::uint64_t>())),
                        place);
        ++place;
    }
    // A box from 0 along x around its place, and a line over its end.
    const auto bars = [](const std::string& rows, const std::string& colour) {
        return std::vector<PlotSeries>{
            {rows,
             fmt::format("using ($2/2):1:($2/2):(0.36) with boxxyerror fs solid 0.55 noborder lc rgb '{}'",
                         colour),
             {}},
            {rows, "using 2:1:3:4 with xerrorbars pt 0 lw 1.2 lc rgb '#333333'", {}}};
    };
    std::vector<PlotSeries> series;
    if (!ours.empty()) series = bars(ours, plot_colour(table["optimizer"]));
    for (PlotSeries& one : bars(others, "#8a949e"))
        if (!others.empty()) series.push_back(std::move(one));
    constexpr int kRow = 24;
    return {.name = libraries_name(table),
            .width = 800,
            .height = 90 + static_cast<int>(kRow * place),
            .script = fmt::format(
                "set xlabel {}\nset xrange [0:*]\nset "
                "xtics {}\nset ytics ({})\nset yrange [{}:-0.6]\nunset key\n{}",
                plot_quoted(fmt::format(
                    "Thousand samples/s{}, {}, {}", table["family"] == "Infer" ? ", calls included" : "",
                    plot_title(table["optimizer"]), table["precision"].get<std::string>())),
                step_of_tics(longest), tics, place - 0.4, plot_command(series))};
}

}  // namespace

std::vector<Figure> library_figures(const ordered_json& data) {
    std::vector<Figure> figures;
    for (const ordered_json& table : data["libraries"]) figures.push_back(libraries_figure_of(table));
    return figures;
}

}  // namespace mnist
