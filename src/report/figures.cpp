// The experiment's figures; those of benchmarks are in figures_bench.cpp and figures_libraries.cpp. They are
// drawn from the same data as the page, so that the two cannot disagree.
#include "mnist/report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "figure_text.hpp"
#include "figures_bench.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

std::string suffix(std::size_t place) {
    return place == 0 ? std::string{} : fmt::format("-{}", place + 1);
}

/// "epoch mean low high" a line; what does not exist is left out.
std::string curve_rows(const ordered_json& curve) {
    std::string rows;
    for (std::size_t e = 0; e < curve.size(); ++e) {
        if (!curve[e].is_null())
            rows += fmt::format("{} {} {} {}\n", e + 1, curve[e]["mean"].get<double>(),
                                curve[e]["low"].get<double>(), curve[e]["high"].get<double>());
    }
    return rows;
}

/// A curve, under it the band from the lowest to the highest of the seeds where there are several.
void add_curve(std::vector<PlotSeries>& series, const ordered_json& optimizer, const char* key,
               const std::string& title, const char* look) {
    const std::string rows = curve_rows(optimizer["curves"][key]);
    if (rows.empty()) return;
    const std::string colour = plot_colour(optimizer["optimizer"]);
    if (optimizer["runs"].size() > 1)
        series.push_back(
            {rows,
             fmt::format("using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '{}'",
                         colour),
             {}});
    series.push_back(
        {rows, fmt::format("using 1:2 with linespoints {} lw 2 ps 0.7 lc rgb '{}'", look, colour), title});
}

constexpr const char* kSolid = "dt 1 pt 7";
constexpr const char* kDashed = "dt 2 pt 4";

std::string axes(std::string_view x, std::string_view y) {
    return fmt::format("set xlabel {}\nset ylabel {}\n", plot_quoted(x), plot_quoted(y));
}

/// The plot behind what prepares it; bands first, so that no band covers a line.
std::string nothing_or(std::vector<PlotSeries> series, const std::string& before) {
    if (series.empty()) return {};
    std::stable_partition(series.begin(), series.end(),
                          [](const PlotSeries& one) { return one.title.empty(); });
    return before + plot_command(series);
}

Figure accuracy_figure(const ordered_json& experiment, std::size_t place) {
    std::vector<PlotSeries> series;
    for (const ordered_json& optimizer : experiment["optimizers"])
        add_curve(series, optimizer, "test_accuracy", optimizer["title"], kSolid);
    const double target = experiment["target_accuracy"].get<double>();
    if (!series.empty())
        series.push_back({fmt::format("1 {0}\n{1} {0}\n", target, experiment["epochs"].get<std::uint64_t>()),
                          "using 1:2 with lines dt 3 lc rgb '#59636e'", fmt::format("{:g} %", target)});
    return {.name = "accuracy" + suffix(place),
            .width = 800,
            .height = 420,
            .script = nothing_or(series, axes("Epoch", "Test accuracy, %") + "set key bottom right\n")};
}

Figure curves_figure(const ordered_json& optimizer, std::size_t place) {
    std::vector<PlotSeries> losses;
    add_curve(losses, optimizer, "train_loss", "Train loss", kSolid);
    add_curve(losses, optimizer, "test_loss", "Test loss", kDashed);
    std::vector<PlotSeries> accuracy;
    add_curve(accuracy, optimizer, "test_accuracy", "Accuracy", kSolid);
    const std::string left =
        nothing_or(losses, axes("Epoch", "Loss, nats") + "set yrange [0:*]\nset key top right\n");
    const std::string right =
        nothing_or(accuracy, axes("Epoch", "Test accuracy, %") + "set yrange [*:*]\nset key bottom right\n");
    const std::string name = optimizer["optimizer"];
    if (left.empty() || right.empty()) return {.name = name, .width = 0, .height = 0, .script = {}};
    return {.name = fmt::format("curves-{}{}", name, suffix(place)),
            .width = 960,
            .height = 380,
            .script = fmt::format("set multiplot layout 1,2 title {}\n{}{}unset multiplot\n",
                                  plot_quoted(optimizer["title"].get<std::string>()), left, right)};
}

