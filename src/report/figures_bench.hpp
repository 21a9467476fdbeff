// The benchmarks' figures. Only inside this room.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "mnist/report/figures.hpp"

namespace mnist {

/// A figure a table of libraries, from the data of report_json().
[[nodiscard]] std::vector<Figure> library_figures(const nlohmann::ordered_json& data);

/// From the data of report_json(); figures without data have empty scripts.
[[nodiscard]] std::vector<Figure> benchmark_figures(const nlohmann::ordered_json& data);

}  // namespace mnist
