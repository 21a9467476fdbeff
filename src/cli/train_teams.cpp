// What nobody said about threads and jobs is timed here, before anything that counts.
#include "train_teams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "mnist/core/isa.hpp"
#include "mnist/machine/calibrate.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/train/tuning.hpp"

namespace mnist {

void warn_about_speed(const TrainResult& result, std::size_t cpus, Console& console) {
    const BuildFacts& build = result.build;
    const TrainConfig& config = result.config;
    const std::string threads = fmt::format("{} thread{}", config.threads, config.threads == 1 ? "" : "s");
    if (config.jobs > 1 && config.jobs * config.threads > cpus) {
        console.warn(fmt::format(
            "{} jobs of {} are more than the {} that this process may run at once, so they take turns: "
            "--jobs auto trains as many side by side as pays",
            config.jobs, threads, cpus));
    } else if (config.threads > cpus) {
        console.warn(fmt::format(
            "--threads {} is more than the {} that this process may run at once: leave the flag out for the "
            "best speed",
            config.threads, cpus));
    }
    const auto quota = result.machine.cgroup_cpu_quota;
    if (config.jobs > 1 && quota && *quota < static_cast<double>(config.jobs * config.threads)) {
        console.warn(
            fmt::format("{} jobs of {} share a quota of {:.2f} CPUs, which holds them back in turn: their "
                        "speeds say little",
                        config.jobs, threads, *quota));
    }
    if (const auto narrowed = inherited_binding(result.machine, dropped_openmp_binding()))
        console.warn(*narrowed);
    if (build.build_type != "Release" && build.build_type != "RelWithDebInfo") {
        console.warn(fmt::format("this is a {} build, its speed says little: use cmake --preset release",
                                 build.build_type.empty() ? "plain" : build.build_type));
    }
    console.warn_of_tracing();
    if (const auto slow = slow_isa_warning()) console.warn(*slow);
}

// The processors that the runs will be pinned to, of all jobs.
std::vector<int> cpus_of_teams(const ExperimentInputs& inputs) {
    const TrainConfig& config = inputs.config;
    std::vector<int> cpus;
    for (const UsableCpus& team : separate_cpus(inputs.cpus, config.jobs, config.threads)) {
        for (const int cpu : team.order)
            if (std::find(cpus.begin(), cpus.end(), cpu) == cpus.end()) cpus.push_back(cpu);
    }
    return cpus;
}

// Before anything is timed that counts.
void choose_teams(ExperimentInputs& inputs, const std::atomic<bool>& stop) {
    TrainConfig& config = inputs.config;
    const std::size_t runs = config.seeds * config.optimizers.size();
    if (config.jobs > 1) {
        config.jobs = std::min(config.jobs, runs);
        config.threads = std::max<std::size_t>(1, config.threads);
        return;
    }
    if (config.jobs == 1 && config.threads > 0) return;
    TeamChoice team{.workers = team_size(config.threads, inputs.cpus),
                    .loader_threads = config.loader_threads};
    if (config.epochs > 0) {
        team = config.jobs == 1 ? fastest_team(config, *inputs.dataset, inputs.cpus, stop)
                                : fastest_jobs(inputs, stop);
    }
    config.threads = team.workers;
    config.loader_threads = team.loader_threads;
    config.jobs = team.jobs;
}

// Of one run's threads, while those of all jobs compute. Other programs can only lower what is measured, so
// the larger of two measurements is nearer to the truth. There is none where an earlier process had other
// threads or another processor.
void measure_peak(TrainResult& result, const std::vector<int>& cpus, Exchange* ranks) {
    if (result.config.epochs == 0 || (ranks == nullptr && processes_differ(result))) return;
    double peak = fma_peak_gflops(cpus) / static_cast<double>(result.config.jobs);
    if (ranks != nullptr) {
        std::vector<double> peaks(ranks->ranks(), 0.0);
        peaks[ranks->rank()] = peak;
        ranks->join(peaks);
        peak = std::accumulate(peaks.begin(), peaks.end(), 0.0);
    }
    result.fma_peak_gflops = std::max(result.fma_peak_gflops.value_or(0), peak);
}

}  // namespace mnist
