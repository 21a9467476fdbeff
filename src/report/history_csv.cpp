// One list of columns; what does not apply is empty.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "csv_field.hpp"
#include "history_words.hpp"
#include "mnist/report/history_report.hpp"

namespace mnist {
namespace {

constexpr const char* kHeading =
    "kind,machine,configuration,benchmark,quantity,cause,unexplained_regression,after,since,since_date,ratio,"
    "difference,"
    "low,high,corrected_ratio,corrected_low,corrected_high,compute_ratio,memory_ratio,p_adjusted,why\r\n";

std::string number_field(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? fmt::format("{}", *value) : std::string();
}

std::string interval_fields(const std::optional<Interval>& interval) {
    return interval ? fmt::format("{},{}", number_field(interval->lower), number_field(interval->upper))
                    : ",";
}

std::string change_line(const ShownChange& shown) {
    const Change& change = *shown.change;
    const bool is_time = change.quantity == Quantity::time;
    const HistoryPlace& after = shown.after();
    const std::vector<std::string> fields{"change",
                                          csv_field(shown.group->machine),
                                          csv_field(shown.group->configuration),
                                          csv_field(shown.line->benchmark),
                                          std::string(word(change.quantity)),
                                          std::string(word(change.cause)),
                                          is_unexplained_regression(change) ? "true" : "false",
                                          csv_field(shown.before().name),
                                          csv_field(after.name),
                                          after.committed.empty() ? after.date : after.committed,
                                          is_time ? number_field(change.ratio) : "",
                                          is_time ? "" : number_field(change.difference),
                                          interval_fields(change.interval),
                                          number_field(change.corrected_ratio),
                                          interval_fields(change.corrected_interval),
                                          number_field(change.compute_ratio),
                                          number_field(change.memory_ratio),
                                          number_field(change.p_adjusted),
                                          ""};
    return fmt::format("{}\r\n", fmt::join(fields, ","));
}

}  // namespace

std::string history_csv(const History& history) {
    std::string text = kHeading;
    for (const HistoryGroup& group : history.groups)
        for (const ShownChange& change : shown_changes(group)) text += change_line(change);
    for (const LeftOut& one : history.left_out)
        text += fmt::format("left_out,,,{},,,,,,,,,,,,,,,,,{}\r\n", csv_field(one.what), csv_field(one.why));
    return text;
}

}  // namespace mnist
