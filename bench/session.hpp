// Between the registry and Google Benchmark: registers the entries, and does around each call what all of
// them need: the repetition's index, the load of the machine, errors, the progress line.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "bench.hpp"
#include "mnist/report/progress_line.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// Message of benchmarks that were left out because the program was told to end.
inline constexpr const char* kInterrupted = "interrupted";

/// Seconds that remain: what is left of the plan at the pace so far. The plan is in usual seconds.
[[nodiscard]] double seconds_left(double elapsed_s, double done_s, double planned_s);

class Session {
  public:
    Session(Registry entries, Bench& bench, ProgressLine& progress);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Tells Google Benchmark about all entries. The session must outlive its run.
    void register_entries();
    /// Calls that ended with an error, those of an interruption apart.
    [[nodiscard]] std::size_t errors() const { return errors_; }
    /// peak_gflops and peak_fraction as the highest peak measured by now makes them, in a run or in an
    /// aggregate of runs.
    void use_best_peak(benchmark::BenchmarkReporter::Run& run) const;

  private:
    struct Tracked {
        Entry entry;
        RepetitionCounter counter;
        bool called = false;
        std::optional<std::size_t> last_repetition{};
    };
    void call(Tracked& tracked, benchmark::State& state);
    void run_guarded(Tracked& tracked, Call& call);
    void show_progress(Tracked& tracked, std::optional<std::size_t> repetition);

    Bench& bench_;
    ProgressLine& progress_;
    std::vector<Tracked> entries_;
    std::map<std::string, std::size_t> threads_of_;  ///< of entries that are compared with a peak
    std::size_t errors_ = 0;
    double planned_s_ = 0;
    double begun_s_ = 0;    ///< of the plan, up to and with what runs now
    double running_s_ = 0;  ///< of the plan, what runs now
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace mnist::bench
