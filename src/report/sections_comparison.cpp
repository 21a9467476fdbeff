// What `mnist compare` says about two files or more: the answer, who is first, the table of ratios, and what
// makes it unfair.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "comparison_words.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = JsonColumn;

std::string text_at(const Json& row, const char* key) {
    return row[key].is_null() ? kNone : row[key].get<std::string>();
}

Html ratio_words(const Json& row) {
    if (row["ratio"].is_null()) return {};
    if (row["ratio_low"].is_null()) return fixed(row["ratio"], 2);
    return fmt::format("{} ({} to {})", fixed(row["ratio"], 2), fixed(row["ratio_low"], 2),
                       fixed(row["ratio_high"], 2));
}

Html accuracy_words(const Json& row) {
    if (row["accuracy_difference"].is_null()) return {};
    if (row["accuracy_low"].is_null()) return points(row["accuracy_difference"]);
    return fmt::format("{} ({} to {})", points(row["accuracy_difference"]), points(row["accuracy_low"]),
                       points(row["accuracy_high"]));
}

/// Members that nothing is known to be between share their rank.
Html rank_words(const Json& row) {
    if (row["rank"].is_null()) return "none: too few undisturbed repetitions";
    return fmt::format("{}{}", row["rank"].get<std::size_t>(), row["tied"] ? "=" : "");
}

Html verdict_cell(const Json& row) {
    const std::string words = row["verdict_words"];
    return row.contains("disturbed_by")
               ? el("span.disturbed", words, {{"title", text_at(row, "disturbed_by")}})
               : Html(words);
}

/// What the first sentence speaks of, as a table.
Html group_table(const Json& groups) {
    if (groups.size() < 2) return {};
    return table<Json>(
        {{"Geometric mean of", "wide", [](const Json& row) { return Html(text_at(row, "title")); }},
         {"Verdict", "", [](const Json& row) { return Html(text_at(row, "verdict")); }},
         {"Ratio", "number", ratio_words},
         {"Accuracy, points", "number", accuracy_words},
         number_column("Rows", "rows", whole)},
        groups);
}

Html shares_cell(const Json& row) {
    if (row["peak_fraction_base"].is_null() || row["peak_fraction_new"].is_null()) return {};
    return percent(row["peak_fraction_base"], 0) + " → " + percent(row["peak_fraction_new"], 0);
}

Html repetitions_cell(const Json& row) {
    return fmt::format("{}, {}", row["samples_base"].get<std::size_t>(),
                       row["samples_new"].get<std::size_t>());
}

Html list(const std::string& title, const std::vector<std::string>& texts, bool counted = true) {
    if (texts.empty()) return {};
    return disclosure(counted ? fmt::format("{} ({})", title, texts.size()) : title, sentences(texts));
}

Html pair(const Json& report, std::size_t place) {
    const Json& pair = report["comparisons"][place];
    const auto differences = [&](const char* key) {
        std::vector<std::string> texts;
        for (const Json& d : pair[key])
            texts.push_back(
                fmt::format("{}: {} → {}", text_at(d, "key"), text_at(d, "base"), text_at(d, "new")));
        return texts;
    };
    std::vector<std::string> unmatched = pair["unmatched"]["base"];
    for (const Json& name : pair["unmatched"]["new"]) unmatched.push_back(name);
    const Html numbers =
        table<Json>({{"Benchmark", "wide", [](const Json& row) { return Html(text_at(row, "name")); }},
                     {"Verdict", "", verdict_cell},
                     {"Ratio", "number", ratio_words},
                     number_column("p, adjusted", "p_adjusted", three_digits),
                     {"Accuracy, points", "number", accuracy_words},
                     {"Share of the peak", "number", shares_cell},
                     {"Repetitions", "number", repetitions_cell}},
                    pair["rows"]);
    return el("p", text_at(pair, "summary") + ".") + group_table(pair["groups"]) +
           figure(fmt::format("ratios {}", place), "Ratio of times",
                  "Right of 1 the new one is faster. Bars are 95 % intervals.", numbers) +
           list("What differs between the machines", differences("fingerprint_differences")) +
           list("What else differs", differences("other_differences")) +
           list("What to keep in mind", pair["warnings"]) +
           list("Are the weights the same bits?", pair["bits"], false) +
           list("In one of the two only", unmatched);
}

}  // namespace

Html ranking_tables(const Json& ranking) {
    constexpr std::size_t kMostOpen = 8;
    const std::vector<Column> columns{
        {"Result", "wide", [](const Json& row) { return Html(text_at(row, "file")); }},
        {"Rank", "", rank_words},
        {"Ratio", "number", ratio_words},
        {"Accuracy, points", "number", accuracy_words}};
    std::vector<Part> families;
    for (const Json& family : ranking["families"]) {
        const Json& all = family["members"];
        const auto open = static_cast<std::ptrdiff_t>(std::min(kMostOpen, all.size()));
        const std::string caption =
            fmt::format("{}: {} that all have", text_at(family, "family"), plural(family["rows"], "row"));
        Html one = table(columns, std::vector<Json>(all.begin(), all.begin() + open), caption);
        if (all.size() > kMostOpen)
            one += disclosure(fmt::format("{} more", all.size() - kMostOpen),
                              table(columns, std::vector<Json>(all.begin() + open, all.end()), caption));
        families.push_back({families.empty() ? "" : caption, one});
    }
    return el("h3", "Ranking") + el("p", text_at(ranking, "summary") + ".") +
           el("p.note",
              "Ratios are of speed to " + text_at(ranking, "base") +
                  ", above 1 is faster. \"=\": nothing is known to be between these; that is not to say "
                  "that they are equal.") +
           parts_in_turn(families, 1);
}

Html comparison_section(const Json& report) {
    std::vector<Part> pairs;
    for (std::size_t i = 0; i < report["comparisons"].size(); ++i) {
        const Json& one = report["comparisons"][i];
        pairs.push_back({text_at(one, "new") + " against " + text_at(one, "base"), pair(report, i)});
    }
    return sentences(report["pooled"]) + parts_in_turn(pairs, pairs.size() == 1 ? 1 : 0, "comparisons") +
           cut_note(pairs.size(), report["all_comparisons"].get<std::size_t>(), "comparisons") +
           sentences(report["not_compared"]);
}

}  // namespace mnist
