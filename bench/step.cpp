// Step: one whole training step, without the epoch's shuffle and the evaluations around it. An iteration is a
// step; steps run in groups, because waking the team costs as much as a small step. Where the time goes is
// measured in one more group after the timed ones, because looking at the clock costs a little itself.
#include <fmt/format.h>

#include <algorithm>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/step/precision.hpp"
#include "shuffled_groups.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kStepBatches[]{64, 256, 1024, 4096};
constexpr std::size_t kRowsOfGroup = 16384;

void count_shares(Call& call, const PhaseSeconds& phases) {
    const double all = phases.rows + phases.weights + phases.waiting;
    call.count("rows_share", phases.rows / all);
    call.count("weights_share", phases.weights / all);
    call.count("waiting_share", phases.waiting / all);
}

void step(Call& call, Bench& bench, const TrainConfig& wanted) {
    TrainConfig config = bench.with_team(wanted);
    // A step alone has no loader: cores that auto gives one compute here, as without it.
    config.threads += config.loader_threads - wanted.loader_threads;
    call.workers = config.threads;
    const std::size_t batch = config.batch_size;
    const std::size_t steps = kRowsOfGroup / batch;
    const LabelledRows rows = bench.train_rows();
    ShuffledGroups groups(rows.count, steps * batch, config.seed);
    Team team(config.threads, bench.cpus.order);
    Engine engine(team, {.dims = bench.dims(), .batch = batch, .precision = config.precision});
    engine.start(initial_parameters(bench.dims(), config.seed),
                 settings_for(config.optimizers.front(), config, steps));
    const auto run_group = [&](bool timed) {
        return engine.train_epoch(rows, groups.next(), bench.stop, timed);
    };
    if (config.loader_threads == wanted.loader_threads)
        bench.grids[training_name(config) + bench.threads_suffix(config.threads)] = engine.grid();
    static_cast<void>(run_group(false));  // caches and page tables

    const auto begin = std::chrono::steady_clock::now();
    // To its end in any case: the library aborts where repetitions differ in their iterations.
    bool interrupted = false;
    while (call.state.KeepRunningBatch(static_cast<std::int64_t>(steps)))
        interrupted = interrupted || run_group(false).steps < steps;
    if (interrupted) {
        call.state.SkipWithError("interrupted");
        return;
    }
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double samples =
        static_cast<double>(call.state.iterations()) * static_cast<double>(batch) / elapsed_s;
    call.count("samples_per_second", samples);
    call.count("gflops", samples * training_flop_per_sample(bench.dims()) * 1e-9);
    count_shares(call, run_group(true).phases);
    call.state.SetLabel(implementations_label(engine.primitives()));
}

}  // namespace

void add_step(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const Optimizer& optimizer : kOptimizers) {
            for (const std::size_t batch : kStepBatches) {
                for (const Precision precision : bench.precisions(false)) {
                    TrainConfig config = bench.config(optimizer.kind, batch, threads);
                    config.precision = precision;
                    registry.push_back(
                        {.name = fmt::format("Step/{}/batch:{}{}{}", optimizer.label, batch,
                                             precision_suffix(precision), bench.threads_suffix(threads)),
                         .threads = threads,
                         .needs_data = true,
                         .needs_peak = precision == Precision::f32,  // whose peak it is
                         .min_time_s = 0.3,
                         .usual_s = 0.8,
                         .on_request = request_of(optimizer),
                         .obstacle = precision_obstacle(precision).value_or(""),
                         .run = [&bench, config](Call& call) { step(call, bench, config); }});
                }
            }
        }
    }
}

}  // namespace mnist::bench
