// What the library reports on its way to people and files. Both get the names of the registry instead of the
// library's longer ones, and no number that JSON does not have (the spread of a counter that is always 0 is
// 0/0).
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mnist/report/progress_line.hpp"
#include "options.hpp"

namespace mnist::bench {

using Run = benchmark::BenchmarkReporter::Run;

/// The run under its registered name, without counters and times that are no finite numbers.
[[nodiscard]] Run cleaned(Run run);

/// Whether the run ended with an error; the library renamed the member in 1.8.
template <class R>
[[nodiscard]] bool has_error(const R& run) {
    if constexpr (requires { run.error_occurred; }) {
        return run.error_occurred;
    } else {
        return run.skipped != decltype(run.skipped){};
    }
}

/// Why it ended so; the library renamed this member as well.
template <class R>
[[nodiscard]] const std::string& error_message(const R& run) {
    if constexpr (requires { run.error_message; }) {
        return run.error_message;
    } else {
        return run.skip_message;
    }
}

/// The library's table, below the progress line. The load counters, the seed and the peak itself are
/// in files only: they would push everything else off the screen. What keeps a benchmark from running is said
/// once and not for each repetition.
class ConsoleTable final : public benchmark::ConsoleReporter {
  public:
    /// `unread` is called once where the output can be written no longer.
    ConsoleTable(OutputOptions options, std::size_t name_columns, ProgressLine& progress,
                 std::function<void()> unread)
        : ConsoleReporter(options), columns_(name_columns), progress_(progress), unread_(std::move(unread)) {}
    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;

  private:
    std::size_t columns_;
    ProgressLine& progress_;
    std::function<void()> unread_;
    std::set<std::string> told_;  ///< names and messages of errors in the table
};

/// Keeps everything until the end, when the last facts are known.
class Collector final : public benchmark::BenchmarkReporter {
  public:
    bool ReportContext(const Context& /*context*/) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override;
    /// Changes each run that was kept.
    void amend(const std::function<void(Run&)>& change);
    /// Forgets runs with an error.
    void drop_errors();
    /// As they came: all repetitions of a benchmark in one group or each in its own.
    [[nodiscard]] const std::vector<std::vector<Run>>& groups() const { return groups_; }
    /// Everything in the library's own schema, or its table.
    [[nodiscard]] std::string text(Format format) const;

  private:
    std::vector<std::vector<Run>> groups_;
};

/// Whether the library calls itself a debug build in its results.
[[nodiscard]] bool library_says_debug();

}  // namespace mnist::bench
