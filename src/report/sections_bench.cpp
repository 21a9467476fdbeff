// Speed: throughput and share of the peak by batch size, roofline, latency, and tables of all other
// benchmarks.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "mnist/core/train_config.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = HtmlColumn<Json>;

std::string text_of(const Json& row, const char* key) {
    return row[key];
}

constexpr std::array kFamilies{std::pair{"Train", "An epoch of training"},
                               std::pair{"Step", "A training step"}, std::pair{"Infer", "Inference"}};

struct BatchRow {
    const Json* series;
    const Json* point;
    const Json* estimate;
};

/// `key` of every point of a family that has it, with the numbers of each.
template <class Format>
Html batch_figure(const Json& report, const std::string& family, const std::string& heading, const char* key,
                  Format format) {
    std::vector<BatchRow> rows;
    for (const Json& series : report["throughput"]) {
        if (series["family"] != family) continue;
        for (const Json& point : series["points"]) {
            if (!point[key].is_null()) rows.push_back({&series, &point, &point[key]});
        }
    }
    if (rows.empty()) return {};
    std::vector<HtmlColumn<BatchRow>> columns{
        {"Optimizer", "",
         [](const BatchRow& row) {
             const auto kind = (*row.series)["optimizer"].is_null()
                                   ? std::nullopt
                                   : optimizer_named(text_of(*row.series, "optimizer"));
             return with_mark(kind ? title(*kind) : "Inference", *row.point);
         }},
        {"Batch", "number", [](const BatchRow& row) { return Html(whole((*row.point)["batch"])); }},
        {"Median", "number", [=](const BatchRow& row) { return Html(with_interval(*row.estimate, format)); }},
        {"Repetitions", "number", [](const BatchRow& row) { return Html(whole((*row.estimate)["n"])); }},
        {"Threads", "number", [](const BatchRow& row) { return Html(text_of(*row.series, "threads")); }},
        {"Precision", "", [](const BatchRow& row) { return Html(text_of(*row.series, "precision")); }},
        {"Result", "wide",
         [&](const BatchRow& row) { return Html(source_name(report, (*row.series)["source"])); }}};
    if (std::ranges::any_of(rows,
                            [](const BatchRow& row) { return !text_of(*row.series, "copies").empty(); }))
        columns.insert(columns.begin() + 2, {"Side by side", "number", [](const BatchRow& row) {
                                                 return Html(text_of(*row.series, "copies"));
                                             }});
    if (std::ranges::any_of(rows, [](const BatchRow& row) { return !text_of(*row.series, "ranks").empty(); }))
        columns.insert(columns.begin() + 2, {"Ranks", "number", [](const BatchRow& row) {
                                                 return Html(text_of(*row.series, "ranks"));
                                             }});
    return figure(fmt::format("{} {}", key, family), heading, "", table(columns, rows));
}

Html roofline(const Json& report, std::size_t place) {
    const Json& roofline = report["rooflines"][place];
    const Json& peak = roofline["peak_gflops"];
    const Json& memory = roofline["memory_gb_per_second"];
    std::string note = "No peaks in this file. ";
    if (!peak.is_null())
        note =
            fmt::format("Roof: {} GFLOP/s of fused multiply-adds{}. ", three_digits(peak),
                        memory.is_null() ? "" : fmt::format(", {} GB/s from memory", three_digits(memory)));
    const auto share = [&](const Json& row) {
        if (!row.contains("gflops") || peak.is_null()) return Html{};
        const double most = peak;
        const double gflops = row["gflops"]["median"];
        const double roof =
            memory.is_null() ? most : std::min(most, row["intensity"].get<double>() * memory.get<double>());
        return gflops > most ? Html{} : Html(percent(gflops / roof, 0));
    };
    const auto estimate = [](const char* key) {
        return [key](const Json& row) {
            return row.contains(key) ? Html(with_interval(row[key], three_digits)) : Html{};
        };
    };
    std::vector<Json> rows = roofline["points"];
    rows.insert(rows.end(), roofline["others"].begin(), roofline["others"].end());
    const Html numbers = table<Json>(
        {{"Primitive", "wide", [](const Json& row) { return with_mark(text_of(row, "name"), row); }},
         {"FLOP per byte", "number",
          [](const Json& row) {
              return row.contains("intensity") ? Html(three_digits(row["intensity"])) : Html{};
          }},
         {"GFLOP/s", "number", estimate("gflops")},
         {"Share of the roof", "number", share},
         {"GB/s", "number", estimate("gb_per_second")}},
        rows);
    const std::string file =
        report["rooflines"].size() > 1 ? ": " + source_name(report, roofline["source"]) : "";
    return figure(fmt::format("roofline {}", place), "Roofline of the inner products, one thread" + file,
                  note + "Intensity counts each operand once; what its cache feeds lies above the slope.",
                  numbers);
}

