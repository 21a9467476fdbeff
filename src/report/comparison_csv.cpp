// One list of columns, each written by its name, so that a line of any kind fits the heading.
#include "mnist/report/comparison_csv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>

#include "comparison_words.hpp"
#include "csv_field.hpp"
#include "mnist/report/score_text.hpp"

namespace mnist {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kColumns{
    // clang-format off
    "kind", "base", "new", "name", "verdict", "joint_verdict", "ratio", "ratio_low", "ratio_high",
    "p_value", "p_adjusted", "samples_base", "samples_new", "threshold", "accuracy_verdict",
    "accuracy_difference", "accuracy_low", "accuracy_high", "peak_fraction_base",
    "peak_fraction_new", "peak_ratio", "efficiency_ratio", "rows", "rank", "verdict_words",
    "percentile", "disturbed_base", "disturbed_new", "processes_base", "processes_new",
    "more_repetitions", "more_processes"
    // clang-format on
};

/// Its lines stand for objects of comparison_json(), whose keys the columns are called by.
std::string pair_lines(const Comparison& comparison) {
    const Json pair = pair_json(comparison);
    std::string text;
    const auto add = [&](const char* kind, const Json& name, Json line) {
        line.update({{"kind", kind}, {"base", pair["base"]}, {"new", pair["new"]}, {"name", name}});
        text += csv_line(kColumns, line);
    };
    if (!pair["gate"].is_null()) add("gate", pair["gate"]["reason"], {{"verdict", pair["gate"]["outcome"]}});
    for (std::size_t i = 0; comparison.scores && i < comparison.scores->figures.size(); ++i) {
        const ComparedFigure& figure = comparison.scores->figures[i];
        Json line = pair["scores"]["figures"][i];
        line["samples_base"] = figure.base.repetitions.size();
        line["samples_new"] = figure.new_value.repetitions.size();
        add("score", fmt::format("score {}: {}", comparison.scores->set, compared_figure_name(figure)), line);
    }
    for (const Json& row : pair["rows"]) add("row", row["name"], row);
    for (const Json& group : pair["groups"]) add("group", group["title"], group);
    for (const Json& mean : pair["geomeans"]) add("geomean", mean["family"], mean);
    return text;
}

}  // namespace

std::string comparison_csv(const ComparedFiles& files) {
    std::string text = fmt::format("{}\r\n", fmt::join(kColumns, ","));
    for (const Comparison& comparison : files.comparisons) text += pair_lines(comparison);
    if (files.rankings.empty()) return text;
    const Json families = ranking_json(files)["families"];
    for (const Json& ranking : families)
        for (Json line : ranking["members"]) {
            line.update({{"kind", "ranking"},
                         {"base", files.comparisons.front().base_label},
                         {"new", line["file"]},
                         {"name", ranking["family"]},
                         {"rows", ranking["rows"]}});
            text += csv_line(kColumns, line);
        }
    return text;
}

}  // namespace mnist
