// Written from the figures down to the rows, so that the first line is the one to be remembered.
#include "mnist/report/score_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "comparison_words.hpp"
#include "json_words.hpp"
#include "mnist/core/called.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

struct ScoreKind {
    const char* word;
    const ScoreFigure ScoreColumn::*figure;
};
constexpr std::array kScoreKinds{ScoreKind{"speed", &ScoreColumn::speed},
                                 ScoreKind{"rate", &ScoreColumn::rate},
                                 ScoreKind{"seconds", &ScoreColumn::seconds}};

bool is_of_time(std::string_view word) {
    return word == "seconds";
}

std::string score_range(const ScoreFigure& figure, bool is_seconds) {
    const auto number = [&](double value) {
        std::string text = score_figure(value, is_seconds);
        return is_seconds ? text.substr(0, text.size() - 2) : text;  // without the unit
    };
    return fmt::format("{} to {}", number(figure.interval.lower), number(figure.interval.upper));
}

std::string score_column_words(const ScoreColumn& column) {
    std::vector<std::string> words;
    for (const auto& [word, member] : kScoreKinds) {
        const ScoreFigure& figure = column.*member;
        const bool seconds = is_of_time(word);
        words.push_back(fmt::format("{}{}{} ({})", seconds ? "" : fmt::format("{} ", word),
                                    score_figure(figure.value, seconds), seconds ? " to 97 %" : "",
                                    score_range(figure, seconds)));
    }
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string score_figures_table(const Score& score, const TextStyle& style) {
    std::vector<TableColumn> columns{
        {.heading = "", .cells = {"speed", "rate", "seconds to 97 %"}, .left = true}};
    for (const ScoreColumn& column : score.columns) {
        if (!column.has_figures()) continue;
        std::vector<TableColumn> own = columns_of("rr", {column.precision, "interval"});
        for (const auto& [word, member] : kScoreKinds) {
            const ScoreFigure& figure = column.*member;
            const std::string value = score_figure(figure.value, is_of_time(word));
            add_row(own, {is_of_time(word) ? value.substr(0, value.size() - 2) : value,
                          score_range(figure, is_of_time(word))});
        }
        columns.insert(columns.end(), own.begin(), own.end());
    }
    return columns.size() == 1 ? "" : table_text(columns, style.width) + "\n";
}

std::string score_rows_table(const Score& score, const TextStyle& style) {
    std::vector<TableColumn> columns = columns_of("l", {"samples/s, medians\n(reference = 100)"});
    for (const ScoreColumn& column : score.columns) {
        if (!column.has_figures()) continue;
        if (columns.front().cells.empty())
            for (const ScoredRow& row : column.rows) columns.front().cells.push_back(row.name);
        std::vector<TableColumn> own =
            columns_of("rr", {"one training\nin " + column.precision,
                              fmt::format("{} side by side\nin {}", column.copies, column.precision)});
        const auto cell = [](double value, double relative) {
            return fmt::format("{} ({})", grouped(value), score_figure(relative, false));
        };
        for (const ScoredRow& row : column.rows)
            add_row(own, {cell(row.speed, row.speed_score), cell(row.rate, row.rate_score)});
        columns.insert(columns.end(), own.begin(), own.end());
    }
    return columns.size() == 1 ? "" : table_text(columns, style.width) + "\n";
}

ordered_json score_column_figure(const ScoreColumn& column, const ScoreFigure& figure) {
    if (!column.has_figures()) return nullptr;
    return {{"value", figure.value},
            {"low", figure.interval.lower},
            {"high", figure.interval.upper},
            {"repetitions", figure.repetitions}};
}

ordered_json score_column_json(const ScoreColumn& column) {
    ordered_json json{{"precision", column.precision},
                      {"copies", column.has_figures() ? ordered_json(column.copies) : ordered_json(nullptr)},
                      {"refusals", column.refusals},
                      {"remarks", column.remarks},
                      {"impossible", text_or_null(column.impossible)}};
    for (const auto& [word, member] : kScoreKinds) json[word] = score_column_figure(column, column.*member);
    json["rows"] = json_list(column.rows, [](const ScoredRow& row) {
        return ordered_json{{"name", row.name},
                            {"speed", row.speed},
                            {"rate", row.rate},
                            {"speed_score", row.speed_score},
                            {"rate_score", row.rate_score}};
    });
    return json;
}

}  // namespace

std::string score_figure(double value, bool is_seconds) {
    constexpr double kMostInDigits = 1e6;
    constexpr double kLeastInDigits = 0.01;
    if (value >= kMostInDigits || value < kLeastInDigits)
        return fmt::format("{:.3g}{}", value, is_seconds ? " s" : "");
    return is_seconds ? fmt::format("{:.3f} s", value)
                      : fmt::format("{:.{}f}", value,
                                    value < 10     ? 2
                                    : value < 1000 ? 1
                                                   : 0);
}

