// Stopping at a target is an observer's work: it looks at each epoch's accuracy and sets the flag that ends
// the training.
#include "experiment_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "mnist/cluster/cluster.hpp"
#include "mnist/core/error.hpp"
#include "mnist/train/ranks.hpp"

namespace mnist::bench {
namespace {

class StopAtTarget final : public ExperimentObserver {
  public:
    StopAtTarget(std::optional<double> target, std::size_t usual_epochs, const Bench& bench)
        : target_(target), usual_epochs_(usual_epochs), bench_(bench) {}

    void epoch_finished(const RunRecord& run) override {
        bench_.between_epochs(
            std::min(1.0, static_cast<double>(run.epochs.size()) / static_cast<double>(usual_epochs_)));
        if (bench_.stop.load() || (target_ && run.epochs.back().test_accuracy.value_or(0) >= *target_))
            stop = true;
    }

    std::atomic<bool> stop{false};

  private:
    std::optional<double> target_;
    std::size_t usual_epochs_;
    const Bench& bench_;
};

}  // namespace

ExperimentRun run_one(Bench& bench, const TrainConfig& wanted, std::optional<double> target,
                      std::size_t usual_epochs) {
    const TrainConfig config = bench.with_team(wanted);
    ExperimentInputs inputs{
        .config = config, .dataset = &bench.dataset.value(), .initial_model = {}, .cpus = bench.cpus};
    inputs.exchange = bench.cluster;
    StopAtTarget observer(target, usual_epochs, bench);
    // Without a target the program's own flag ends the training within a step, not within an epoch.
    ExperimentOutcome outcome = run_experiment(inputs, observer, target ? observer.stop : bench.stop);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    bench.grids[training_name(config) + bench.threads_suffix(config.threads) + bench.ranks_suffix()] =
        outcome.grid;
    return {.run = std::move(outcome.runs.front()),
            .label = implementations_label(outcome.primitives),
            .workers = config.threads};
}

ExperimentOutcome run_side_by_side(Bench& bench, const TrainConfig& config, UsableCpus cpus, bool in_step) {
    ExperimentInputs inputs{
        .config = config, .dataset = &bench.dataset.value(), .initial_model = {}, .cpus = std::move(cpus)};
    inputs.in_step = in_step;
    StopAtTarget observer({}, config.epochs, bench);
    ExperimentOutcome outcome = run_experiment(inputs, observer, bench.stop);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    return outcome;
}

void require_same_weights(const std::vector<RunRecord>& runs,
                          const std::function<std::string(std::uint64_t)>& alone) {
    for (const RunRecord& run : runs) {
        const std::string expected = alone(run.seed);
        if (run.weights_sha256 != expected)
            throw Error(
                fmt::format("the copy with seed {} ended with weights {}..., alone it ends with {}...",
                            run.seed, run.weights_sha256.substr(0, 12), expected.substr(0, 12)));
    }
}

std::string alone_name(const TrainConfig& config, std::uint64_t seed) {
    return fmt::format("{}/epochs:{}/seed:{}", training_name(config), config.epochs, seed);
}

void count_ranks(Call& call, const Bench& bench, const std::optional<RankShares>& shares, std::size_t batch) {
    if (!shares) return;
    call.count("compute_share", shares->compute_share);
    call.count("exchange_share", shares->exchange_share);
    call.count("imbalance", shares->imbalance);
    call.count("idle_ranks", static_cast<double>(idle_ranks(bench.ranks(), batch)));
}

bool has_peak(const Bench& bench, Precision precision) {
    return precision == Precision::f32 && bench.cluster == nullptr;
}

void require_rows(const Bench& bench, const NamedBatch& batch) {
    const std::size_t rows = bench.train_rows().count;
    if (bench.options.rows_per_rank.empty() || batch.rows <= rows) return;
    throw InputError({.where = "--rows-per-rank",
                      .expected = fmt::format("at most {}, for {} ranks and {} rows of data",
                                              rows / bench.ranks(), bench.ranks(), rows),
                      .found = batch.name.substr(batch.name.find(':') + 1),
                      .remedy = "Give each rank fewer rows, or start fewer ranks"});
}

std::string implementations_label(const std::vector<PrimitiveFacts>& primitives) {
    std::vector<std::string> names;
    bool fallback = false;
    for (const PrimitiveFacts& primitive : primitives) {
        if (primitive.weights_layout.empty()) continue;
        fallback = fallback || is_fallback(primitive.implementation);
        if (std::find(names.begin(), names.end(), primitive.implementation) == names.end())
            names.push_back(primitive.implementation);
    }
    std::string label = fallback ? "reference loop: " : "";
    for (std::size_t i = 0; i < names.size(); ++i) label += (i == 0 ? "" : ", ") + names[i];
    return label;
}

bool is_fallback(const std::string& implementation) {
    const auto has = [&](const char* part) { return implementation.find(part) != std::string::npos; };
    return has("ref") || has("simple");
}

}  // namespace mnist::bench
