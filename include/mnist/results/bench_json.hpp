// Google Benchmark's JSON, of ours or of any other program: what `mnist compare` takes beside the files of
// `mnist train`. Versions 1.4 to 1.9, with or without aggregates, repetitions in any order. Only repetitions
// are read: aggregates, complexities and memory counts are left out, because every statistic is computed
// again from the repetitions. One bad row costs that row and never the file; a file that is no JSON, or has
// no repetitions at all, is an InputError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/core/disturbance.hpp"

namespace mnist {

/// One repetition of one benchmark: a row of run type "iteration".
struct BenchRepetition {
    /// Run name without what Google Benchmark appends about how it measured ("/repeats:10",
    /// "/min_time:0.500",
    /// "/min_warmup_time:1.000", "/iterations:5", "/process_time", "/real_time", "/manual_time"), so that
    /// files measured with other settings match. "/threads:4" stays: it says what was measured. Where two
    /// names of one file would become one, both stay whole.
    std::string name;
    double seconds = 0;                         ///< real or manual time of one iteration; finite, above 0
    std::optional<std::uint64_t> iterations{};  ///< that were timed together
    std::map<std::string, double> counters;     ///< finite ones; Google Benchmark's own keys are none
    std::string label;                          ///< empty where the row has none
    std::optional<std::uint64_t> index;         ///< place among the repetitions of its name, in time
};

/// Counter of a repetition that says which process of `mnist_bench --processes` measured it, from 0; and the
/// fact how many there were.
inline constexpr const char* kProcess = "process";
inline constexpr const char* kProcesses = "mnist.processes";

/// How often `mnist_bench --until-decided` planned to look at what it measured, and how often it did.
inline constexpr const char* kPlannedLooks = "mnist.until_decided.planned_looks";
inline constexpr const char* kLooks = "mnist.until_decided.looks";

/// A row that nothing can be computed from, or a benchmark of which the file has aggregates only.
struct SkippedRow {
    std::string name;    ///< as BenchRepetition's; "benchmarks[3]" where the row has none
    std::string reason;  ///< reads on from "NAME: "; may hold a message of the measured program, as it is
};

struct BenchResult {
    /// Facts about the run, flat: "host_name", "num_cpus", "mnist.machine.cpu_model", "caches.0.size",
    /// "load_avg.2". Numbers and booleans as their JSON text; null and what is no number are left out.
    std::map<std::string, std::string> context;
    std::vector<BenchRepetition> repetitions;  ///< in the order of the file
    std::vector<SkippedRow> skipped;           ///< in the order of the file, then those with aggregates only
};

/// What the counters of a repetition say about it, under the keys of kDisturbanceFacts. Files from before the
/// switches a second were counted have "involuntary_switches", their number: over the time of all iterations.
/// A value that is none (a share below 0 or above 1) is left out.
[[nodiscard]] Disturbance disturbance_of(const BenchRepetition& repetition);

/// Whether a counter of ours says how disturbed a repetition was, and nothing of the program: of use beside
/// the repetition, not over several. waiting_share says both and is none.
[[nodiscard]] bool is_about_disturbance(std::string_view counter);

/// An object with an object "context" and an array "benchmarks".
[[nodiscard]] bool looks_like_bench_json(const nlohmann::json& root);

/// `where` names the source in errors. The bare words NaN and Infinity (Google Benchmark writes them, JSON
/// does not know them), in any case and with a sign, and numbers that no double holds count as absent: a
/// counter is left out, a time costs its row. Rows are skipped that failed or were skipped when they were
/// measured, have no name, a key of a wrong type, an unknown unit, a time that is not above 0, or a
/// repetition index that the same name had before (the first stays).
/// Throws InputError: not JSON or not UTF-8
/// (with the byte), "context" or "benchmarks" missing or of another type, aggregates only, larger than
/// kMaxResultBytes, nested deeper than 32 levels, more than five million values, 500,000 rows or 10,000 facts
/// in the context. Cost: O(n log n) in the size of the text. Memory: about six times the text for real files,
/// 0.4 GB for the most hostile of those that were tried.
[[nodiscard]] BenchResult parse_bench_result(const std::string& text, const std::string& where);

/// read_file and parse_bench_result. Throws InputError.
[[nodiscard]] BenchResult read_bench_result(const std::filesystem::path& path);

}  // namespace mnist
