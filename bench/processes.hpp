// A set of benchmarks measured in fresh processes in turn. Address space, huge pages and page placement
// differ from start to start: within a process that variance cannot be seen. Nothing is measured in the
// parent.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench.hpp"
#include "context_facts.hpp"
#include "pooled_runs.hpp"

namespace mnist::bench {

class Processes {
  public:
    /// `command` starts this program (own_command).
    Processes(const Bench& bench, std::vector<std::string> command)
        : bench_(bench), command_(std::move(command)) {}

    /// Runs processes of numbers `first` to `last` - 1, each with all repetitions of what `filter` matches
    /// and with seeds of its own, and adds what they measured to `pool`. Ends early where the program is told
    /// to end, and where a process says that what it was given is wrong.
    void measure(const std::string& filter, std::size_t first, std::size_t last, PooledRuns& pool);

    /// Of the first process that measured anything, with the highest of all measured peaks.
    [[nodiscard]] const ContextFacts& facts() const { return facts_; }
    [[nodiscard]] std::size_t measured() const { return measured_; }  ///< processes that gave rows
    [[nodiscard]] std::size_t failed() const { return failed_; }      ///< processes that gave none
    [[nodiscard]] bool erred() const { return erred_ || failed_ > 0; }
    /// The exit code of the first that failed.
    [[nodiscard]] int first_failure() const { return first_failure_; }
    [[nodiscard]] bool gave_up() const { return gave_up_; }

  private:
    [[nodiscard]] std::vector<std::string> words(const std::string& filter, std::size_t number,
                                                 std::size_t of) const;
    void take_facts(const ContextFacts& facts);
    void count_failure(std::size_t number, std::size_t of, int exit_code, int signal);

    const Bench& bench_;
    std::vector<std::string> command_;
    ContextFacts facts_;
    std::size_t measured_ = 0, failed_ = 0;
    bool erred_ = false, gave_up_ = false;
    int first_failure_ = 0;
};

/// A filter that matches these names and no others.
[[nodiscard]] std::string filter_of(const std::vector<std::string>& names);

}  // namespace mnist::bench
