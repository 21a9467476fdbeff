// Cells of the tables, and the lines below them.
#include <fmt/format.h>

#include <algorithm>

#include "comparison_words.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostListed = 10;         // names in a list before it is cut
constexpr std::size_t kLongestSentence = 1000;  // columns; facts in it come from files
constexpr const char* kNothing = "·";

std::string listed_names(const std::string& label, const std::vector<std::string>& names, int width) {
    if (names.empty()) return {};
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i)
        text += (i > 0 ? ", " : "") + short_printable(names[i]);
    if (names.size() > kMostListed) text += fmt::format(" and {} more", names.size() - kMostListed);
    return wrapped(fmt::format("only in {} ({}): {}", short_printable(label), names.size(), text), width,
                   "- ");
}

std::string skipped_lines(const std::string& label, const std::vector<SkippedRow>& rows, int width) {
    std::string text;
    for (std::size_t i = 0; i < std::min(rows.size(), kMostListed); ++i)
        text += wrapped(fmt::format("{}: {} skipped: {}", short_printable(label),
                                    short_printable(rows[i].name), short_printable(rows[i].reason)),
                        width, "- ");
    if (rows.size() > kMostListed)
        text +=
            wrapped(fmt::format("{}: {} more {} skipped", short_printable(label), rows.size() - kMostListed,
                                rows.size() - kMostListed == 1 ? "row" : "rows"),
                    width, "- ");
    return text;
}

std::size_t with_few_repetitions(const Comparison& comparison) {
    return static_cast<std::size_t>(
        std::count_if(comparison.rows.begin(), comparison.rows.end(), [](const ComparedRow& row) {
            return std::min(row.speed.samples_base, row.speed.samples_new) < kLeastRepetitions;
        }));
}

std::string raised_thresholds(const Comparison& comparison) {
    std::vector<std::pair<double, std::string>> floors;  // of families in the order of the rows
    for (const ComparedRow& row : comparison.rows) {
        const std::pair floor{row.speed.threshold, family_of(row.name)};
        if (row.speed.raised_by_noise && floors.size() < kMostListed &&
            std::find(floors.begin(), floors.end(), floor) == floors.end())
            floors.push_back(floor);
    }
    std::vector<std::string> words;
    words.reserve(floors.size());
    for (const auto& [floor, family] : floors)
        words.push_back(fmt::format("{:.3g} % for {}", floor * 100, short_printable(family)));
    return words.empty() ? "" : "the noise that was measured raises the threshold to " + listed(words);
}

std::string differing_facts(const Comparison& comparison, int width) {
    if (comparison.fingerprint_differences.empty()) return {};
    constexpr std::size_t kLongestFact = 34;  // two of them and a key fit a line
    TableColumn key{.heading = "What differs", .cells = {}, .left = true};
    TableColumn base{.heading = "base", .cells = {}, .left = true};
    TableColumn other{.heading = "new", .cells = {}, .left = true};
    for (const FactDifference& difference : comparison.fingerprint_differences) {
        const auto cell = [](const std::optional<std::string>& fact) {
            return fact ? shortened(printable(*fact), kLongestFact) : std::string("unknown");
        };
        key.cells.push_back(difference.key);
        base.cells.push_back(cell(difference.base));
        other.cells.push_back(cell(difference.new_value));
    }
    return table_text({key, base, other}, width) + "\n";
}

std::string mean_lines(const Comparison& comparison, int width) {
    constexpr std::size_t kMostMeans = 20;
    std::string text;
    for (std::size_t i = 0; i < comparison.geomeans.size(); ++i) {
        const GeometricMean& mean = comparison.geomeans[i];
        const bool is_last = i + 1 == comparison.geomeans.size();  // "all"
        if (i >= kMostMeans && !is_last) continue;
        const std::string range = mean.interval
                                      ? fmt::format(" ({} to {})", ratio_figure(mean.interval->lower),
                                                    ratio_figure(mean.interval->upper))
                                      : "";
        text += wrapped(fmt::format("geometric mean of {} ({}): {}x{}", short_printable(mean.family),
                                    row_count(mean.rows), ratio_figure(mean.ratio), range),
                        width, "- ");
    }
    if (comparison.geomeans.size() > kMostMeans + 1)
        text += wrapped(fmt::format("{} more families", comparison.geomeans.size() - kMostMeans - 1), width,
                        "- ");
    return text;
}

}  // namespace