std::string score_cell(const ScoreFigure& figure, bool is_seconds) {
    return fmt::format("{} ({})", score_figure(figure.value, is_seconds), score_range(figure, is_seconds));
}

std::string score_sentence(const Score& score) {
    const std::string name = "score " + short_printable(score.set);
    std::vector<std::string> parts;
    std::vector<std::string> reasons = score.refusals;
    bool has_figures = false;
    for (const ScoreColumn& column : score.columns) {
        if (column.has_figures())
            parts.push_back((column.precision == "f32" ? "" : "in " + column.precision + " ") +
                            score_column_words(column));
        if (!column.refusals.empty()) parts.push_back("refused in " + column.precision);
        has_figures = has_figures || column.has_figures();
        reasons.insert(reasons.end(), column.refusals.begin(), column.refusals.end());
    }
    if (has_figures) return fmt::format("{}: {}", name, fmt::join(parts, "; "));
    return fmt::format("{} is refused: {}", name,
                       reasons.empty() ? "it has no column" : short_printable(reasons.front()));
}

std::vector<std::string> score_remarks(const Score& score) {
    std::vector<std::string> remarks;
    for (const std::string& refusal : score.refusals)
        remarks.push_back("Refused: " + short_printable(refusal));
    for (const ScoreColumn& column : score.columns) {
        for (const std::string& refusal : column.refusals)
            remarks.push_back(fmt::format("{} is refused: {}", column.precision, short_printable(refusal)));
        if (!column.impossible.empty())
            remarks.push_back(
                fmt::format("{} cannot be had: {}", column.precision, short_printable(column.impossible)));
    }
    for (const ScoreColumn& column : score.columns)
        for (const std::string& remark : column.remarks)
            remarks.push_back(fmt::format("{}: {}", column.precision, short_printable(remark)));
    for (const std::string& remark : score.remarks) remarks.push_back(short_printable(remark));
    return remarks;
}

std::string score_text(const Score& score, const TextStyle& style) {
    const bool has_figures =
        std::ranges::any_of(score.columns, [](const ScoreColumn& column) { return column.has_figures(); });
    std::string text = wrapped(
        has_figures ? score_sentence(score) : fmt::format("score {} is refused", short_printable(score.set)),
        style.width);
    for (const std::string* const fact : {&score.machine, &score.program})
        if (!fact->empty()) text += wrapped(short_printable(*fact), style.width);
    text += "\n" + score_figures_table(score, style) + score_rows_table(score, style);
    for (const std::string& remark : score_remarks(score)) text += wrapped(remark, style.width, "- ");
    if (!has_figures) return text;
    return text + wrapped(fmt::format(
                              "Speed: one training on all cores; rate: a training on each core at once; both "
                              "relative to {} = 100 in the same precision, more is faster. Intervals are of "
                              "95 %, within this run. docs/score.md has the rules.",
                              score_reference_machine()),
                          style.width);
}

std::string score_json(const Score& score) {
    const ordered_json root{
        {"schema", "mnist-score/1"},     {"set", score.set},
        {"refused", score.is_refused()}, {"refusals", score.refusals},
        {"remarks", score.remarks},      {"machine", score.machine},
        {"program", score.program},      {"columns", json_list(score.columns, score_column_json)}};
    return json_text(root);
}

std::string no_score_text(const std::string& label) {
    return fmt::format(
        "{} has no score: it was not measured by `{}`, which takes about two minutes and "
        "whose result has one",
        short_printable(label), as_called("mnist_bench --score"));
}

std::string compared_figure_name(const ComparedFigure& figure) {
    return fmt::format("{}, {}", is_of_time(figure.what) ? "seconds to 97 %" : figure.what, figure.precision);
}

std::string score_comparison_text(const Comparison& comparison, const TextStyle& style) {
    if (!comparison.scores) return {};
    const ScoreComparison& scores = *comparison.scores;
    std::string text;
    if (!scores.figures.empty()) {
        std::vector<TableColumn> columns =
            columns_of("lrrrr", {"Score " + name_cell(scores.set), "Base", "New", "Ratio", "Interval"});
        for (const ComparedFigure& figure : scores.figures) {
            const bool seconds = is_of_time(figure.what);
            add_row(columns, {compared_figure_name(figure), score_cell(figure.base, seconds),
                              score_cell(figure.new_value, seconds), ratio_cell(figure.ratio),
                              interval_cell(figure.interval)});
        }
        text += table_text(columns, style.width);
    }
    for (const std::string& remark : scores.remarks)
        text += wrapped(short_printable(remark), style.width, "- ");
    return text + "\n";
}

}  // namespace mnist
