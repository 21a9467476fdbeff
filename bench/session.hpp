// Between the registry and Google Benchmark: registers the entries, and does around each call what all of
// them need: the repetition's index, the load of the machine, errors, the progress line.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench.hpp"
#include "mnist/machine/disturbance_watch.hpp"
#include "mnist/report/progress_line.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// Message of benchmarks that were left out because the program was told to end.
inline constexpr const char* kInterrupted = "interrupted";

/// Counter of repetitions that others disturbed: 1, or not there.
inline constexpr const char* kDisturbed = "disturbed";

/// Where a run of benchmarks is, in seconds that each usually takes (plan) and by the clock.
struct Progress {
    double planned_s = 0;           ///< of the plan, all
    double done_s = 0;              ///< of the plan, what has ended
    double running_s = 0;           ///< of the plan, what runs now
    double elapsed_s = 0;           ///< by the clock, until what runs now began
    double since_s = 0;             ///< by the clock, since then
    std::optional<double> share{};  ///< of what runs now, where it knows how much of it is done
};

/// Seconds that remain: what is left of the plan at the pace so far. What runs now without knowing its share
/// falls by the clock, until it has used up what it was given; with a share it takes part in the pace.
[[nodiscard]] double seconds_left(const Progress& progress);

/// What a session does of a longer run.
struct SessionPart {
    std::size_t first = 0;                     ///< repetitions of each entry that there are already
    std::optional<std::size_t> repetitions{};  ///< instead of those of the options
    std::size_t times = 1;                     ///< as often as this is to come, for the time that remains
    std::string title{};                       ///< "process 2 of 5"; before what runs, for people
};

class Session {
  public:
    Session(Registry entries, Bench& bench, ProgressLine& progress, SessionPart part = {});
    ~Session() {
        bench_.between_epochs = [](double /*share*/) {};
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Tells Google Benchmark about all entries. The session must outlive its run.
    void register_entries();
    /// Calls that ended with an error, those of an interruption apart.
    [[nodiscard]] std::size_t errors() const { return errors_; }
    /// peak_gflops and peak_fraction as the highest peak measured by now makes them, in a run or in an
    /// aggregate of runs. Without peak_fraction where it was faster than that peak.
    void use_best_peak(benchmark::BenchmarkReporter::Run& run) const;

  private:
    struct Tracked {
        Entry entry;
        RepetitionCounter counter;
        bool called = false;
        std::optional<std::size_t> last_repetition{};
        std::int64_t iterations = 0;  ///< of the call before
    };
    void call(Tracked& tracked, benchmark::State& state);
    void run_guarded(Tracked& tracked, Call& call);
    void count_share(Call& call, std::size_t threads);
    void count_disturbance(Call& call, const std::string& name);
    void begin(Tracked& tracked, std::optional<std::size_t> repetition);
    void show_progress(std::optional<double> share);

    Bench& bench_;
    ProgressLine& progress_;
    SessionPart part_;
    std::size_t repetitions_;  ///< of this part
    std::vector<Tracked> entries_;
    std::map<std::string, std::size_t> threads_of_;  ///< of entries that are compared with a peak
    DisturbanceWatch watch_;
    std::optional<std::chrono::steady_clock::time_point> last_warning_{};
    std::size_t errors_ = 0;
    Progress plan_;
    std::string running_;  ///< its name and repetition
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point running_since_ = started_;
};

}  // namespace mnist::bench
