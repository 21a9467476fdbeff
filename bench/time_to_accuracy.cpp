// TimeToAccuracy: how long training takes from the initialised network until the test set says 97 %. One
// iteration is one training; its time is training only. A target that is not reached is an error of the
// benchmark, because every number would be a lie. The optimizers stop after the first epoch that reaches it;
// the record's recipe is trained to its end, so that the test set decides nothing but whether it counts.
#include <fmt/format.h>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/core/presets.hpp"
#include "mnist/step/precision.hpp"
#include "session.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kBatch = 64;
constexpr int kTarget = 97;

// As seeds of the default experiment go; only for the time that remains.
std::size_t usual_epochs(OptimizerKind optimizer) {
    return optimizer == OptimizerKind::sgd ? 24 : 8;
}

void time_to_accuracy(Call& call, Bench& bench, const TrainConfig& wanted) {
    TrainConfig config = wanted;
    config.seed += call.repetition;
    RunRecord run;
    while (call.state.KeepRunning()) {
        ExperimentRun result =
            run_one(bench, config, config.target_accuracy, usual_epochs(config.optimizers.front()));
        run = std::move(result.run);
        call.workers = result.workers;
        call.state.SetLabel(result.label);
        if (bench.stop.load()) {
            call.state.SkipWithError(kInterrupted);
            return;
        }
        if (!run.seconds_to_target) {
            const std::string message = fmt::format(
                "{} % not reached within {} epochs (seed {}, best {:.2f} %{}{}): raise --max-epochs", kTarget,
                run.epochs.size(), config.seed, run.best_accuracy.value_or(0), run.message ? "; " : "",
                run.message.value_or(""));
            call.state.SkipWithError(message.c_str());
            return;
        }
        call.state.SetIterationTime(*run.seconds_to_target);
    }
    call.count("seed", static_cast<double>(config.seed));
    call.count("seconds_to_target", run.seconds_to_target);
    if (run.first_epoch_at_target) call.count("epochs_to_target", *run.first_epoch_at_target);
    call.count("test_accuracy", run.last_accuracy);
    call.count("samples_per_second", run.samples_per_second);
}

std::string recipe(const TrainConfig& config) {
    return fmt::format("{}, {} epochs of batch {}, {} to {}, warm-up {}, beta2 {}",
                       word(config.optimizers.front()), config.epochs, config.batch_size,
                       name(config.schedule), learning_rate(config, config.optimizers.front()), config.warmup,
                       config.adam_beta2);
}

void record(Call& call, Bench& bench, const TrainConfig& wanted) {
    TrainConfig config = wanted;
    config.seed += call.repetition;
    RunRecord run;
    while (call.state.KeepRunning()) {
        ExperimentRun result = run_one(bench, config, std::nullopt, config.epochs);
        run = std::move(result.run);
        call.workers = result.workers;
        call.state.SetLabel(recipe(config) + "; " + result.label);
        if (run.status == RunStatus::interrupted) {
            call.state.SkipWithError(kInterrupted);
            return;
        }
        if (run.last_accuracy.value_or(0) < config.target_accuracy) {
            const std::string message = fmt::format(
                "seed {} ended with {:.2f} %, {} % were wanted{}{}: bench/RECORD.md has the rules",
                config.seed, run.last_accuracy.value_or(0), config.target_accuracy, run.message ? "; " : "",
                run.message.value_or(""));
            call.state.SkipWithError(message.c_str());
            return;
        }
        call.state.SetIterationTime(training_seconds(run));
    }
    call.count("seed", static_cast<double>(config.seed));
    call.count("seconds_to_target", training_seconds(run));
    call.count("epochs_to_target", static_cast<double>(run.epochs.size()));
    call.count("test_accuracy", run.last_accuracy);
    call.count("samples_per_second", run.samples_per_second);
}

}  // namespace

void add_time_to_accuracy(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const Precision precision : bench.precisions(true)) {
            TrainConfig fastest = bench.config(OptimizerKind::adam, kBatch, threads);
            apply_record_recipe(fastest, precision);
            registry.push_back({.name = fmt::format("TimeToAccuracy/Record{}{}", precision_suffix(precision),
                                                    bench.threads_suffix(threads)),
                                .threads = threads,
                                .needs_data = true,
                                .manual_time = true,
                                .iterations = 1,
                                .usual_s = 0.5,
                                .unit = benchmark::kSecond,
                                .obstacle = precision_obstacle(precision).value_or(""),
                                .run = [&bench, fastest](Call& call) { record(call, bench, fastest); }});
        }
        for (const Optimizer& optimizer : kOptimizers) {
            TrainConfig config = bench.config(optimizer.kind, kBatch, threads);
            config.epochs = bench.options.max_epochs;
            config.target_accuracy = kTarget;
            registry.push_back(
                {.name = fmt::format("TimeToAccuracy/{}/batch:{}/target:{}{}", optimizer.label, kBatch,
                                     kTarget, bench.threads_suffix(threads)),
                 .threads = threads,
                 .needs_data = true,
                 .manual_time = true,
                 .iterations = 1,
                 .usual_s = optimizer.kind == OptimizerKind::sgd ? 7.0 : 2.5,
                 .unit = benchmark::kSecond,
                 .on_request = request_of(optimizer),
                 .run = [&bench, config](Call& call) { time_to_accuracy(call, bench, config); }});
        }
    }
}

}  // namespace mnist::bench
