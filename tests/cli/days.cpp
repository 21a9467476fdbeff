// Noise by arithmetic, so that every run of the tests sees the same days.
#include "days.hpp"

#include <fmt/format.h>

namespace mnist::testing {
namespace {

using Json = nlohmann::json;

/// Time of a row: 10 ms with a little noise that has no order.
double noisy(int day, int stream) {
    return 10 * (1 + 0.002 * ((day * 7 + stream * 5) % 11 - 5));
}

Json row(const std::string& name, double milliseconds) {
    return {
        {"name", name},    {"run_name", name},          {"run_type", "iteration"},  {"repetition_index", 0},
        {"iterations", 1}, {"real_time", milliseconds}, {"cpu_time", milliseconds}, {"time_unit", "ms"}};
}

}  // namespace

Json result_of_day(int day) {
    const double host = day < kHostStep ? 1 : 0.8;
    const double program = day < kProgramStep ? 1 : 1.2;
    const std::string date = fmt::format("2026-{:02}-{:02}T12:00:00Z", 1 + day / 28, 1 + day % 28);
    return {{"context",
             {{"date", date},
              {"host_name", "h"},
              {"num_cpus", 2},
              {"mnist.schema", "mnist-bench/1"},
              {"mnist.created", date},
              {"mnist.machine.cpu_model", "Some CPU"},
              {"mnist.config.threads", "2"},
              {"mnist.fma_peak_gflops.threads:2", fmt::format("{}", 4000 * host / noisy(day, 3))},
              {"mnist.build.commit", fmt::format("{:040x}", day + 1)}}},
            {"benchmarks", Json::array({row("Train/Adam/batch:64", noisy(day, 0) * program / host),
                                        row("Step/SGD/batch:64", noisy(day, 1) / host)})}};
}

}  // namespace mnist::testing