Figure confusion_figure(const ordered_json& optimizer, const ordered_json& names, std::size_t place) {
    const ordered_json& matrix = optimizer["confusion"];
    const std::string name =
        fmt::format("confusion-{}{}", optimizer["optimizer"].get<std::string>(), suffix(place));
    if (matrix.empty()) return {.name = name, .width = 0, .height = 0, .script = {}};
    double worst = 0;
    std::string cells;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        double total = 0;
        for (const ordered_json& count : matrix[i]) total += count.get<double>();
        for (std::size_t j = 0; j < matrix.size(); ++j) {
            const auto count = matrix[i][j].get<std::uint64_t>();
            const double share = i == j || total == 0 ? 0 : 100 * static_cast<double>(count) / total;
            worst = std::max(worst, share);
            cells += fmt::format("{} {} {} {}\n", j, i, share, count == 0 ? "·" : std::to_string(count));
        }
    }
    std::string tics;
    for (std::size_t i = 0; i < names.size(); ++i)
        tics += fmt::format("{}{} {}", i == 0 ? "" : ", ", plot_tic(names[i].get<std::string>()), i);
    const bool long_names = std::ranges::any_of(
        names, [](const ordered_json& one) { return one.get_ref<const std::string&>().size() > 2; });
    const auto runs = optimizer["confusion_runs"].get<std::size_t>();
    const std::string of = runs > 1 ? fmt::format(", sum over {} seeds", runs) : "";
    const double edge = static_cast<double>(matrix.size()) - 0.5;
    return {.name = name,
            .width = 620,
            .height = 560,
            .script = fmt::format(
                "set title {}\n{}set xtics ({}) {}\nset ytics ({})\nset xrange [-0.5:{}]\n"
                "set yrange [{}:-0.5]\nset palette defined (0 '#f6f7f8', 1 '#d55e00')\n"
                "set cbrange [0:{}]\nset cblabel 'Errors, % of the true class'\nunset grid\nunset key\n{}",
                plot_quoted(optimizer["title"].get<std::string>() + of), axes("Predicted", "True"), tics,
                long_names ? "rotate by 45 right" : "", tics, edge, edge, worst > 0 ? worst : 1,
                plot_command({{cells, "using 1:2:3 with image pixels", {}},
                              {cells, "using 1:2:4 with labels font ',10'", {}}}))};
}

}  // namespace

std::vector<Figure> report_figures(const std::vector<ReportSource>& sources) {
    const ordered_json data = ordered_json::parse(report_json(sources));
    std::vector<Figure> figures;
    for (std::size_t i = 0; i < data["experiments"].size(); ++i) {
        const ordered_json& experiment = data["experiments"][i];
        figures.push_back(accuracy_figure(experiment, i));
        for (const ordered_json& optimizer : experiment["optimizers"]) {
            figures.push_back(curves_figure(optimizer, i));
            figures.push_back(confusion_figure(optimizer, experiment["class_names"], i));
        }
    }
    for (Figure& figure : benchmark_figures(data)) figures.push_back(std::move(figure));
    for (Figure& figure : library_figures(data)) figures.push_back(std::move(figure));
    std::erase_if(figures, [](const Figure& figure) { return figure.script.empty(); });
    return figures;
}

std::string figure_script(const Figure& figure) {
    constexpr int kScale = 2;  // of the PNG, for screens and paper of fine grain
    const std::string look =
        "set encoding utf8\nset border 3 lc rgb '#59636e'\nset tics nomirror textcolor rgb '#1b1f24'\n"
        "set grid lc rgb '#e1e5e9' lt 1 lw 0.7\nset key samplen 2 spacing 1.2\n";
    return fmt::format(
        "set terminal svg noenhanced size {0},{1} dynamic font 'sans-serif,13' background '#ffffff'\n"
        "set output {2}\n{3}{4}unset output\nreset\n"
        "set terminal pngcairo noenhanced size {5},{6} fontscale {7} linewidth {7} pointscale {7} font "
        "'sans,12'\n"
        "set output {8}\n{3}{4}unset output\nreset\n",
        figure.width, figure.height, plot_quoted(figure.name + ".svg"), look, figure.script,
        kScale * figure.width, kScale * figure.height, kScale, plot_quoted(figure.name + ".png"));
}

}  // namespace mnist
