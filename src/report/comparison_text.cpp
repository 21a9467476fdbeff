// The sentence, the table, and the lines below it.
#include "mnist/report/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostListed = 10;  // names in a list before it is cut

// "1.14x faster", "1.25x slower": people read a factor above 1 more easily than 0.80.
std::string factor(double ratio) {
    return ratio >= 1 ? fmt::format("{:.2f}x faster", ratio) : fmt::format("{:.2f}x slower", 1 / ratio);
}

std::size_t count(const Comparison& comparison, SpeedVerdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(comparison.rows.begin(), comparison.rows.end(),
                      [&](const ComparedRow& row) { return row.speed.verdict == verdict; }));
}

std::size_t count(const Comparison& comparison, AccuracyVerdict verdict) {
    return static_cast<std::size_t>(std::count_if(
        comparison.rows.begin(), comparison.rows.end(),
        [&](const ComparedRow& row) { return row.accuracy && row.accuracy->verdict == verdict; }));
}

std::string points(double value) {
    return fmt::format("{:+.2f}", value);
}

std::string one_row(const ComparedRow& row) {
    std::string text = printable(row.name) + ": ";
    if (!row.speed.ratio) {
        text += "no ratio";
    } else if (row.speed.verdict == SpeedVerdict::equivalent) {
        text += fmt::format("equally fast within {:.3g} %", row.speed.threshold * 100);
    } else if (row.speed.verdict == SpeedVerdict::inconclusive) {
        text += fmt::format("no claim about speed ({})", factor(*row.speed.ratio));
    } else {
        text += factor(*row.speed.ratio);
    }
    if (row.speed.interval)
        text += fmt::format(" ({:.2f} to {:.2f})", row.speed.interval->lower, row.speed.interval->upper);
    if (!row.accuracy) return text;
    const char* const said[] = {"better", "worse", "unchanged", "undecided"};
    text += fmt::format(", accuracy {} ({}", said[static_cast<std::size_t>(row.accuracy->verdict)],
                        points(row.accuracy->difference));
    if (row.accuracy->interval)
        text += fmt::format(", {} to {}", points(row.accuracy->interval->lower),
                            points(row.accuracy->interval->upper));
    return text + ")";
}

std::string many_rows(const Comparison& comparison) {
    std::string text;
    for (const GeometricMean& mean : comparison.geomeans) {
        if (mean.family == "all")
            text = fmt::format("{} on the geometric mean of {} rows", factor(mean.ratio), mean.rows);
    }
    const auto add = [&](std::size_t rows, const std::string& what) {
        if (rows == 0) return;
        text += fmt::format("{}{} of {} {}", text.empty() ? "" : "; ", rows, comparison.rows.size(), what);
    };
    add(count(comparison, SpeedVerdict::faster), "faster");
    add(count(comparison, SpeedVerdict::slower), "slower");
    add(count(comparison, SpeedVerdict::equivalent), "equally fast");
    add(count(comparison, SpeedVerdict::inconclusive), "without a claim about speed");
    add(count(comparison, AccuracyVerdict::better), "more accurate");
    add(count(comparison, AccuracyVerdict::worse), "less accurate");
    return text;
}

std::size_t with_few_repetitions(const Comparison& comparison) {
    return static_cast<std::size_t>(
        std::count_if(comparison.rows.begin(), comparison.rows.end(), [](const ComparedRow& row) {
            return std::min(row.speed.samples_base, row.speed.samples_new) < kLeastRepetitions;
        }));
}

std::string coloured(std::string_view text, JointVerdict verdict, const TextStyle& style) {
    if (!style.colour) return std::string(text);
    switch (verdict) {
        case JointVerdict::improved:
            return fmt::format("\x1b[32m{}\x1b[0m", text);
        case JointVerdict::regressed:
            return fmt::format("\x1b[31m{}\x1b[0m", text);
        case JointVerdict::traded:
            return fmt::format("\x1b[33m{}\x1b[0m", text);
        case JointVerdict::unchanged:
        case JointVerdict::inconclusive:
            break;
    }
    return std::string(text);
}

std::string accuracy_cell(const ComparedRow& row) {
    if (!row.accuracy) return "·";
    std::string cell = points(row.accuracy->difference);
    if (row.accuracy->interval)
        cell += fmt::format(" ({},{})", points(row.accuracy->interval->lower),
                            points(row.accuracy->interval->upper));
    return cell;
}

