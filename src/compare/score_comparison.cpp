// The ratio is that of a row (verdict.cpp), over the repetitions of the whole set; its interval is exact,
// because that of a row, which is resampled, is too narrow with six repetitions. No verdict: the rows have
// theirs, and three figures are for a sentence.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mnist/compare/score.hpp"
#include "mnist/core/called.hpp"
#include "mnist/stats/hodges_lehmann.hpp"

namespace mnist {
namespace {

std::vector<double> logarithms(const std::vector<double>& values) {
    std::vector<double> all(values.size());
    std::transform(values.begin(), values.end(), all.begin(), [](double x) { return std::log(x); });
    return all;
}

/// Base over new, as of times: above 1 where the new one takes less.
void set_ratio(ComparedFigure& figure, const std::vector<double>& base, const std::vector<double>& measured) {
    figure.ratio = hodges_lehmann_ratio(base, measured).value_or(1);
    if (const auto shift = rank_test_interval(logarithms(base), logarithms(measured)))
        figure.interval = Interval{std::exp(shift->lower), std::exp(shift->upper)};
}

ComparedFigure compared(const std::string& precision, const char* what, const ScoreFigure& base,
                        const ScoreFigure& measured) {
    ComparedFigure figure{
        .precision = precision, .what = what, .base = base, .new_value = measured, .interval = {}};
    const bool is_time = figure.what == "seconds";
    set_ratio(figure, (is_time ? base : measured).repetitions, (is_time ? measured : base).repetitions);
    return figure;
}

/// "a.json has no score 1 in f32: why"; of several reasons the first and their number.
void add_refusals(const Score& score, std::vector<std::string>& remarks) {
    const auto add = [&](const std::string& where, const std::vector<std::string>& reasons) {
        if (reasons.empty()) return;
        const std::string more = reasons.size() == 1
                                     ? ""
                                     : fmt::format(" (and {} more: `{} --score FILE`)", reasons.size() - 1,
                                                   as_called("mnist info"));
        remarks.push_back(
            fmt::format("{} has no score {}{}: {}{}", score.label, score.set, where, reasons.front(), more));
    };
    add("", score.refusals);
    for (const ScoreColumn& column : score.columns) {
        add(" in " + column.precision, column.refusals);
        if (!column.impossible.empty()) add(" in " + column.precision, {column.impossible});
    }
}

}  // namespace

std::optional<ScoreComparison> compare_scores(const Measurements& base, const Measurements& measured,
                                              std::span<const ScoreReference> reference) {
    const std::optional<Score> one = score_of(base, reference);
    const std::optional<Score> other = score_of(measured, reference);
    if (!one && !other) return std::nullopt;
    ScoreComparison comparison;
    if (!one || !other) {
        comparison.remarks.push_back(fmt::format("{} has no score, which `{}` measures",
                                                 (one ? measured : base).label,
                                                 as_called("mnist_bench --score")));
        return comparison;
    }
    if (one->set != other->set) {
        comparison.remarks.push_back(fmt::format(
            "{} has score {} and {} has score {}, which cannot be compared: measure both with one "
            "version of mnist_bench",
            base.label, one->set, measured.label, other->set));
        return comparison;
    }
    comparison.set = one->set;
    add_refusals(*one, comparison.remarks);
    add_refusals(*other, comparison.remarks);
    for (const Score* const score : {&*one, &*other}) {
        for (const std::string& remark : score->remarks)
            comparison.remarks.push_back(fmt::format("{}: {}", score->label, remark));
        for (const ScoreColumn& column : score->columns)
            for (const std::string& remark : column.remarks)
                comparison.remarks.push_back(
                    fmt::format("{}, {}: {}", score->label, column.precision, remark));
    }
    for (const ScoreColumn& column : one->columns) {
        const ScoreColumn* const same = other->figures(column.precision);
        if (!column.has_figures() || same == nullptr) continue;
        comparison.figures.push_back(compared(column.precision, "speed", column.speed, same->speed));
        comparison.figures.push_back(compared(column.precision, "rate", column.rate, same->rate));
        comparison.figures.push_back(compared(column.precision, "seconds", column.seconds, same->seconds));
    }
    return comparison;
}

}  // namespace mnist
