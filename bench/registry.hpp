// The list of all benchmarks under the names that users see. Google Benchmark appends what it was told to a
// name ("/iterations:5/real_time"), so the names, the filter and the list of tests are ours: a name stays the
// same whatever is set, and results of different settings can be matched.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mnist::bench {

/// One call of a benchmark's function.
struct Call {
    benchmark::State& state;
    std::size_t repetition;  ///< 0 while warming up and while the library looks for a number of iterations
    bool first;              ///< of this benchmark: what is checked once is checked now
    std::optional<std::size_t> workers{};  ///< threads of a training, which auto may have chosen; set by it

    /// Adds a counter; a value that is no finite number is left out, because JSON has none.
    void count(const std::string& name, std::optional<double> value);
};

/// What the first of several ranks is about to call, for the others to take part in.
struct RankPart {
    std::size_t repetition = 0;   ///< Call::repetition
    std::int64_t iterations = 0;  ///< that the library asks for
};

struct Entry {
    std::string name{};
    std::size_t threads = 1;  ///< whose peak its speed is compared with
    bool needs_data = false;
    bool needs_peak = false;      ///< its gflops are of f32 and have a share of the peak
    bool manual_time = false;     ///< else real time
    std::int64_t iterations = 0;  ///< of a repetition; 0: as many as min_time_s takes
    std::size_t repetitions = 0;  ///< 0: those of --benchmark_repetitions
    double min_time_s = 0.1;      ///< only without iterations
    double usual_s = 0.3;         ///< of a repetition, for the time that remains
    benchmark::TimeUnit unit = benchmark::kMicrosecond;
    std::vector<std::string> on_request{};  ///< only where the filter has all these words in it
    std::string obstacle{};                 ///< why it cannot run on this machine; empty: it can
    std::function<void()>
        require{};  ///< throws what forbids it, once the data are there and before any is run
    std::function<void(Call&)> run{};
    std::function<void(const RankPart&)> serve{};  ///< of ranks: what the others do while the first runs it
};

using Registry = std::vector<Entry>;

/// Entries whose name matches as Google Benchmark's filter does: a POSIX extended regular expression anywhere
/// in the name; "" and "all" take everything; a leading '-' takes what does not match. What runs on request
/// only is among it where the filter has its words in it and no leading '-'. Throws InputError for
/// what is no such expression.
[[nodiscard]] Registry matching(Registry all, const std::string& filter);

/// Tells repetitions from the calls before them. The library calls a function with a fixed number of
/// iterations once a repetition; warm-up comes before, first with that number, then with higher ones. Without
/// a fixed number it calls with ever higher ones until one takes long enough; every repetition after the
/// first has that same number.
class RepetitionCounter {
  public:
    RepetitionCounter(std::int64_t iterations, bool warms_up)
        : iterations_(iterations), warms_up_(warms_up) {}
    /// Index of the repetition that a call with this many iterations belongs to; empty for a warm-up.
    [[nodiscard]] std::optional<std::size_t> next(std::int64_t iterations);

  private:
    std::int64_t iterations_;
    bool warms_up_;
    std::size_t done_ = 0;
    std::int64_t last_ = 0;
};

}  // namespace mnist::bench
