// Reads Google Benchmark's JSON, row by row: what is wrong with one row is that row's reason and stops there,
// because a file of an hour's measurement is worth more than its one failed benchmark. Limits on rows and
// facts keep the cost in proportion to the file, whatever stands in it.
#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "bench_name.hpp"
#include "bench_row.hpp"
#include "bench_rows.hpp"
#include "json_cursor.hpp"
#include "json_rows.hpp"
#include "lenient_json.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRows = 500000;  // of kMaxResultBytes: Google Benchmark needs 150 bytes a row
constexpr std::size_t kMaxFacts = 10000;
constexpr std::size_t kMaxFactName = 1000;  // bytes

struct Reader {
    BenchResult result;
    std::unordered_map<std::string, std::set<std::uint64_t>> seen;  // repetition indices by whole run name
    std::unordered_set<std::string> single;  // whole names of repetitions and skipped rows
    std::vector<std::string> aggregated;     // whole names, in file order, with repeats
};

void add_repetition(const json& row, const std::string& name, Reader& reader) {
    if (const auto reason = why_not_measured(row)) {
        reader.result.skipped.push_back({name, *reason});
        return;
    }
    BenchRepetition repetition = read_repetition(row, name);
    if (repetition.index && !reader.seen[name].insert(*repetition.index).second) {
        reader.result.skipped.push_back(
            {name, fmt::format("repetition {} stands here twice", *repetition.index)});
        return;
    }
    reader.result.repetitions.push_back(std::move(repetition));
}

void add_row(const json& row, std::size_t index, Reader& reader) {
    std::string name = fmt::format("benchmarks[{}]", index);
    try {
        if (!row.is_object()) JsonCursor(row, "row").fail("an object");
        std::string found = row_name(row);
        name = std::move(found);
        const RowKind kind = row_kind(row);
        if (kind == RowKind::statistic) reader.aggregated.push_back(aggregated_name(row));
        if (kind != RowKind::repetition) return;
        add_repetition(row, name, reader);
    } catch (const InputError& error) {
        reader.result.skipped.push_back({name, error.what()});
    }
    reader.single.insert(std::move(name));
}

/// Benchmarks that ran with aggregates only, among others that did not.
void add_aggregates_only(Reader& reader) {
    for (const std::string& name : reader.aggregated) {
        if (!reader.single.insert(name).second) continue;
        reader.result.skipped.push_back(
            {name, "the file has its aggregates only: measure it without ReportAggregatesOnly"});
    }
}

/// Names without what says how it was measured, unless two of the file would become one.
void shorten_names(Reader& reader) {
    std::unordered_map<std::string, std::size_t> whole_names;  // by short name
    for (const std::string& name : reader.single) ++whole_names[measured_name(name)];
    const auto shorten = [&](std::string& name) {
        std::string shorter = measured_name(name);
        if (whole_names[shorter] == 1) name = std::move(shorter);
    };
    for (BenchRepetition& repetition : reader.result.repetitions) shorten(repetition.name);
    for (SkippedRow& row : reader.result.skipped) shorten(row.name);
}

void flatten(const json& value, const std::string& name, const std::string& where,
             std::map<std::string, std::string>& facts) {
    if (value.is_structured()) {
        for (const auto& [step, inner] : value.items()) {
            if (name.size() + step.size() > kMaxFactName || facts.size() >= kMaxFacts) {
                throw InputError({.where = where + ", context",
                                  .expected = fmt::format("at most {} facts with names of at most {} bytes",
                                                          kMaxFacts, kMaxFactName),
                                  .found = "more",
                                  .remedy = "This is not a file of Google Benchmark"});
            }
            flatten(inner, name.empty() ? step : fmt::format("{}.{}", name, step), where, facts);
        }
    } else if (value.is_string()) {
        facts.emplace(name, value.get_ref<const std::string&>());
    } else if (!value.is_null()) {
        facts.emplace(name, value.dump());
    }
}

/// Files of other programs have no schema.
void require_known_schema(const std::map<std::string, std::string>& context, const std::string& where) {
    const auto schema = context.find("mnist.schema");
    if (schema == context.end() || schema->second == "mnist-bench/1") return;
    throw InputError({.where = where + ", context.mnist.schema",
                      .expected = "\"mnist-bench/1\"",
                      .found = described(schema->second),
                      .remedy = kNewerProgram});
}

}  // namespace

bool looks_like_bench_json(const json& root) {
    if (!root.is_object()) return false;
    const auto context = root.find("context");
    const auto benchmarks = root.find("benchmarks");
    return context != root.end() && context->is_object() && benchmarks != root.end() &&
           benchmarks->is_array();
}

ReadBench read_bench_rows(const std::string& text, const std::string& where) {
    Reader reader;
    std::size_t rows = 0;
    JsonRows parser(
        "benchmarks",
        [&] {
            reader = {};
            rows = 0;
        },
        [&](json&& row) {
            if (rows < kMaxRows) add_row(row, rows, reader);
            ++rows;
        });
    ReadBench read{.result = {}, .rest = parse_lenient_json(text, where, parser)};
    if (!looks_like_bench_json(read.rest)) return read;
    flatten(read.rest.at("context"), "", where, reader.result.context);
    require_known_schema(reader.result.context, where);
    if (rows > kMaxRows) {
        throw InputError({.where = where + ", benchmarks",
                          .expected = fmt::format("at most {} rows", kMaxRows),
                          .found = fmt::format("an array of {} elements", rows),
                          .remedy = "This is not a file of Google Benchmark"});
    }
    if (reader.single.empty() && !reader.aggregated.empty()) {
        throw InputError({.where = where + ", benchmarks",
                          .expected = "single repetitions",
                          .found = "their aggregates only",
                          .remedy = "Measure again without --benchmark_report_aggregates_only"});
    }
    add_aggregates_only(reader);
    shorten_names(reader);
    read.result = std::move(reader.result);
    return read;
}

BenchResult parse_bench_result(const std::string& text, const std::string& where) {
    ReadBench read = read_bench_rows(text, where);
    if (read.result) return *std::move(read.result);
    throw InputError({.where = where,
                      .expected = "an object \"context\" and an array \"benchmarks\"",
                      .found = read.rest.is_object() ? "an object without them" : described(read.rest),
                      .remedy = "Give a file that --benchmark_out=FILE wrote"});
}

BenchResult read_bench_result(const std::filesystem::path& path) {
    return parse_bench_result(read_file(path, kMaxResultBytes), path.string());
}

}  // namespace mnist
