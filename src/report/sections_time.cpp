// Time to the target: every file's seconds, and the record with its rules.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = HtmlColumn<Json>;

const std::vector<std::string>& record_rules() {
    // The parentheses say that no comma is missing.
    static const std::vector<std::string> rules{
        ("MNIST as published and the 784-128-64-10 network, in any precision; optimizer, settings, batches "
         "and order are "
         "free."),
        ("Every run starts from random weights that its seed gives. Ten seeds, 0 to 9: all must reach the "
         "target, and none "
         "is dropped."),
        ("What counts is all training from the first epoch to the last: shuffling, gathering, forward, "
         "backward, update. "
         "Reading files, building primitives, first weights and evaluation do not."),
        ("At least 97.00 % of the test images after the last epoch. The number of epochs is fixed "
         "beforehand, "
         "and the test "
         "set measures that end only: whatever is chosen is chosen on training images."),
        ("Reported are median and worst time, with machine, cores and threads. Another machine has a record "
         "of its own.")};
    return rules;
}

Html training_title(const Json& row) {
    if (!row["record"].is_null()) return with_mark("Record", row);
    const std::string schedule = row["schedule"];
    return with_mark(row["title"].get<std::string>() + (schedule == "constant" ? "" : ", " + schedule), row);
}

/// A number of the estimate; of what ran once, the ends are none.
Column seconds_column(const std::string& name, const char* which) {
    return {name, "number", [which](const Json& row) {
                const Json& seconds = row["seconds"];
                const bool known = !seconds.is_null() &&
                                   (which == std::string_view("median") || seconds["spread"] != "none");
                return known ? Html(fixed(seconds[which], 3)) : Html{};
            }};
}

/// What all of them ran is not a time any more where one missed it.
Html worst_seconds(const Json& row) {
    if (!row["worst"].is_null()) return fixed(row["worst"], 3);
    const std::size_t runs = row["runs"];
    return fmt::format("{} of {} missed it", runs - row["reached"].get<std::size_t>(), runs);
}

Html reached(const Json& row) {
    return fmt::format("{} of {}", row["reached"].get<std::size_t>(), row["runs"].get<std::size_t>());
}

Html target_figure(const Json& report, const Json& target) {
    std::vector<Json> rows;
    for (const Json& row : report["times"]) {
        if (row["target"] == target) rows.push_back(row);
    }
    const std::string percent = fmt::format("{:g} %", target.get<double>());
    if (std::ranges::all_of(rows, [](const Json& row) { return row["seconds"].is_null(); }))
        return el("p", "No run reached " + percent + ".");
    const bool has_record =
        std::ranges::any_of(rows, [](const Json& row) { return !row["record"].is_null(); });
    const std::vector<Column> columns{
        {"Training", "", training_title},
        number_column("Batch", "batch", whole),
        text_column("Precision", "precision"),
        seconds_column("Median,\u00a0s", "median"),
        seconds_column("Low,\u00a0s", "low"),
        seconds_column("High,\u00a0s", "high"),
        {"Low and high are", "", [](const Json& row) { return Html(spread_words(row["seconds"])); }},
        {"Worst,\u00a0s", "number", worst_seconds},
        {"Reached", "number", reached},
        text_column("Threads", "threads", "number"),
        result_column(report)};
    return figure(
        fmt::format("time {}", target.get<double>()), "Seconds of training to " + percent + " test accuracy",
        has_record ? "The record trains a fixed number of epochs; all others stop counting after the first "
                     "epoch at the target."
                   : "",
        table(columns, rows));
}

Html objection_cell(const Json& row) {
    const std::vector<std::string> objections = row["record"]["objections"];
    return objections.empty() ? "as far as the file shows"
                              : fmt::format("no: {}", fmt::join(objections, "; "));
}

Html recipe_cell(const Json& row) {
    const std::string recipe = row["record"]["recipe"];
    return recipe.empty() ? "not said in the file" : recipe;
}

Html record(const Json& report) {
    std::vector<Json> rows;
    for (const Json& row : report["times"]) {
        if (!row["record"].is_null()) rows.push_back(row);
    }
    if (rows.empty()) return {};
    const auto accuracy = [](const char* key) {
        return [key](const Json& row) { return Html(fixed(row["record"][key], 2)); };
    };
    const std::vector<Column> columns{{"Recipe", "wide", recipe_cell},
                                      text_column("Precision", "precision"),
                                      seconds_column("Median,\u00a0s", "median"),
                                      {"Worst,\u00a0s", "number", worst_seconds},
                                      {"Reached", "number", reached},
                                      {"Lowest accuracy,\u00a0%", "number", accuracy("lowest_accuracy")},
                                      {"Median accuracy,\u00a0%", "number", accuracy("median_accuracy")},
                                      {"By the rules", "", objection_cell},
                                      result_column(report)};
    constexpr std::size_t kMostRecords = 6;
    return parts_in_turn({{"The record: 97 % as fast as possible", table(columns, rows)}},
                         rows.size() > kMostRecords ? 0 : 1) +
           disclosure("The rules in short (bench/RECORD.md has them whole)", sentences(record_rules()),
                      report["sources"].size() == 1);
}

}  // namespace

Html time_section(const Json& report) {
    std::vector<Json> targets;
    for (const Json& row : report["times"]) {
        if (std::find(targets.begin(), targets.end(), row["target"]) == targets.end())
            targets.push_back(row["target"]);
    }
    Html all;
    for (const Json& target : targets) all += target_figure(report, target);
    return all.empty() ? all : all + record(report);
}

}  // namespace mnist