std::string rows_table(const Comparison& comparison, const TextStyle& style) {
    TableColumn name{.heading = "Benchmark", .cells = {}, .left = true};
    TableColumn ratio{.heading = "Ratio", .cells = {}};
    TableColumn interval{.heading = "Interval", .cells = {}};
    TableColumn p{.heading = "p\nadjusted", .cells = {}};
    TableColumn samples{.heading = "Runs", .cells = {}};
    TableColumn accuracy{.heading = "Accuracy,\npoints", .cells = {}};
    TableColumn verdict{.heading = "Verdict", .cells = {}, .left = true};
    TableColumn shares{.heading = "Share of\nown peak", .cells = {}};
    TableColumn split{.heading = "Peak x\nefficiency", .cells = {}};
    for (const ComparedRow& row : comparison.rows) {
        const SpeedComparison& speed = row.speed;
        name.cells.push_back(printable(row.name));
        ratio.cells.push_back(speed.ratio ? fmt::format("{:.3f}x", *speed.ratio) : "·");
        interval.cells.push_back(
            speed.interval ? fmt::format("{:.3f}-{:.3f}", speed.interval->lower, speed.interval->upper)
                           : "·");
        p.cells.push_back(speed.p_adjusted ? fmt::format("{:.2g}", *speed.p_adjusted) : "·");
        samples.cells.push_back(fmt::format("{}/{}", speed.samples_base, speed.samples_new));
        accuracy.cells.push_back(accuracy_cell(row));
        verdict.cells.push_back(std::string(word(row.joint)));
        shares.cells.push_back(row.base_share && row.new_share
                                   ? fmt::format("{:.2f}/{:.2f}", *row.base_share, *row.new_share)
                                   : "·");
        split.cells.push_back(row.peak_ratio && row.efficiency_ratio
                                  ? fmt::format("{:.2f}x{:.2f}", *row.peak_ratio, *row.efficiency_ratio)
                                  : "·");
    }
    std::vector<TableColumn> columns{name, ratio, interval, p, samples};
    const auto some = [](const TableColumn& column) {
        return std::any_of(column.cells.begin(), column.cells.end(),
                           [](const std::string& cell) { return cell != "·"; });
    };
    if (some(accuracy)) columns.push_back(accuracy);
    columns.push_back(verdict);
    if (comparison.mode == CompareMode::report && some(shares)) columns.push_back(shares);
    if (comparison.mode == CompareMode::report && some(split)) columns.push_back(split);
    return table_text(columns, style.width);
}

std::string listed_names(const std::string& what, const std::vector<std::string>& names, int width) {
    if (names.empty()) return {};
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i)
        text += (i > 0 ? ", " : "") + printable(names[i]);
    if (names.size() > kMostListed) text += fmt::format(" and {} more", names.size() - kMostListed);
    return wrapped(fmt::format("{} ({}): {}", what, names.size(), text), width, "- ");
}

std::string skipped_lines(const std::string& label, const std::vector<SkippedRow>& rows, int width) {
    std::string text;
    for (std::size_t i = 0; i < std::min(rows.size(), kMostListed); ++i)
        text += wrapped(fmt::format("{}: {} skipped: {}", printable(label), printable(rows[i].name),
                                    printable(rows[i].reason)),
                        width, "- ");
    if (rows.size() > kMostListed)
        text += wrapped(fmt::format("{}: {} more rows skipped", printable(label), rows.size() - kMostListed),
                        width, "- ");
    return text;
}

std::string notes(const Comparison& comparison, int width) {
    std::string text;
    const auto line = [&](const std::string& sentence) { text += wrapped(printable(sentence), width, "- "); };
    for (const GeometricMean& mean : comparison.geomeans)
        line(fmt::format("geometric mean of {} ({} {}): {:.3f}x", mean.family, mean.rows,
                         mean.rows == 1 ? "row" : "rows", mean.ratio));
    if (const std::size_t few = with_few_repetitions(comparison); few > 0)
        line(fmt::format(
            "{} of {} rows have fewer than {} repetitions on a side and claim nothing about speed: "
            "measure with --benchmark_repetitions=10 (mnist train: --seeds 10)",
            few, comparison.rows.size(), kLeastRepetitions));
    text += listed_names("only in " + printable(comparison.base_label), comparison.unmatched_base, width);
    text += listed_names("only in " + printable(comparison.new_label), comparison.unmatched_new, width);
    text += skipped_lines(comparison.base_label, comparison.skipped_base, width);
    text += skipped_lines(comparison.new_label, comparison.skipped_new, width);
    for (const FactDifference& difference : comparison.fingerprint_differences)
        line(fmt::format("{} differs: {} and {}", difference.key, difference.base.value_or("unknown"),
                         difference.new_value.value_or("unknown")));
    for (const std::string& warning : comparison.warnings) line("warning: " + warning);
    for (const std::string& sentence : comparison.bits) line(sentence);
    return text;
}

// The verdict's word at a line's end or between two gaps, once in each row; colours take no columns.
std::string with_colours(std::string table, const Comparison& comparison, const TextStyle& style) {
    if (!style.colour) return table;
    std::size_t at = 0;
    for (const ComparedRow& row : comparison.rows) {
        at = table.find("\n" + printable(row.name) + " ", at);
        if (at == std::string::npos) return table;
        const std::size_t verdict = table.find("  " + std::string(word(row.joint)), at);
        if (verdict == std::string::npos || verdict > table.find('\n', at + 1)) continue;
        table.replace(verdict + 2, word(row.joint).size(), coloured(word(row.joint), row.joint, style));
    }
    return table;
}

}  // namespace

std::string comparison_summary(const Comparison& comparison) {
    if (comparison.rows.size() == 1) return one_row(comparison.rows.front());
    return many_rows(comparison);
}

std::string comparison_text(const Comparison& comparison, const TextStyle& style) {
    std::string text = wrapped(comparison_summary(comparison), style.width);
    text +=
        wrapped(fmt::format("{} to {}, {}", printable(comparison.base_label), printable(comparison.new_label),
                            comparison.mode == CompareMode::gate ? "as a gate: a regression is a failure"
                                                                 : "as a report: nothing passes or fails"),
                style.width);
    text += "\n" + with_colours(rows_table(comparison, style), comparison, style) + "\n";
    return text + notes(comparison, style.width);
}

}  // namespace mnist
