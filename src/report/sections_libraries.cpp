// Other libraries beside ours, a figure for each optimizer, or of inference, and precision.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mnist/core/train_config.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = HtmlColumn<Json>;

std::string library_words(const Json& row) {
    const std::string title = row["title"];
    const std::string version = row["version"];
    return version.empty() ? title : title + " " + version;
}

/// "1.42 (1.38 to 1.47)".
Html lead_cell(const Json& row) {
    if (row["lead"].is_null()) return {};
    const Json& lead = row["lead"];
    const std::string ratio = fixed(lead["ratio"], 2);
    if (lead["low"].is_null()) return ratio;
    return fmt::format("{} ({} to {})", ratio, fixed(lead["low"], 2), fixed(lead["high"], 2));
}

/// "Times as fast as the nearest: 1.42 at batch 64 (JAX 0.10.2), 0.97 at batch 1,024 (JAX 0.10.2, ahead)."
std::string standing(const Json& rows) {
    std::vector<std::string> texts;
    for (const Json& row : rows) {
        const Json& lead = row["lead"];
        if (lead.is_null() || lead["verdict"].is_null()) continue;
        const std::string verdict = lead["verdict"];
        const bool decided = verdict == "faster" || verdict == "slower";
        texts.push_back(fmt::format("{} at batch {} ({}{})", fixed(lead["ratio"], 2), whole(row["batch"]),
                                    library_words(row),
                                    !decided              ? ", not decided"
                                    : verdict == "slower" ? ", ahead"
                                                          : ""));
    }
    return texts.empty() ? std::string{}
                         : fmt::format("Times as fast as the nearest: {}.", fmt::join(texts, ", "));
}

Html libraries_figure(const Json& report, std::size_t place) {
    const Json& data = report["libraries"][place];
    const std::vector<Json> rows = data["rows"];
    std::vector<Column> columns{
        {"Batch", "", [](const Json& row) { return with_mark(whole(row["batch"]), row); }},
        {"Library", "wide", [](const Json& row) { return Html(library_words(row)); }},
        text_column("Threads", "threads", "number"),
        {"Samples/s", "number",
         [](const Json& row) { return Html(with_interval(row["samples_per_second"], whole)); }},
        {"mnist_bench is times as fast", "number", lead_cell}};
    const auto add = [&](const char* title, const char* key, std::string (*format)(const Json&)) {
        if (std::ranges::all_of(rows, [key](const Json& row) { return row[key].is_null(); })) return;
        columns.push_back(number_column(title, key, format));
    };
    add("Test accuracy, %", "accuracy", [](const Json& value) { return fixed(value, 2); });
    add("Half of the calls, µs", "p50_us", three_digits);
    add("The call alone, µs", "call_us", three_digits);
    const auto kind =
        data["optimizer"].is_null() ? std::nullopt : optimizer_named(data["optimizer"].get<std::string>());
    const std::string precision = data["precision"];
    const std::string file = report["sources"].size() > 1 ? ": " + source_name(report, data["source"]) : "";
    return figure(fmt::format("libraries {}", place),
                  fmt::format("{}, {}{}", kind ? title(*kind) : "Inference", precision, file),
                  standing(data["rows"]), table(columns, rows));
}

}  // namespace

Html libraries_section(const Json& report) {
    Html figures;
    for (std::size_t i = 0; i < report["libraries"].size(); ++i) figures += libraries_figure(report, i);
    if (figures.empty()) return {};
    return el("p.note",
              "Measured in turns on the same cores, each library with the number of threads that it was "
              "fastest "
              "with. Bars are medians; what is drawn over their ends is the 95 % interval of the median "
              "where there "
              "are six rounds or more, else it reaches from the lowest to the highest. Of inference the call "
              "of an "
              "empty model, which is what Python and the library take for any call, does not count for the "
              "comparison.") +
           el("div.grid", figures);
}

}  // namespace mnist
