// The parts put together. Here, in one place that nothing gets around, text becomes printable and the JSON
// becomes harmless inside HTML.
#include <nlohmann/json.hpp>

#include "mnist/core/error.hpp"
#include "mnist/report/text.hpp"
#include "page_parts.hpp"

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

std::vector<PageSource> with_measurements(const std::vector<ReportSource>& sources) {
    std::vector<PageSource> all;
    all.reserve(sources.size());
    for (const ReportSource& source : sources) {
        all.push_back(
            {&source, std::visit([&](const auto& content) { return measurements_of(content, source.name); },
                                 source.content)});
    }
    return all;
}

}  // namespace

ordered_json report_data(const std::vector<ReportSource>& given) {
    if (given.empty())
        throw InputError({.where = "mnist report",
                          .expected = "one result file or more",
                          .found = "none",
                          .remedy = "Give files that `mnist train` or mnist_bench wrote"});
    const std::vector<PageSource> sources = with_measurements(given);
    const std::vector<ThroughputSeries> series = throughput_series(sources);
    const PageComparisons comparisons = page_comparisons(sources);
    ordered_json root{{"schema", "mnist-report/1"},
                      {"summary", summary_sentences(sources, series, comparisons)},
                      {"sources", sources_json(sources)},
                      {"experiments", experiments_json(sources)},
                      {"data_samples", data_samples_json(sources)},
                      {"throughput", throughput_json(series)},
                      {"times", times_json(sources)},
                      {"rooflines", rooflines_json(sources)},
                      {"latencies", latencies_json(sources)},
                      {"bench_rows", bench_rows_json(sources)},
                      {"rankings", rankings_json(comparisons)},
                      {"comparisons", comparisons_json(comparisons)},
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
