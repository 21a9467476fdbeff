// What stands beside the rows: facts that differ, warnings, rows that are not compared.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "comparison_words.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostListed = 10;         // names in a list before it is cut
constexpr std::size_t kLongestSentence = 1000;  // columns; facts in it come from files

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
    std::map<std::pair<std::string, std::string>, std::size_t> counts;  // of repetitions
    std::vector<const SkippedRow*> first;                               // of each name and reason
    for (const SkippedRow& row : rows)
        if (counts[{row.name, row.reason}]++ == 0) first.push_back(&row);
    std::string text;
    for (std::size_t i = 0; i < std::min(first.size(), kMostListed); ++i) {
        const std::size_t times = counts[{first[i]->name, first[i]->reason}];
        text += wrapped(
            fmt::format("{}: {} skipped{}: {}", short_printable(label), short_printable(first[i]->name),
                        times > 1 ? fmt::format(" {} times", times) : "", short_printable(first[i]->reason)),
            width, "- ");
    }
    if (first.size() > kMostListed)
        text +=
            wrapped(fmt::format("{}: {} more {} skipped", short_printable(label), first.size() - kMostListed,
                                first.size() - kMostListed == 1 ? "row" : "rows"),
                    width, "- ");
    return text;
}

std::string few_repetitions(const Comparison& comparison) {
    const auto few = std::ranges::count_if(comparison.rows, [](const ComparedRow& row) {
        return row.percentile.empty() &&
               std::min(row.speed.samples_base, row.speed.samples_new) < kLeastRepetitions;
    });
    if (few == 0) return {};
    return fmt::format("{} with fewer than {} repetitions on a side {} nothing about speed: measure with {}",
                       row_count(static_cast<std::size_t>(few)), kLeastRepetitions,
                       few == 1 ? "claims" : "claim", comparison.more_repetitions);
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

// "a of 6 processes, b of 6 to 8": of the rows that are judged by processes.
std::string judged_by_processes(const Comparison& comparison) {
    const auto range = [&](std::size_t SpeedComparison::*processes) {
        std::size_t least = 0;
        std::size_t most = 0;
        for (const ComparedRow& row : comparison.rows) {
            if (!row.speed.clustered) continue;
            const std::size_t count = row.speed.*processes;
            least = most == 0 ? count : std::min(least, count);
            most = std::max(most, count);
        }
        return least == most ? fmt::to_string(most) : fmt::format("{} to {}", least, most);
    };
    if (std::ranges::none_of(comparison.rows, [](const ComparedRow& row) { return row.speed.clustered; }))
        return {};
    return fmt::format(
        "repetitions of one process are not independent, so processes are what is judged: {} in {}, {} in {}",
        range(&SpeedComparison::processes_base), short_printable(comparison.base_label),
        range(&SpeedComparison::processes_new), short_printable(comparison.new_label));
}

std::string level_of_looks(const Comparison& comparison) {
    if (comparison.looks <= 1) return {};
    return fmt::format(
        "{} looks were planned while it was measured, and each has its share of the level: {:.2g} instead of "
        "{:.2g}",
        comparison.looks, comparison.alpha, comparison.alpha * static_cast<double>(comparison.looks));
}

bool is_undecided(const ComparedRow& row) {
    return row.speed.interval && (row.speed.verdict == SpeedVerdict::inconclusive ||
                                  (row.joint == JointVerdict::inconclusive && row.accuracy));
}

/// What would decide the undecided rows, a sentence for repetitions, for processes and for what nothing
/// would. Rows without an interval have a sentence of their own.
std::vector<std::string> what_would_decide(const Comparison& comparison) {
    std::vector<std::string> repetitions;
    std::vector<std::string> processes;
    std::vector<std::string> never;
    for (const ComparedRow* const row : sorted_rows(comparison)) {
        if (!is_undecided(*row)) continue;
        const std::string name = short_printable(row->name);
        if (!row->more) {
            never.push_back(name);
        } else {
            (row->more->of_processes ? processes : repetitions)
                .push_back(fmt::format("{} for {}", row->more->count, name));
        }
    }
    std::vector<std::string> sentences;
    const auto add = [&](const char* what, std::vector<std::string>& rows) {
        if (rows.empty()) return;
        const std::size_t more = rows.size() - std::min(rows.size(), kMostListed);
        rows.resize(rows.size() - more);
        std::string text = fmt::format("{}: {}", what, fmt::join(rows, ", "));
        if (more > 0) text += fmt::format(" and others for {} more", row_count(more));
        sentences.push_back(std::move(text));
    };
    add("so many more repetitions on each side would decide undecided rows, if ratio and spread stay",
        repetitions);
    add("so many more processes on each side would decide undecided rows, if ratio and spread stay",
        processes);
    add("no number of repetitions up to 10,000 would decide what lies so near to its threshold; another "
        "--threshold may",
        never);
    return sentences;
}

std::vector<std::string> elements(std::string_view list) {
    constexpr std::string_view kBetween = ", ";
    std::vector<std::string> found;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(kBetween, at), list.size());
        found.emplace_back(list.substr(at, end - at));
        at = end + kBetween.size();
    }
    return found;
}

