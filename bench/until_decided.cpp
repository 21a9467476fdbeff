// Intervals are those of `mnist compare`, so that it will say the same of the result.
#include "until_decided.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "mnist/compare/comparison.hpp"
#include "mnist/report/text.hpp"

namespace mnist::bench {
namespace {

bool is_known(const RowPrecision& row, double share) {
    return row.half_width && *row.half_width <= share;
}

// An interval of n1 and n2 values is about as wide as the root of 1 / n1 + 1 / n2.
double least_of(double half_width, double base, double measured) {
    return std::expm1(std::log1p(half_width) * std::sqrt(1 / base / (1 / base + 1 / measured)));
}

RowPrecision precision_of(const ComparedRow& row, const std::string& name) {
    const SpeedComparison& speed = row.speed;
    RowPrecision precision{.name = name,
                           .repetitions = speed.samples_new,
                           .ratio = speed.ratio,
                           .half_width = {},
                           .least_half_width = {},
                           .of_processes = speed.clustered,
                           .disturbed = speed.verdict == SpeedVerdict::disturbed};
    if (!speed.interval) return precision;
    precision.half_width = std::sqrt(speed.interval->upper / speed.interval->lower) - 1;
    const bool clustered = speed.clustered;
    precision.least_half_width = least_of(
        *precision.half_width, static_cast<double>(clustered ? speed.processes_base : speed.samples_base),
        static_cast<double>(clustered ? speed.processes_new : speed.samples_new));
    return precision;
}

std::string percent(const std::optional<double>& share) {
    return share ? fmt::format("{:.2g} %", 100 * *share) : "unknown";
}

std::string why_not(const RowPrecision& row, double share) {
    if (row.disturbed) return "disturbed";
    if (!row.half_width) return "too few repetitions";
    if (*row.least_half_width > share)
        return fmt::format("the base's own {} leave {} at best",
                           row.of_processes ? "processes" : "repetitions", percent(row.least_half_width));
    return percent(row.half_width);
}

}  // namespace

std::vector<RowPrecision> precisions(const Measurements& base, const Measurements& measured) {
    const Comparison comparison = compare(base, measured, {.mode = CompareMode::report, .verdict = {}});
    const auto names = names_in_common(base, measured);
    std::vector<RowPrecision> rows;
    for (const ComparedRow& row : comparison.rows)
        if (row.percentile.empty()) rows.push_back(precision_of(row, names.at(rows.size()).second));
    return rows;
}

Outcome measure_until_decided(const Measurements& base, const std::vector<std::string>& names,
                              const std::vector<std::size_t>& schedule, double share,
                              const MeasureUntil& measure,
                              const std::function<void(std::size_t look, std::size_t open)>& said) {
    Outcome outcome;
    std::vector<std::string> open = names;
    for (const std::size_t repetitions : schedule) {
        const auto measured = measure(open, outcome.looks, repetitions);
        if (!measured) break;
        outcome.rows = precisions(base, *measured);
        ++outcome.looks;
        std::erase_if(open, [&](const std::string& name) {
            return std::ranges::none_of(outcome.rows, [&](const RowPrecision& row) {
                return row.name == name && !is_known(row, share);
            });
        });
        said(outcome.looks, open.size());
        if (open.empty()) break;
    }
    return outcome;
}

std::string precision_table(const Outcome& outcome, double share, const std::string& base, int width) {
    if (outcome.rows.empty()) return "";
    std::vector<TableColumn> columns =
        columns_of("lrrr", {"Benchmark", "Ratio to\nthe base", "Known\nto", "Runs"});
    std::vector<std::string> others;
    for (const RowPrecision& row : outcome.rows) {
        add_row(columns, {printable(row.name), row.ratio ? fmt::format("{:.3f}x", *row.ratio) : "",
                          percent(row.half_width), fmt::to_string(row.repetitions)});
        if (!is_known(row, share))
            others.push_back(fmt::format("{} ({})", printable(row.name), why_not(row, share)));
    }
    std::string text = table_text(columns, width);
    const std::string said =
        fmt::format("{} of {} ratios to {} are known to {} after {} {}", outcome.rows.size() - others.size(),
                    outcome.rows.size(), printable(base), percent(share), outcome.looks,
                    outcome.looks == 1 ? "look" : "looks");
    return text + "\n" +
           wrapped(others.empty() ? said : fmt::format("{}; not {}", said, fmt::join(others, ", ")), width);
}

}  // namespace mnist::bench
