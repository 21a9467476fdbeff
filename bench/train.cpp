// Train: whole epochs of the experiment that `mnist train` runs, from a seed's start, by the same code. The
// timed region is the epochs alone; the evaluation after each is outside. The epochs of a repetition are run
// in one go in its first iteration, and each iteration reports one of them as its time.
#include <fmt/format.h>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/step/precision.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kTrainBatches[]{16, 64, 256, 1024, 4096};

void train(Call& call, Bench& bench, const TrainConfig& wanted) {
    TrainConfig config = wanted;
    config.seed += call.repetition;
    config.epochs = static_cast<std::size_t>(call.state.max_iterations);
    std::optional<RunRecord> run;
    std::size_t epoch = 0;
    while (call.state.KeepRunning()) {
        if (!run) {
            ExperimentRun result = run_one(bench, config, std::nullopt, config.epochs);
            run = std::move(result.run);
            call.state.SetLabel(result.label);
            call.workers = result.workers;
            if (run->status != RunStatus::completed) {
                call.state.SkipWithError(run->message.value_or("interrupted").c_str());
                return;
            }
        }
        call.state.SetIterationTime(run->epochs[epoch++].train_seconds);
    }
    bench.weights_alone.try_emplace(alone_name(config, config.seed), run->weights_sha256);
    const EpochRecord& last = run->epochs.back();
    if (run->samples_per_second) {
        call.count("samples_per_second", run->samples_per_second);
        call.count("gflops", *run->samples_per_second * training_flop_per_sample(bench.dims()) * 1e-9);
    }
    call.count("seed", static_cast<double>(config.seed));
    call.count("train_loss", last.train_loss);
    call.count("test_loss", last.test_loss);
    call.count("test_accuracy", last.test_accuracy);
    if (run->first_epoch_at_target) call.count("epochs_to_target", *run->first_epoch_at_target);
    call.count("seconds_to_target", run->seconds_to_target);
}

// Of bf16, a few rows beside their f32 ones.
bool in_default_set(OptimizerKind optimizer, std::size_t batch) {
    return optimizer == OptimizerKind::adam && batch >= 64 && batch <= 1024;
}

}  // namespace

void add_train(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const Optimizer& optimizer : kOptimizers) {
            for (const std::size_t batch : kTrainBatches) {
                for (const Precision precision : bench.precisions(in_default_set(optimizer.kind, batch))) {
                    TrainConfig config = bench.config(optimizer.kind, batch, threads);
                    config.precision = precision;
                    registry.push_back(
                        {.name = fmt::format("Train/{}/batch:{}{}{}", optimizer.label, batch,
                                             precision_suffix(precision), bench.threads_suffix(threads)),
                         .threads = threads,
                         .needs_data = true,
                         .needs_peak = precision == Precision::f32,  // whose peak it is
                         .manual_time = true,
                         .iterations = static_cast<std::int64_t>(config.epochs),
                         .usual_s = 0.3 * static_cast<double>(config.epochs),
                         .unit = benchmark::kMillisecond,
                         .on_request = request_of(optimizer),
                         .obstacle = precision_obstacle(precision).value_or(""),
                         .run = [&bench, config](Call& call) { train(call, bench, config); }});
                }
            }
        }
    }
}

}  // namespace mnist::bench