/// What of a fact the other side does not have, in lines: of "fmt 9.1.0, zlib 1.3" and "fmt 10.0.0, zlib 1.3"
/// the first; of a commit as much as tells it from others.
std::vector<std::string> distinct_lines(const std::string& key, const std::optional<std::string>& fact,
                                        const std::optional<std::string>& other) {
    constexpr std::size_t kLongestLine = 34;  // two of them and a key fit a line
    constexpr std::size_t kMostLines = 6;
    constexpr std::size_t kCommit = 12;
    if (!fact) return {"unknown"};
    if (key == "mnist.build.commit") return {short_printable(fact->substr(0, kCommit))};
    const std::vector<std::string> all = elements(*fact);
    const std::vector<std::string> others = elements(other.value_or(""));
    const auto without = [](std::vector<std::string> list, const std::vector<std::string>& taken) {
        std::erase_if(list, [&](const std::string& element) {
            return std::find(taken.begin(), taken.end(), element) != taken.end();
        });
        return list;
    };
    std::vector<std::string> own = without(all, others);
    if (own.empty() && !without(others, all).empty()) return {"without"};
    if (own.empty()) own = all;  // only the order differs
    std::vector<std::string> lines;
    for (const std::string& element : own) {
        const std::string text = short_printable(element);
        const bool fits = !lines.empty() && lines.back().size() + 2 + text.size() <= kLongestLine;
        if (fits) {
            lines.back() += ", " + text;
        } else if (lines.size() < kMostLines) {
            lines.push_back(shortened(text, kLongestLine));
        } else {
            lines.back() = "...";
            break;
        }
    }
    return lines;
}

std::string differing_facts(const Comparison& comparison, int width) {
    std::vector<TableColumn> columns = columns_of("lll", {"What differs", "base", "new"});
    for (const auto* const differences :
         {&comparison.fingerprint_differences, &comparison.other_differences}) {
        for (const FactDifference& difference : *differences) {
            auto base_lines = distinct_lines(difference.key, difference.base, difference.new_value);
            auto other_lines = distinct_lines(difference.key, difference.new_value, difference.base);
            const std::size_t lines = std::max(base_lines.size(), other_lines.size());
            base_lines.resize(lines);
            other_lines.resize(lines);
            for (std::size_t i = 0; i < lines; ++i)
                add_row(columns, {i == 0 ? name_cell(difference.key) : "", base_lines[i], other_lines[i]});
        }
    }
    return columns.front().cells.empty() ? std::string() : table_text(columns, width) + "\n";
}

}  // namespace

std::string comparison_cautions(const Comparison& comparison, int width) {
    std::string text = differing_facts(comparison, width);
    for (const std::string& warning : comparison.warnings)
        text += wrapped("warning: " + shortened(printable(warning), kLongestSentence), width, "- ");
    return text;
}

std::string comparison_notes(const Comparison& comparison, int width) {
    std::string text;
    const auto line = [&](std::string_view sentence) { text += wrapped(sentence, width, "- "); };
    if (const std::string raised = raised_thresholds(comparison); !raised.empty()) line(raised);
    if (const std::string few = few_repetitions(comparison); !few.empty()) line(few);
    if (const std::string processes = judged_by_processes(comparison); !processes.empty()) line(processes);
    if (const std::string level = level_of_looks(comparison); !level.empty()) line(level);
    for (const std::string& sentence : what_would_decide(comparison)) line(sentence);
    text += listed_names(comparison.base_label, comparison.unmatched_base, width);
    text += listed_names(comparison.new_label, comparison.unmatched_new, width);
    text += skipped_lines(comparison.base_label, comparison.skipped_base, width);
    text += skipped_lines(comparison.new_label, comparison.skipped_new, width);
    for (const std::string& sentence : comparison.bits)
        line(shortened(printable(sentence), kLongestSentence));
    return text;
}

}  // namespace mnist
