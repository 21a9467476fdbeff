// Pieces of gnuplot scripts. Only inside this room.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// A string for gnuplot: in single quotes it knows no escapes and runs no commands; quotes are doubled, and
/// what is not printable is dropped.
[[nodiscard]] std::string plot_quoted(std::string_view text);

/// The same for the label of a tic, which gnuplot takes for a format: percent signs are doubled.
[[nodiscard]] std::string plot_tic(std::string_view text);

/// Colour of an optimizer ("sgd", ...), as on the page; of anything else the neutral one.
[[nodiscard]] std::string plot_colour(const nlohmann::ordered_json& word);

/// "SGD + Momentum" for "momentum"; "Inference" where there is none.
[[nodiscard]] std::string plot_title(const nlohmann::ordered_json& word);

/// One data block and how it is drawn.
struct PlotSeries {
    std::string rows;   ///< lines of numbers
    std::string style;  ///< behind the data: "using 1:2 with lines lc rgb '#0072b2'"
    std::string title;  ///< in the legend; empty for none
};

/// "$d0 << E ... plot $d0 using ... title '...', ...".
[[nodiscard]] std::string plot_command(const std::vector<PlotSeries>& series);

}  // namespace mnist
