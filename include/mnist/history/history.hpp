// A history: files of many commits, days, libraries or labels in order, by machine and configuration, with
// one series a benchmark and the changes in it. Whatever has no place in it is named, and the rest stays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/history/changes.hpp"
#include "mnist/history/reading.hpp"

namespace mnist {

enum class HistoryOrder : std::uint8_t { commit, date, onednn, label };

/// "commit", "date", "onednn", "label".
[[nodiscard]] std::string_view word(HistoryOrder order);

struct Commit {
    std::string hash;
    std::int64_t time_s = 0;  ///< when it was committed, since 1970
};

/// All commits of the git repository that `folder` is in, parents first, else by the time of the commit. Asks
/// `git rev-list` once, without a shell. Throws InputError where there is no git or no repository.
[[nodiscard]] std::vector<Commit> commits_of(const std::filesystem::path& folder);

/// `from` becomes `to` in names of benchmarks, as std::regex_replace does it; \1 is $1.
struct Rename {
    std::regex from;
    std::string to;
};

/// An expression of a user (ECMAScript). Throws InputError that names `flag`.
[[nodiscard]] std::regex expression(const std::string& text, const std::string& flag);
/// "OLD=NEW": the first '=' that is no part of "(?=" divides. Throws InputError.
[[nodiscard]] Rename rename_of(const std::string& text, const std::string& flag);

struct HistorySettings {
    HistoryOrder order = HistoryOrder::date;
    std::optional<std::regex> benchmark{};  ///< searched for in names, after they were changed
    std::optional<std::regex> machine{};    ///< in the CPU's name, the label and the host's name
    std::vector<Rename> renames{};          ///< one after the other
    ChangeSettings changes{};
    std::int64_t now_s = 0;  ///< files from after it (and a day) are of the future; 0: nothing is
};

/// Where points of all series of a group stand. Texts are as files have them.
struct HistoryPlace {
    std::string
        name;  ///< the commit's twelve digits ("+" behind where the build had more), time, oneDNN, label
    std::string commit;     ///< whole; empty where the files do not say it or have several
    std::string date;       ///< when the first file was measured, UTC; empty where it is not known
    std::string committed;  ///< when the commit was made, UTC; empty where not ordered by commits
    std::string onednn, label, kernel, compiler;
    std::size_t files = 0;
};

struct HistoryLine {
    std::string benchmark;
    std::vector<std::size_t> places;  ///< in the group, ascending, one a point
    std::vector<HistoryPoint> points;
    std::vector<Change> changes;
};

struct HistoryGroup {
    std::string machine;        ///< "AMD EPYC, 2 threads"
    std::string configuration;  ///< what tells it from others of that machine: "epochs 5, precision bf16";
                                ///< may be empty
    std::vector<HistoryPlace> places;
    std::vector<HistoryLine> series;  ///< by name, numbers as numbers
};

struct History {
    HistoryOrder order = HistoryOrder::date;
    std::vector<HistoryGroup> groups;
    std::vector<LeftOut> left_out;     ///< files and rows
    std::vector<std::string> remarks;  ///< on what is in it, sentences
    std::size_t files = 0;             ///< in it
    ChangeSettings settings{};

    [[nodiscard]] std::size_t series() const;
    [[nodiscard]] std::size_t points() const;
};

/// Files of one place, machine and configuration are one point: the median of their times (of those that were
/// not disturbed, where there are any) and the mean of their accuracies. `commits` as of commits_of(), for
/// that order. Deterministic. Cost: that of find_changes, and O(n log n) in the rows.
[[nodiscard]] History history_of(HistoryFiles files, std::span<const Commit> commits,
                                 const HistorySettings& settings);

/// Whether any of `commits` is one of the files'.
[[nodiscard]] bool knows_any(std::span<const Commit> commits, const HistoryFiles& files);

/// Of each group the points that its series need for a change to be found, if they grow together: it takes
/// more with every series that is tested beside them.
[[nodiscard]] std::vector<std::size_t> points_needed(const History& history);

/// Whether the newest points of any series hold an unexplained regression.
[[nodiscard]] bool has_new_regression(const History& history);

/// Seconds since 1970 of "2026-01-31T12:00:00Z", "...+01:00" or, as Google Benchmark before 1.5.1 has it,
/// "2026-01-31 12:00:00". Without a zone, which nobody knows then, it is taken for UTC. Empty for anything
/// else.
[[nodiscard]] std::optional<std::int64_t> parse_time(const std::string& text);

/// Whether `a` stands before `b` where numbers count as numbers: 2.6 before 2.10.
[[nodiscard]] bool numbers_less(std::string_view a, std::string_view b);

}  // namespace mnist
