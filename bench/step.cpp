// Step: one whole training step, without the epoch's shuffle and the evaluations around it. An iteration is a
// step; steps run in groups, because waking the team costs as much as a small step. Where the time goes is
// measured in one more group after the timed ones, because looking at the clock costs a little itself.
#include <fmt/format.h>

#include <algorithm>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/core/flops.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kBatches[]{64, 256, 1024};
constexpr std::size_t kRowsOfGroup = 16384;

std::vector<std::uint32_t> cyclic_order(std::size_t rows, std::size_t count) {
    std::vector<std::uint32_t> order(rows);
    for (std::size_t i = 0; i < rows; ++i) order[i] = static_cast<std::uint32_t>(i % count);
    return order;
}

void count_shares(Call& call, const PhaseSeconds& phases) {
    const double all = phases.rows + phases.weights + phases.waiting;
    call.count("rows_share", phases.rows / all);
    call.count("weights_share", phases.weights / all);
    call.count("waiting_share", phases.waiting / all);
}

void step(Call& call, Bench& bench, const TrainConfig& config) {
    const std::size_t batch = config.batch_size;
    const std::size_t steps = kRowsOfGroup / batch;
    const LabelledRows rows = bench.train_rows();
    const std::vector<std::uint32_t> order = cyclic_order(steps * batch, rows.count);
    Team team(config.threads, bench.cpus);
    Engine engine(team, {.dims = bench.dims(), .batch = batch});
    engine.start(initial_parameters(bench.dims(), config.seed),
                 settings_for(config.optimizers.front(), config));
    const auto run_group = [&](bool timed) { return engine.train_epoch(rows, order, bench.stop, timed); };
    static_cast<void>(run_group(false));  // caches and page tables

    const auto begin = std::chrono::steady_clock::now();
    while (call.state.KeepRunningBatch(static_cast<std::int64_t>(steps))) {
        if (run_group(false).steps < steps) {
            call.state.SkipWithError("interrupted");
            return;
        }
    }
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double samples =
        static_cast<double>(call.state.iterations()) * static_cast<double>(batch) / elapsed_s;
    const double gflops = samples * training_flop_per_sample(bench.dims()) * 1e-9;
    call.count("samples_per_second", samples);
    call.count("gflops", gflops);
    call.count("peak_gflops", bench.peaks.first(config.threads));
    call.count("peak_fraction", gflops / bench.peaks.first(config.threads));
    count_shares(call, run_group(true).phases);
    call.state.SetLabel(implementations_label(engine.primitives()));
}

}  // namespace

void add_step(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const OptimizerKind optimizer : kOptimizers) {
            for (const std::size_t batch : kBatches) {
                const TrainConfig config = bench.config(optimizer, batch, threads);
                registry.push_back({.name = fmt::format("Step/{}/batch:{}{}", word(optimizer), batch,
                                                        bench.threads_suffix(threads)),
                                    .threads = threads,
                                    .needs_data = true,
                                    .needs_peak = true,
                                    .min_time_s = 0.3,
                                    .usual_s = 0.8,
                                    .run = [&bench, config](Call& call) { step(call, bench, config); }});
            }
        }
    }
}

}  // namespace mnist::bench
