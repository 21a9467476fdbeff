// One list of columns; what does not apply is empty.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>

#include "csv_field.hpp"
#include "history_words.hpp"
#include "mnist/report/history_report.hpp"

namespace mnist {
namespace {

constexpr std::array kHistoryColumns{
    // clang-format off
    "kind", "machine", "configuration", "benchmark", "quantity", "cause", "unexplained_regression", "after",
    "since", "since_date", "ratio", "difference", "low", "high", "corrected_ratio", "corrected_low",
    "corrected_high", "compute_ratio", "memory_ratio", "p_adjusted", "why"
    // clang-format on
};

std::string change_line(const ShownChange& shown) {
    nlohmann::ordered_json line = change_json(shown);
    line.update(
        {{"kind", "change"},
         {"machine", shown.group->machine},
         {"configuration", shown.group->configuration},
         {"benchmark", shown.line->benchmark},
         {"since_date", shown.after().committed.empty() ? shown.after().date : shown.after().committed}});
    return csv_line(kHistoryColumns, line);
}

}  // namespace

std::string history_csv(const History& history) {
    std::string text = fmt::format("{}\r\n", fmt::join(kHistoryColumns, ","));
    for (const HistoryGroup& group : history.groups)
        for (const ShownChange& change : shown_changes(group)) text += change_line(change);
    for (const LeftOut& one : history.left_out)
        text += csv_line(kHistoryColumns, {{"kind", "left_out"}, {"benchmark", one.what}, {"why", one.why}});
    return text;
}

}  // namespace mnist
