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

// Each rank takes the same part.
ExperimentRun train_part(Bench& bench, const TrainConfig& config) {
    return run_one(bench, config, std::nullopt, config.epochs);
}

TrainConfig config_of(const TrainConfig& wanted, const RankPart& part) {
    TrainConfig config = wanted;
    config.seed += part.repetition;
    config.epochs = static_cast<std::size_t>(part.iterations);
    return config;
}

void train(Call& call, Bench& bench, const TrainConfig& wanted) {
    const TrainConfig config = config_of(wanted, {call.repetition, call.state.max_iterations});
    std::optional<RunRecord> run;
    std::size_t epoch = 0;
    while (call.state.KeepRunning()) {
        if (!run) {
            ExperimentRun result = train_part(bench, config);
            run = std::move(result.run);
            call.state.SetLabel(result.label);
            if (bench.cluster == nullptr) call.workers = result.workers;
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
    count_ranks(call, bench, run->ranks, config.batch_size);
}

// Of bf16, a few rows beside their f32 ones.
bool in_default_set(OptimizerKind optimizer, std::size_t batch) {
    return optimizer == OptimizerKind::adam && batch >= 64 && batch <= 1024;
}

}  // namespace

void add_train(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const Optimizer& optimizer : kOptimizers) {
            for (const NamedBatch& batch : bench.batches(kTrainBatches)) {
                for (const Precision precision :
                     bench.precisions(in_default_set(optimizer.kind, batch.rows))) {
                    TrainConfig config = bench.config(optimizer.kind, batch.rows, threads);
                    config.precision = precision;
                    registry.push_back(
                        {.name = fmt::format("Train/{}/{}{}{}{}", optimizer.label, batch.name,
                                             precision_suffix(precision), bench.threads_suffix(threads),
                                             bench.ranks_suffix()),
                         .threads = threads,
                         .needs_data = true,
                         .needs_peak = has_peak(bench, precision),
                         .manual_time = true,
                         .iterations = static_cast<std::int64_t>(config.epochs),
                         .usual_s = 0.3 * static_cast<double>(config.epochs),
                         .unit = benchmark::kMillisecond,
                         .on_request = request_of(optimizer),
                         .obstacle = precision_obstacle(precision).value_or(""),
                         .require = [&bench, batch] { require_rows(bench, batch); },
                         .run = [&bench, config](Call& call) { train(call, bench, config); },
                         .serve =
                             [&bench, config](const RankPart& part) {
                                 static_cast<void>(train_part(bench, config_of(config, part)));
                             }});
                }
            }
        }
    }
}

}  // namespace mnist::bench
