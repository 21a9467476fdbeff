// What a history keeps of result files: of each benchmark one number a file, and the facts that order and
// group files. Little enough for ten thousand files in memory, and for a cache beside them that is only ever
// a shortcut: whatever is wrong with it, the files are read again. Repetitions are not kept: a file is a
// process, which is what repeats in a history.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/results/result_file.hpp"

namespace mnist {

/// One benchmark of one file.
struct HistoryRow {
    std::string name;
    double seconds = 0;             ///< median of its repetitions, above 0
    std::uint32_t repetitions = 1;  ///< at least 1
    std::optional<double> accuracy{};
    std::uint32_t runs = 0;  ///< whose mean `accuracy` is
    /// What the file measured of its machine with as many threads: 1 / multiply-add peak (GFLOP/s), 1 /
    /// bandwidth (GB/s).
    std::optional<double> compute_seconds{};
    std::optional<double> memory_seconds{};
    bool disturbed = false;

    bool operator==(const HistoryRow&) const = default;
};

struct HistoryReading {
    std::map<std::string, std::string> facts;  ///< of machine, build, configuration, label and time
    std::vector<HistoryRow> rows;

    bool operator==(const HistoryReading&) const = default;
};

/// Longer names and values of facts are left out: nobody reads them, and regular expressions run over them.
inline constexpr std::size_t kMostNameBytes = 1000;
/// Files that one history reads.
inline constexpr std::size_t kMostHistoryFiles = 20'000;

/// Rows that measure the machine are no rows of the reading: they are in the others'.
[[nodiscard]] HistoryReading history_reading(const ResultFile& result);

struct HistoryFile {
    std::string path;
    HistoryReading reading;
};

/// A file, a commit's files or a row that is not in the history, and why; reads "WHAT: WHY".
struct LeftOut {
    std::string what;
    std::string why;
};

struct HistoryFiles {
    std::vector<HistoryFile> files;  ///< each run once, by path
    std::vector<LeftOut> left_out;
    std::size_t parsed = 0;  ///< that the cache did not know
};

struct HistoryReadSettings {
    std::filesystem::path cache;  ///< the cache's file; without it, or where it cannot be used, all is parsed
    std::function<void(std::size_t done, std::size_t all)> progress;  ///< may be empty
};

/// $XDG_CACHE_HOME/mnist_bench/history.sqlite or the same in ~/.cache; empty where neither is known.
[[nodiscard]] std::filesystem::path history_cache_path();

/// Files and folders of them, to any depth: in folders all *.json, without following links to folders. What
/// is no result is left out. Throws InputError for an argument that does not exist, and for more than
/// kMostHistoryFiles. A file whose size and time of change the cache knows is not opened; one whose content
/// it knows by SHA-256 is not parsed.
[[nodiscard]] HistoryFiles read_history_files(std::span<const std::string> arguments,
                                              const HistoryReadSettings& settings);

}  // namespace mnist
