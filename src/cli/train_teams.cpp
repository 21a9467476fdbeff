// What nobody said about threads and jobs is timed here, before anything that counts.
#include "train_teams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "mnist/core/isa.hpp"
#include "mnist/machine/calibrate.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/machine/speed_warnings.hpp"
#include "mnist/train/tuning.hpp"

namespace mnist {

// The governor counts for measurements, which a training is only beside.
void warn_about_speed(const TrainResult& result, std::size_t cpus, Console& console) {
    const TrainConfig& config = result.config;
    for (const std::string& text : speed_warnings({.quota = result.machine.cgroup_cpu_quota,
                                   .side_by_side = config.jobs > 1 ? config.jobs * config.threads : 0,
                                   .usable_cpus = cpus,
                                   .jobs = config.jobs,
                                   .threads = config.threads,
                                   .build_type = result.build.build_type,
                                   .binding = inherited_binding(result.machine, dropped_openmp_binding()),
                                   .slow_isa = slow_isa_warning()}))
        console.warn(text);
    console.warn_of_tracing();
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
