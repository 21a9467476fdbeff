// The parts put together. Here, in one place that nothing gets around, text becomes printable and the JSON
// becomes harmless inside HTML.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mnist/core/error.hpp"
#include "mnist/report/text.hpp"
#include "page_limits.hpp"
#include "page_parts.hpp"
#include "scaling_words.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

/// Every string below `value` made printable. Keys are ours.
void make_printable(ordered_json& value) {
    if (value.is_string()) {
        value = printable(value.get_ref<const std::string&>());
    } else if (value.is_structured()) {
        for (ordered_json& member : value) make_printable(member);
    }
}

/// In JSON these stand in strings only, where an escape means the same. Without them no text can end the
/// script element that holds the data, or begin a comment in it. U+2028 and U+2029 never get here: the JSON
/// is ASCII.
std::string harmless_in_html(const std::string& json) {
    std::string text;
    text.reserve(json.size());
    for (const char c : json) {
        switch (c) {
            case '<':
                text += "\\u003c";
                break;
            case '>':
                text += "\\u003e";
                break;
            case '&':
                text += "\\u0026";
                break;
            default:
                text += c;
        }
    }
    return text;
}

/// What spoilt a measurement, of each row's disturbed repetitions the worst.
std::map<std::string, RowDisturbance> disturbances_of(const PageSource& source) {
    std::map<std::string, Disturbance> worst;
    const auto add = [&](const std::string& row, const Disturbance& one) {
        if (disturbed_by(one)) worst[row] = worst_of(worst[row], one);
    };
    if (const TrainResult* result = source.train()) {
        for (const RunRecord& run : result->runs) add(row_of(source, run.optimizer), run.disturbance);
    } else {
        for (const BenchRepetition& repetition : source.bench()->repetitions)
            add(repetition.name, disturbance_of(repetition));
    }
    std::map<std::string, RowDisturbance> rows;
    for (const MeasuredRow& row : source.measurements.rows) {
        const auto found = worst.find(row.name);
        if (row.disturbed == 0 || found == worst.end()) continue;
        rows[row.name] = {.disturbed = row.disturbed,
                          .repetitions = row.seconds.size(),
                          .reason = disturbed_by(found->second).value_or(""),
                          .is_spoilt = is_disturbed(row)};
    }
    return rows;
}

std::vector<PageSource> with_measurements(const std::vector<const ReportSource*>& sources) {
    std::vector<PageSource> all;
    all.reserve(sources.size());
    for (const ReportSource* source : sources) {
        PageSource& one = all.emplace_back(PageSource{
            .source = source,
            .measurements = std::visit(
                [&](const auto& content) { return measurements_of(content, source->name); }, source->content),
            .disturbances = {}});
        one.disturbances = disturbances_of(one);
    }
    set_titles(all);
    return all;
}

/// Leaves the first `most` and says how many more there were.
std::size_t cut(ordered_json& list, std::size_t most) {
    const std::size_t all = list.size();
    if (all <= most) return 0;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(most), list.end());
    return all - most;
}

/// "The newest 40 of 2,000 files, taking turns by machine; all are in the history."
ordered_json left_out_json(std::size_t shown, std::size_t all, const ordered_json& history) {
    if (shown == all) return nullptr;
    const std::size_t known = history.is_null() ? 0 : history["files"].get<std::size_t>();
    const auto words = [](std::size_t count) { return grouped(static_cast<std::uint64_t>(count)); };
    return fmt::format("One by one: the newest {} of {} files, the machines taking turns; {}.", words(shown),
                       words(all),
                       known == all ? "all are in the history"
                       : known > 0  ? words(known) + " are in the history"
                                    : "none has a history");
}

}  // namespace

const RowDisturbance* PageSource::disturbance(const std::string& row) const {
    const auto found = disturbances.find(row);
    return found == disturbances.end() ? nullptr : &found->second;
}

ordered_json disturbance_json(const RowDisturbance* disturbance) {
    if (disturbance == nullptr) return nullptr;
    return {{"repetitions", disturbance->disturbed},
            {"of", disturbance->repetitions},
            {"reason", disturbance->reason},
            {"spoilt", disturbance->is_spoilt}};
}

std::string row_of(const PageSource& source, OptimizerKind optimizer) {
    const std::string start = "Train/" + std::string(label_of(optimizer)) + "/";
    for (const MeasuredRow& row : source.measurements.rows) {
        if (row.name.starts_with(start)) return row.name;
    }
    return {};
}

ordered_json report_data(const std::vector<ReportSource>& given) {
    if (given.empty())
        throw InputError({.where = "report",
                          .expected = "one result file or more",
                          .found = "none",
                          .remedy = "Give files that `mnist train` or mnist_bench wrote"});
    const std::vector<PageSource> sources = with_measurements(shown_sources(given));
    const std::vector<ThroughputSeries> series = throughput_series(sources);
    std::vector<Measurements> measurements;
    std::transform(sources.begin(), sources.end(), std::back_inserter(measurements),
                   [](const PageSource& source) { return source.measurements; });
    const PageComparisons comparisons = page_comparisons(sources);
    ordered_json looks = ordered_json::array();
    for (const Optimizer& one : kOptimizers)
        looks.push_back({{"optimizer", one.word}, {"title", one.title}, {"mark", one.look.mark}});
    ordered_json history = history_page_json(given);
    ordered_json rooflines = rooflines_json(sources);
    const std::size_t more_rooflines = cut(rooflines, kMostRooflines);
    ordered_json bench_rows = bench_rows_json(sources);
    const std::size_t more_bench_rows = cut(bench_rows, kMostBenchTables);
    ordered_json root{{"schema", "mnist-report/1"},
                      {"files", given.size()},
                      {"optimizers", std::move(looks)},
                      {"left_out", left_out_json(sources.size(), given.size(), history)},
                      {"summary", summary_sentences(sources, series, comparisons)},
                      {"sources", sources_json(sources)},
                      {"experiments", experiments_json(sources)},
                      {"data_samples", data_samples_json(sources)},
                      {"throughput", throughput_json(series)},
                      {"times", times_json(sources)},
                      {"rooflines", std::move(rooflines)},
                      {"more_rooflines", more_rooflines},
                      {"latencies", latencies_json(sources)},
                      {"libraries", libraries_json(sources)},
                      {"history", std::move(history)},
                      {"bench_rows", std::move(bench_rows)},
                      {"more_bench_rows", more_bench_rows},
                      {"scaling", scaling_json(scaling_of(measurements))},
                      {"scores", scores_json(sources)},
                      {"rankings", rankings_json(comparisons)},
                      {"all_comparisons", comparisons.pairs},
                      {"comparisons", comparisons_json(comparisons, sources)},
                      {"pooled", comparisons.pooled},
                      {"not_compared", comparisons.refused}};
    make_printable(root);
    return root;
}

// Not indented: the page is for people, the block for programs.
std::string embeddable_json(const ordered_json& data) {
    return harmless_in_html(data.dump(-1, ' ', true, ordered_json::error_handler_t::replace));
}

std::string report_json(const std::vector<ReportSource>& sources) {
    return embeddable_json(report_data(sources));
}

}  // namespace mnist
