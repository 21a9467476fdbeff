// Tables: one for Otava's CSV importer, one for data frames.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "convert_parts.hpp"
#include "csv_field.hpp"
#include "mnist/history/history.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

constexpr const char* kCommit = "mnist.build.commit";

/// By heading, what Otava is to see of a source.
std::map<std::string, double> columns_of(const ConvertSource& source) {
    std::map<std::string, double> columns;
    for (const MeasuredRow& row : source.measured.rows)
        for (const MeasuredQuantity& quantity : quantities(row)) {
            const auto summary = summarise(*quantity.values);
            if (!summary) continue;
            columns[row.name + " " + quantity.name] =
                quantity.name == "accuracy" ? summary->mean : summary->median;
        }
    return columns;
}

}  // namespace

std::vector<MeasuredQuantity> quantities(const MeasuredRow& row) {
    std::vector<MeasuredQuantity> found{{"time", "s", &row.seconds},
                                        {"accuracy", "%", &row.accuracy.percent}};
    for (const auto& [percentile, seconds] : row.latencies) found.push_back({percentile, "s", &seconds});
    std::erase_if(found, [](const MeasuredQuantity& one) { return one.values->empty(); });
    return found;
}

std::string fact_or(const ConvertSource& source, const std::string& key, const std::string& other) {
    const auto found = source.measured.facts.find(key);
    return found == source.measured.facts.end() ? other : found->second;
}

std::string machine_name(const ConvertSource& source) {
    return fact_or(source, "mnist.label",
                   fact_or(source, "host_name", fact_or(source, "mnist.machine.cpu_model", "unknown")));
}

OtavaTable otava_csv(std::span<const ConvertSource> sources) {
    std::vector<const ConvertSource*> in_time;
    for (const ConvertSource& source : sources) in_time.push_back(&source);
    std::ranges::stable_sort(in_time, [](const auto* a, const auto* b) {
        return parse_time(a->created) < parse_time(b->created);
    });
    std::vector<std::map<std::string, double>> lines;
    std::map<std::string, std::size_t> counts;
    for (const ConvertSource* const source : in_time)
        for (const auto& [heading, value] : lines.emplace_back(columns_of(*source))) ++counts[heading];
    OtavaTable table{.csv = "time,commit,file,machine", .left_out = {}};
    for (const auto& [heading, count] : counts) {
        if (count < lines.size()) {
            table.left_out.push_back(heading);
        } else {
            table.csv += "," + csv_field(heading);
        }
    }
    table.csv += "\r\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const ConvertSource& source = *in_time[i];
        table.csv +=
            fmt::format("{},{},{},{}", csv_field(source.created), csv_field(fact_or(source, kCommit)),
                        csv_field(source.measured.label), csv_field(machine_name(source)));
        for (const auto& [heading, value] : lines[i])
            if (counts[heading] == lines.size()) table.csv += fmt::format(",{}", value);
        table.csv += "\r\n";
    }
    return table;
}

std::string long_csv(std::span<const ConvertSource> sources) {
    std::string text = "file,commit,created,machine,name,measures,quantity,repetition,value,unit\r\n";
    for (const ConvertSource& source : sources) {
        const std::string file =
            fmt::format("{},{},{},{}", csv_field(source.measured.label), csv_field(fact_or(source, kCommit)),
                        csv_field(source.created), csv_field(machine_name(source)));
        for (const MeasuredRow& row : source.measured.rows)
            for (const MeasuredQuantity& quantity : quantities(row))
                for (std::size_t i = 0; i < quantity.values->size(); ++i)
                    text += fmt::format("{},{},{},{},{},{},{}\r\n", file, csv_field(row.name),
                                        row.of_machine ? "machine" : "program", quantity.name, i,
                                        (*quantity.values)[i], quantity.unit);
    }
    return text;
}

}  // namespace mnist
