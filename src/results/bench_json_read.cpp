// Reads Google Benchmark's JSON, row by row: what is wrong with one row is that row's reason and stops there,
// because a file of an hour's measurement is worth more than its one failed benchmark. Limits on rows and
// facts keep the cost in proportion to the file, whatever stands in it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "bench_name.hpp"
#include "bench_rows.hpp"
#include "json_cursor.hpp"
#include "json_rows.hpp"
#include "lenient_json.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/time_units.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRows = 500000;  // of kMaxResultBytes: Google Benchmark needs 150 bytes a row
constexpr std::size_t kMaxFacts = 10000;
constexpr std::size_t kMaxFactName = 1000;  // bytes

/// What Google Benchmark itself writes into a row, 1.4 to 1.9; every other key is a counter.
constexpr std::string_view kOwnKeys[] = {  // in its order
    "name",
    "family_index",
    "per_family_instance_index",
    "run_name",
    "run_type",
    "repetitions",
    "repetition_index",
    "threads",
    "aggregate_name",
    "aggregate_unit",
    "error_occurred",
    "error_message",
    "skipped",
    "skip_message",
    "iterations",
    "real_time",
    "cpu_time",
    "time_unit",
    "cpu_coefficient",
    "real_coefficient",
    "big_o",
    "rms",
    "label",
    "allocs_per_iter",
    "max_bytes_used",
    "total_allocated_bytes",
    "net_heap_growth"};

enum class RowKind {
    repetition,
    statistic,  // over the repetitions of one name
    fit         // of a complexity over several names
};

struct Reader {
    BenchResult result;
    std::unordered_map<std::string, std::set<std::uint64_t>> seen;  // repetition indices by whole run name
    std::unordered_set<std::string> single;  // whole names of repetitions and skipped rows
    std::vector<std::string> aggregated;     // whole names, in file order, with repeats
};

/// Member `key` of a row, named by the key alone: the reason stands beside the row's name. Throws InputError
/// where there is none.
JsonCursor member(const json& row, const char* key) {
    const auto found = row.find(key);
    if (found == row.end()) {
        throw InputError({.where = key, .expected = "this key", .found = "a row without it"});
    }
    return {*found, key};
}

std::string named(const JsonCursor& cursor) {
    std::string name = cursor.string();
    if (name.empty()) cursor.fail("a name");
    return name;
}

std::string row_name(const json& row) {
    return named(member(row, row.contains("run_name") ? "run_name" : "name"));
}

RowKind row_kind(const json& row) {
    if (!row.contains("run_type")) {
        const std::string name = row.contains("name") ? member(row, "name").string() : std::string{};
        const std::string_view suffix = statistic_suffix(name);
        if (suffix.empty()) return RowKind::repetition;
        return suffix == "BigO" || suffix == "RMS" ? RowKind::fit : RowKind::statistic;
    }
    const JsonCursor type = member(row, "run_type");
    const std::string word = type.string();
    if (word == "iteration") return RowKind::repetition;
    if (word != "aggregate") type.fail("\"iteration\" or \"aggregate\"");
    const bool is_fit = row.contains("big_o") || row.contains("rms");
    return is_fit ? RowKind::fit : RowKind::statistic;
}

/// The benchmark that a statistic is about. Files without run names carry it in the row's name.
std::string aggregated_name(const json& row) {
    std::string name = row_name(row);
    const std::size_t suffix = statistic_suffix(name).size();
    if (!row.contains("run_name") && suffix > 0) name.resize(name.size() - suffix - 1);
    return name;
}

bool is_true(const json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && *found == true;
}

/// Why the measured program gave this row no time; empty where it did.
std::optional<std::string> why_not_measured(const json& row) {
    const auto reason = [&](const char* what, const char* key) {
        const auto message = row.find(key);
        const bool is_said = message != row.end() && message->is_string();
        return is_said ? fmt::format("{}: {}", what, message->get_ref<const std::string&>()) : what;
    };
    if (is_true(row, "error_occurred")) return reason("failed when it was measured", "error_message");
    if (is_true(row, "skipped")) return reason("was skipped when it was measured", "skip_message");
    return std::nullopt;
}

double units_per_second(const JsonCursor& unit) {
    const std::string word = unit.string();
    const auto* const known = std::find_if(kTimeUnits.begin(), kTimeUnits.end(),
                                           [&](const TimeUnit& one) { return one.word == word; });
    if (known == kTimeUnits.end()) unit.fail_of(time_unit_words());
    return known->per_second;
}

double seconds_per_iteration(const json& row) {
    const double per_second = units_per_second(member(row, "time_unit"));
    const JsonCursor time = member(row, "real_time");
    if (time.is_null()) {
        throw InputError({.where = "real_time",
                          .expected = "a time above 0",
                          .found = "NaN, an infinity or a number that no double holds"});
    }
    const double seconds = time.number() / per_second;
    if (!(seconds > 0)) time.fail("a time above 0");
    // Nothing takes as long or as little, and ratios of such times are no numbers any more.
    constexpr double kShortest = 1e-30;
    constexpr double kLongest = 1e9;
    if (seconds < kShortest || seconds > kLongest)
        time.fail(fmt::format("a time from {:g} to {:g} seconds", kShortest, kLongest));
    return seconds;
}

bool is_own_key(std::string_view key) {
    return std::find(std::begin(kOwnKeys), std::end(kOwnKeys), key) != std::end(kOwnKeys);
}

// Only for those who want the time of all together, so what is no such number is left out.
std::optional<std::uint64_t> iterations(const json& row) {
    const auto found = row.find("iterations");
    if (found == row.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<std::uint64_t>();
}

std::map<std::string, double> counters(const json& row) {
    std::map<std::string, double> found;
    for (const auto& [key, value] : row.items()) {
        if (!value.is_number() || is_own_key(key)) continue;
        found.emplace(key, value.get<double>());
    }
    return found;
}

void add_repetition(const json& row, const std::string& name, Reader& reader) {
    if (const auto reason = why_not_measured(row)) {
        reader.result.skipped.push_back({name, *reason});
        return;
    }
    BenchRepetition repetition{.name = name,
                               .seconds = seconds_per_iteration(row),
                               .iterations = iterations(row),
                               .counters = counters(row),
                               .label = {},
                               .index = {}};
    const auto label = row.find("label");
    if (label != row.end() && label->is_string()) repetition.label = label->get<std::string>();
    if (row.contains("repetition_index")) {
        const std::uint64_t index = member(row, "repetition_index").unsigned_integer();
        if (!reader.seen[name].insert(index).second) {
            reader.result.skipped.push_back({name, fmt::format("repetition {} stands here twice", index)});
            return;
        }
        repetition.index = index;
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