std::string short_printable(std::string_view text) {
    constexpr std::size_t kLongest = 400;
    // What is cut off need not be looked at: a code point has four bytes at most, and few print nothing.
    return shortened(printable(text.substr(0, 16 * kLongest)), kLongest);
}

std::string name_cell(std::string_view text) {
    constexpr std::size_t kLongest = 84;
    return shortened(short_printable(text), kLongest);
}

std::string ratio_figure(double ratio) {
    // Far from 1 the digits behind the point say nothing, and those before it could be three hundred.
    return ratio >= 0.001 && ratio < 1e5 ? fmt::format("{:.3f}", ratio) : fmt::format("{:.3g}", ratio);
}

std::string row_count(std::size_t rows) {
    return fmt::format("{} {}", rows, rows == 1 ? "row" : "rows");
}

std::string verdict_words(const ComparedRow& row) {
    const bool is_claim =
        row.speed.verdict == SpeedVerdict::faster || row.speed.verdict == SpeedVerdict::slower;
    if (row.joint == JointVerdict::inconclusive && is_claim)
        return fmt::format("{}, accuracy undecided", word(row.speed.verdict));
    if (row.joint) return std::string(word(*row.joint));
    if (row.speed.verdict == SpeedVerdict::inconclusive) return std::string(word(row.speed.verdict));
    return fmt::format("{} machine",
                       row.speed.verdict == SpeedVerdict::equivalent ? "same" : word(row.speed.verdict));
}

std::string ratio_cell(const std::optional<double>& ratio) {
    return ratio ? ratio_figure(*ratio) + "x" : kNothing;
}

std::string interval_cell(const std::optional<Interval>& interval) {
    return interval ? ratio_figure(interval->lower) + "-" + ratio_figure(interval->upper) : kNothing;
}

std::string p_cell(const std::optional<double>& p) {
    return p ? fmt::format("{:.2g}", *p) : kNothing;
}

std::string accuracy_cell(const std::optional<AccuracyComparison>& accuracy) {
    if (!accuracy) return kNothing;
    std::string cell = points(accuracy->difference);
    if (accuracy->interval)
        cell += fmt::format(" ({},{})", points(accuracy->interval->lower), points(accuracy->interval->upper));
    return cell;
}

std::string rank_cell(const RankedMember& member) {
    if (!member.judged) return kNothing;
    return fmt::format("{}{}", member.rank, member.tied ? "=" : "");
}

std::string ratio_split(const ComparedRow& row) {
    std::string text;
    if (row.speed.ratio && row.peak_ratio && row.efficiency_ratio)
        text = fmt::format("{:.2f}x = {:.2f}x peak x {:.2f}x efficiency", *row.speed.ratio, *row.peak_ratio,
                           *row.efficiency_ratio);
    if (row.base_share && row.new_share)
        text += fmt::format("{}{:.0f} % and {:.0f} % of their own peaks", text.empty() ? "" : "; ",
                            *row.base_share * 100, *row.new_share * 100);
    return text;
}

std::string comparison_cautions(const Comparison& comparison, int width) {
    std::string text = differing_facts(comparison, width);
    for (const std::string& warning : comparison.warnings)
        text += wrapped("warning: " + shortened(printable(warning), kLongestSentence), width, "- ");
    return text;
}

std::string comparison_notes(const Comparison& comparison, int width) {
    std::string text;
    const auto line = [&](std::string_view sentence) { text += wrapped(sentence, width, "- "); };
    text += mean_lines(comparison, width);
    if (const std::string raised = raised_thresholds(comparison); !raised.empty()) line(raised);
    if (const std::size_t few = with_few_repetitions(comparison); few > 0)
        line(
            fmt::format("{} of {} {} fewer than {} repetitions on a side and {} nothing about speed: "
                        "measure with --benchmark_repetitions=10 (mnist train: --seeds 10)",
                        few, row_count(comparison.rows.size()), few == 1 ? "has" : "have", kLeastRepetitions,
                        few == 1 ? "claims" : "claim"));
    text += listed_names(comparison.base_label, comparison.unmatched_base, width);
    text += listed_names(comparison.new_label, comparison.unmatched_new, width);
    text += skipped_lines(comparison.base_label, comparison.skipped_base, width);
    text += skipped_lines(comparison.new_label, comparison.skipped_new, width);
    for (const std::string& sentence : comparison.bits)
        line(shortened(printable(sentence), kLongestSentence));
    return text;
}

}  // namespace mnist
