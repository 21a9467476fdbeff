// The scores, a line a file and precision. Files of different sets are in tables of their own, since their
// figures mean different things.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mnist/report/score_text.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

struct ScoreRow {
    const Json* score;
    const Json* column;
};

Html score_estimate(const Json& estimate, bool is_seconds) {
    return {with_interval(estimate,
                          [&](const Json& value) { return score_figure(value.get<double>(), is_seconds); })};
}

Html scores_of_set(const Json& report, const std::string& set) {
    std::vector<ScoreRow> rows;
    Html remarks;
    for (const Json& score : report["scores"]) {
        if (score["set"] != set) continue;
        for (const Json& column : score["columns"]) rows.push_back({&score, &column});
        std::vector<std::string> texts = score["remarks"];
        for (std::string& text : texts) text.insert(0, source_name(report, score["source"]) + ": ");
        remarks += sentences(texts);
    }
    Html figures;
    if (!rows.empty())
        figures = table<ScoreRow>(
            {{"Result", "wide",
              [&](const ScoreRow& row) { return Html(source_heading(report, (*row.score)["source"])); }},
             {"Precision", "",
              [](const ScoreRow& row) { return Html((*row.column)["precision"].get<std::string>()); }},
             {"Speed", "number",
              [](const ScoreRow& row) { return score_estimate((*row.column)["speed"], false); }},
             {"Rate", "number",
              [](const ScoreRow& row) { return score_estimate((*row.column)["rate"], false); }},
             {"Trainings at once", "number",
              [](const ScoreRow& row) { return Html(whole((*row.column)["copies"])); }},
             {"To 97 %", "number",
              [](const ScoreRow& row) { return score_estimate((*row.column)["seconds"], true); }}},
            rows);
    return el("h3", "Score " + set) + figures + remarks;
}

}  // namespace

Html score_section(const Json& report) {
    std::vector<std::string> sets;
    for (const Json& score : report["scores"]) {
        const std::string set = score["set"];
        if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(set);
    }
    if (sets.empty()) return {};
    Html all =
        el("p.note",
           fmt::format(
               "Speed is of one training on all cores, rate of a training on each core at once; both are "
               "relative to {} = 100 in the same precision, and more is faster. Medians with their 95 % "
               "intervals. Scores of different numbers cannot be compared.",
               score_reference_machine()));
    for (const std::string& set : sets) all += scores_of_set(report, set);
    return all;
}

}  // namespace mnist
