// From rows to figures. Which rows a column needs, and what is wrong with them, is in score_rows.cpp, two
// scores beside each other in score_comparison.cpp.
#include "mnist/compare/score.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "differences.hpp"
#include "mnist/core/called.hpp"
#include "mnist/stats/summary.hpp"
#include "score_rows.hpp"

namespace mnist {
namespace {

constexpr double kTrainSamples = 60'000;  // of MNIST, which has no score without
/// Samples a second of the repetitions, of all copies together.
std::vector<double> throughput(const MeasuredRow& row, std::size_t copies) {
    std::vector<double> all;
    all.reserve(row.seconds.size());
    for (const double seconds : row.seconds)
        all.push_back(kTrainSamples * static_cast<double>(copies) / seconds);
    return all;
}

// Of so many repetitions that median_interval() has none, their range, which is wider than that would be.
ScoreFigure figure_of(std::vector<double> repetitions) {
    const Summary summary = summarise(repetitions).value();
    const Interval interval = median_interval(repetitions).value_or(Interval{summary.min, summary.max});
    return {.value = summary.median, .interval = interval, .repetitions = std::move(repetitions)};
}

/// The geometric mean over the rows, relative to the reference, of each repetition.
ScoreFigure relative_figure(const std::vector<std::vector<double>>& rows,
                            const std::vector<double>& reference) {
    std::vector<double> repetitions;
    for (std::size_t i = 0; i < rows.front().size(); ++i) {
        std::vector<double> ratios;
        for (std::size_t r = 0; r < rows.size(); ++r) ratios.push_back(rows[r][i] / reference[r]);
        repetitions.push_back(100 * geometric_mean(ratios).value());
    }
    return figure_of(std::move(repetitions));
}

void add_figures(ScoreColumn& column, const ScoreRows& rows, std::span<const ScoreReference> reference) {
    const bool is_f32 = column.precision == "f32";
    std::vector<std::vector<double>> speeds;
    std::vector<std::vector<double>> rates;
    std::vector<double> reference_speeds;
    std::vector<double> reference_rates;
    for (std::size_t r = 0; r < reference.size(); ++r) {
        speeds.push_back(throughput(*rows.alone[r], 1));
        rates.push_back(throughput(*rows.side_by_side[r], column.copies));
        reference_speeds.push_back(is_f32 ? reference[r].speed_f32 : reference[r].speed_bf16);
        reference_rates.push_back(is_f32 ? reference[r].rate_f32 : reference[r].rate_bf16);
        const double speed = median(speeds.back()).value();
        const double rate = median(rates.back()).value();
        column.rows.push_back(
            {.name = fmt::format("{}, batch {}", title(reference[r].optimizer), reference[r].batch),
             .speed = speed,
             .rate = rate,
             .speed_score = 100 * speed / reference_speeds.back(),
             .rate_score = 100 * rate / reference_rates.back()});
    }
    column.speed = relative_figure(speeds, reference_speeds);
    column.rate = relative_figure(rates, reference_rates);
    column.seconds = figure_of(rows.record->seconds);
}

ScoreColumn column_of(const Measurements& measured, const std::string& precision,
                      std::span<const ScoreReference> reference) {
    ScoreColumn column;
    column.precision = precision;
    if (const auto obstacle = fact(measured.facts, kScoreWithoutBf16Key); obstacle && precision == "bf16") {
        column.impossible = *obstacle;
        return column;
    }
    const ScoreRows rows = score_rows(measured, reference, column);
    if (column.refusals.empty()) add_figures(column, rows, reference);
    return column;
}

struct FactWords {
    const char *key, *before, *after;
};

/// Facts in one line, those that are there.
std::string words_of(const Facts& facts, std::initializer_list<FactWords> all) {
    std::vector<std::string> words;
    for (const FactWords& one : all)
        if (const auto value = fact(facts, one.key); value && !value->empty())
            words.push_back(one.before + *value + one.after);
    return fmt::format("{}", fmt::join(words, ", "));
}

std::vector<std::string> refusals_of(const Measurements& measured, const std::string& set) {
    const Facts& facts = measured.facts;
    const auto program = fact(facts, "mnist.build.version").value_or("unknown");
    if (set != kScoreSet)
        return {
            fmt::format("this program knows score {} only: read the file with the version that measured "
                        "it, mnist_bench {}",
                        kScoreSet, program)};
    std::vector<std::string> refusals;
    if (const auto refusal = build_refusal(fact(facts, "mnist.build.build_type").value_or("")))
        refusals.push_back(*refusal);
    if (fact(facts, "mnist.dataset.name") != "mnist" || fact(facts, "mnist.dataset.synthetic") == "true")
        refusals.push_back(fmt::format("the data are {} and not MNIST: get it by `{}`",
                                       fact(facts, "mnist.dataset.name").value_or("unknown"),
                                       as_called("mnist fetch mnist")));
    if (fact(facts, "mnist.interrupted") == "true")
        refusals.push_back("the run was interrupted: measure again and let it end");
    return refusals;
}

}  // namespace

bool Score::is_refused() const {
    return !refusals.empty() ||
           std::ranges::any_of(columns, [](const ScoreColumn& column) { return !column.refusals.empty(); });
}

const ScoreColumn* Score::figures(const std::string& precision) const {
    const auto found = std::ranges::find_if(columns, [&](const ScoreColumn& column) {
        return column.precision == precision && column.has_figures();
    });
    return found == columns.end() ? nullptr : &*found;
}

std::optional<std::string> build_refusal(const std::string& build_type) {
    if (build_type == "Release" || build_type == "RelWithDebInfo") return std::nullopt;
    return fmt::format(
        "this is a {} build, whose speed says little: build with ./run or cmake --preset release",
        build_type.empty() ? "plain" : build_type);
}

std::optional<Score> score_of(const Measurements& measured, std::span<const ScoreReference> reference) {
    const auto set = fact(measured.facts, kScoreSetKey);
    if (!set) return std::nullopt;
    Score score;
    const std::string cores = fact(measured.facts, "mnist.machine.usable_cores").value_or("");
    score.label = measured.label;
    score.set = *set;
    score.machine =
        words_of(measured.facts, {{"mnist.machine.cpu_model", "", ""},
                                  {"mnist.machine.cpu_generation", "", ""},
                                  {"mnist.machine.usable_cores", "", cores == "1" ? " core" : " cores"},
                                  {"mnist.machine.instructions", "", ""}});
    score.program = words_of(measured.facts, {{"mnist.build.version", "mnist_bench ", ""},
                                              {"mnist.build.onednn", "oneDNN ", ""},
                                              {"mnist.build.compiler", "", ""}});
    score.refusals = refusals_of(measured, score.set);
    if (const auto limit = fact(measured.facts, "mnist.run.max_isa"))
        score.remarks.push_back(fmt::format(
            "MNIST_MAX_ISA held the program to {}: where the CPU has more, this is no score of the "
            "whole machine",
            *limit));
    if (measured.processes > 1)
        score.remarks.push_back(
            fmt::format("The repetitions are of {} processes, which the intervals take for one: where starts "
                        "differ from each other, they are too narrow",
                        measured.processes));
    if (fact(measured.facts, "mnist.build.dirty") == "true")
        score.remarks.push_back("The program was built with uncommitted changes");
    if (!score.refusals.empty()) return score;
    for (const char* const precision : {"f32", "bf16"})
        score.columns.push_back(column_of(measured, precision, reference));
    return score;
}

}  // namespace mnist