Html latency(const Json& report, const std::string& precision) {
    std::vector<Json> rows;
    for (const Json& row : report["latencies"]) {
        if (row["precision"] == precision) rows.push_back(row);
    }
    std::vector<Column> columns{
        {"Images a call", "", [](const Json& row) { return with_mark(whole(row["batch"]), row); }}};
    for (const auto& [key, name] :
         {std::pair{"p50_us", "Half of the calls, µs"}, std::pair{"p90_us", "90 %, µs"},
          std::pair{"p99_us", "99 %, µs"}, std::pair{"max_us", "Longest, µs"}})
        columns.push_back(number_column(name, key, three_digits));
    columns.push_back(text_column("Threads", "threads", "number"));
    columns.push_back(result_column(report));
    return figure("latency " + precision, "Latency of one call, " + precision, "", table(columns, rows));
}

std::string counter_words(const Json& row) {
    std::vector<std::string> words;
    for (const Json& counter : row["counters"])
        words.push_back(counter[0].get<std::string>() + " " + large(counter[1]));
    return fmt::format("{}", fmt::join(words, ", "));
}

/// What no chart shows: a table a file. Another program's file is there for its rows, so its table is open.
Html other_benchmarks(const Json& file) {
    const Json& rows = file["rows"];
    const Html cut = file["all"] > rows.size()
                         ? el("p.note", fmt::format("The first {} of {} benchmarks.", whole(rows.size()),
                                                    whole(file["all"])))
                         : Html{};
    return cut +
           table<Json>(
               {{"Benchmark", "wide", [](const Json& row) { return with_mark(text_of(row, "name"), row); }},
                {"Time", "number",
                 [](const Json& row) { return Html(with_interval(row["seconds"], duration)); }},
                {"Low and high are", "", [](const Json& row) { return Html(spread_words(row["seconds"])); }},
                {"Counters, medians", "wide", [](const Json& row) { return Html(counter_words(row)); }}},
               rows);
}

}  // namespace

Html throughput_section(const Json& report) {
    Html figures;
    for (const auto& [family, heading] : kFamilies)
        figures +=
            batch_figure(report, family, std::string(heading) + ", samples/s", "samples_per_second", whole);
    if (figures.empty()) return {};
    return el("p.note",
              "Across batch sizes both axes are logarithmic. Points are medians; whiskers are 95 % intervals "
              "of the median where there are six repetitions or more, else they reach from the lowest to the "
              "highest.") +
           el("div.grid", figures);
}

Html share_section(const Json& report) {
    Html figures;
    for (const auto& [family, heading] : kFamilies)
        figures += batch_figure(report, family, heading, "peak_fraction",
                                [](const Json& share) { return percent(share, 1); });
    if (figures.empty()) return {};
    return el("p.note",
              "Of the multiply-add peak of the workers alone, measured in the same process: cores that took "
              "no "
              "part do not count. That peak is of f32, so bf16 and int8, which multiply faster, have no "
              "share "
              "of it.") +
           el("div.grid", figures);
}

Html roofline_section(const Json& report) {
    constexpr std::size_t kOpen = 2;
    Html open;
    std::vector<Part> more;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < report["rooflines"].size(); ++i) {
        if (report["rooflines"][i]["points"].empty()) continue;
        if (shown++ < kOpen)
            open += roofline(report, i);
        else
            more.push_back({source_heading(report, report["rooflines"][i]["source"]), roofline(report, i)});
    }
    if (open.empty()) return {};
    return el(shown > 1 ? "div.grid" : "div", open) + parts_in_turn(more, 0) +
           cut_note(shown, shown + report["more_rooflines"].get<std::size_t>(), "rooflines");
}

Html latency_section(const Json& report) {
    std::vector<std::string> precisions;
    for (const Json& row : report["latencies"]) {
        const std::string precision = row["precision"];
        if (std::find(precisions.begin(), precisions.end(), precision) == precisions.end())
            precisions.push_back(precision);
    }
    if (precisions.empty()) return {};
    Html figures;
    for (const std::string& precision : precisions) figures += latency(report, precision);
    return el("p.note",
              "Percentiles of single calls, the median over the repetitions; the longest call of all. Both "
              "axes are "
              "logarithmic.") +
           el(precisions.size() > 1 ? "div.grid thirds" : "div.grid", figures);
}

Html benchmarks_section(const Json& report) {
    constexpr std::size_t kMostOpen = 100;
    const Json& files = report["bench_rows"];
    Html all;
    for (const Json& file : files) {
        const bool is_open = file["foreign"] && files.size() < 4 && file["rows"].size() <= kMostOpen;
        all += parts_in_turn({{fmt::format("{}: {}", source_heading(report, file["source"]),
                                           plural(file["rows"].size(), "benchmark")),
                               other_benchmarks(file)}},
                             is_open ? 1 : 0);
    }
    return all + cut_note(files.size(), files.size() + report["more_bench_rows"].get<std::size_t>(), "files");
}

}  // namespace mnist
