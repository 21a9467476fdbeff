// What stands in a row beside the name: times in any unit, counters, and why there is no time.
#include "bench_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "bench_name.hpp"
#include "json_cursor.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/time_units.hpp"

namespace mnist {
namespace {

using nlohmann::json;

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

bool is_true(const json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && *found == true;
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

}  // namespace

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

std::string aggregated_name(const json& row) {
    std::string name = row_name(row);
    const std::size_t suffix = statistic_suffix(name).size();
    if (!row.contains("run_name") && suffix > 0) name.resize(name.size() - suffix - 1);
    return name;
}

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

BenchRepetition read_repetition(const json& row, const std::string& name) {
    BenchRepetition repetition{.name = name,
                               .seconds = seconds_per_iteration(row),
                               .iterations = iterations(row),
                               .counters = counters(row),
                               .label = {},
                               .index = {}};
    const auto label = row.find("label");
    if (label != row.end() && label->is_string()) repetition.label = label->get<std::string>();
    if (row.contains("repetition_index"))
        repetition.index = member(row, "repetition_index").unsigned_integer();
    return repetition;
}

}  // namespace mnist
