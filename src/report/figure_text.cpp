// Titles and colours are those of the page.
#include "figure_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mnist/core/train_config.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

std::optional<OptimizerKind> plotted_kind(const nlohmann::ordered_json& word) {
    return word.is_string() ? optimizer_named(word.get<std::string>()) : std::nullopt;
}

}  // namespace

std::string plot_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : printable(text)) {
        quoted += c;
        if (c == '\'') quoted += c;
    }
    return quoted + "'";
}

std::string plot_tic(std::string_view text) {
    std::string label;
    for (const char c : text) label += c == '%' ? "%%" : std::string(1, c);
    return plot_quoted(label);
}

std::string plot_colour(const nlohmann::ordered_json& word) {
    const auto kind = plotted_kind(word);
    return std::string(kind ? optimizer(*kind).look.colour : "#8c5a9e");
}

std::string plot_title(const nlohmann::ordered_json& word) {
    const auto kind = plotted_kind(word);
    return kind ? std::string(title(*kind)) : "Inference";
}

std::string plot_command(const std::vector<PlotSeries>& series) {
    std::string blocks;
    std::string plot;
    for (std::size_t i = 0; i < series.size(); ++i) {
        blocks += fmt::format("$d{} << E\n{}E\n", i, series[i].rows);
        plot += fmt::format("{}$d{} {} {}", i == 0 ? "plot " : ", \\\n  ", i, series[i].style,
                            series[i].title.empty() ? "notitle" : "title " + plot_quoted(series[i].title));
    }
    return blocks + plot + "\n";
}

}  // namespace mnist
