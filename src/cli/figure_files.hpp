// Figures as SVG and PNG files, by gnuplot.
#pragma once

#include <filesystem>
#include <vector>

#include "mnist/report/figures.hpp"

namespace mnist {

/// Throws InputError where one of the figures' files exists, or the folder cannot be written to.
void require_free_figures(const std::vector<Figure>& figures, const std::filesystem::path& folder);

/// Writes NAME.svg and NAME.png of each figure into `folder`, which is created. Throws InputError without
/// gnuplot or where a file cannot be written, BackendError where gnuplot fails. Cost: about 0.1 s a figure.
void write_figures(const std::vector<Figure>& figures, const std::filesystem::path& folder);

}  // namespace mnist
