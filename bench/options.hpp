// What the program can be told: its own words, which are those of `mnist`, and Google Benchmark's. All are
// read and checked here, because the library ends the program with exit code 0 or 1 on a bad value and would
// overwrite an existing result; it gets only what has been checked. Its environment variables
// (BENCHMARK_FILTER, ...) count where the flag is not given. Left out: csv, which the library writes only
// where all benchmarks have the same counters, and hardware counters, which Debian builds the library
// without.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/train_config.hpp"

namespace mnist::bench {

/// In Options::copies: one on each physical core.
inline constexpr std::size_t kAllCopies = 0;

/// A name for `out` that keeps no result.
inline constexpr const char* kNoResult = "/dev/null";

enum class Format { console, json };

/// The how-manieth of how many processes, from 0.
struct ProcessOf {
    std::size_t number = 0, of = 1;
};

struct Options {
    std::optional<std::string> dataset;
    std::optional<std::filesystem::path> data_dir;
    std::optional<std::string> data_prefix;  ///< of several sets in the folder
    std::size_t epochs = 5;                  ///< of a repetition of Train
    std::size_t max_epochs = 50;             ///< of TimeToAccuracy
    std::uint64_t seed = 0;                  ///< of the first repetition
    std::vector<std::size_t> threads;        ///< empty: auto, as many as machine/workers says
    std::vector<std::size_t> copies;         ///< of each training of Train, side by side; empty: Train alone
    std::vector<std::size_t> rows_per_rank;  ///< rows of a batch for each rank; empty: the usual batches
    bool data_from_root = false;             ///< of several ranks only the first reads the data
    bool allow_mixed = false;                ///< ranks may differ in what decides bits
    std::vector<Precision> precisions;       ///< empty: f32, and a few of bf16
    std::optional<std::size_t> loader_threads;  ///< empty: none in training, some counts in Loader

    std::string filter;  ///< as Google Benchmark reads it; empty: all
    /// The result's file; /dev/null: none; empty: a new one, or standard output where `format` is json.
    std::optional<std::filesystem::path> out;
    Format format = Format::console;  ///< of standard output
    Format out_format = Format::json;
    std::string colour = "auto";  ///< auto, true, false
    bool tabular = false;
    bool list_tests = false;
    bool time_unit_given = false;
    bool interleaved = false;  ///< repetitions of all benchmarks mixed at random
    bool compare_set = false;  ///< --preset compare; what it sets is in its place already
    bool score = false;        ///< --score; what it sets is in its place already
    bool noise_floor = false;  ///< compare even repetitions with odd ones and keep what differs
    std::size_t repetitions = 1;
    std::size_t processes = 1;  ///< that measure the set in turn, each with all repetitions
    /// Set in one of several processes that another one started.
    std::optional<ProcessOf> process_of;
    std::optional<double> until_decided;        ///< measure until ratios to the base are known to this share
    std::optional<std::filesystem::path> base;  ///< the result that these are ratios to
    std::size_t max_repetitions = 100;          ///< of a row, with until_decided
    std::optional<double> min_time_s;           ///< instead of each benchmark's own
    std::optional<std::int64_t> iterations;     ///< instead of a least time
    double warmup_s = 0;
    std::string again;  ///< flags that say what was measured, " --threads=1 --seed=3", as a shell takes them
    std::vector<std::string> for_library;    ///< flags that Google Benchmark carries out
    std::vector<std::string> for_processes;  ///< flags as given, for other processes to measure the same
    bool display_aggregates_only = false;
};

struct Parsed {
    std::optional<Options> options;  ///< empty: only `text` is to be printed
    std::string text{};
};

/// Reads the command line. Throws InputError, which names the flag and suggests the nearest known one.
[[nodiscard]] Parsed parse_options(int argc, const char* const* argv);

}  // namespace mnist::bench
