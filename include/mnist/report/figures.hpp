// Figures for documents: the charts of a report page, one gnuplot script each, so that they can be had as SVG
// and as PNG. Making the pictures (running gnuplot) is the program's work.
#pragma once

#include <string>
#include <vector>

#include "mnist/report/page.hpp"

namespace mnist {

struct Figure {
    std::string name;  ///< of its files, without extension: "accuracy", "curves-sgd", "confusion-adam"
    int width = 800;   ///< of the SVG, in pixels
    int height = 420;
    std::string script;  ///< gnuplot's commands, without terminal and output
};

/// For each experiment "accuracy" (all optimizers), "curves-OPTIMIZER" (losses and accuracy side by side),
/// "confusion-OPTIMIZER"; for benchmarks "throughput", "share-of-peak", "time-to-accuracy", "roofline",
/// "latency", "libraries-OPTIMIZER" (also "-bf16" and "libraries-inference"). With several experiments (or
/// files with a roofline) the second and later have names that end in
/// "-2", "-3". Text from files is printable and quoted: it cannot become a command. Throws what report_json
/// throws.
[[nodiscard]] std::vector<Figure> report_figures(const std::vector<ReportSource>& sources);

/// The whole script that makes `figure` as NAME.svg and NAME.png in gnuplot's working folder.
[[nodiscard]] std::string figure_script(const Figure& figure);

}  // namespace mnist
