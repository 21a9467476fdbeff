// Step: one whole training step, without the epoch's shuffle and the evaluations around it. An iteration is a
// step; steps run in groups, because waking the team costs as much as a small step. Where the time goes is
// measured in one more group after the timed ones, because looking at the clock costs a little itself.
#include <fmt/format.h>

#include <algorithm>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/cluster/cluster.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/step/precision.hpp"
#include "mnist/train/ranks.hpp"
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

// What all ranks do of a call, group by group.
class StepGroups {
  public:
    StepGroups(Bench& bench, const TrainConfig& config)
        : bench_(bench),
          steps_(std::max<std::size_t>(1, kRowsOfGroup / config.batch_size)),
          rows_(bench.train_rows()),
          groups_(rows_.count, steps_ * config.batch_size, config.seed),
          team_(config.threads, bench.cpus.order),
          engine_(team_, {.dims = bench.dims(),
                          .batch = config.batch_size,
                          .precision = config.precision,
                          .exchange = bench.cluster}) {
        engine_.start(initial_parameters(bench.dims(), config.seed),
                      settings_for(config.optimizers.front(), config, steps_));
        static_cast<void>(train(false));  // caches and page tables
        ranks_.clear();
    }
    [[nodiscard]] std::size_t steps() const { return steps_; }
    [[nodiscard]] const Engine& engine() const { return engine_; }
    /// Seconds of each rank in the groups since the first.
    [[nodiscard]] const std::vector<RankSeconds>& ranks() const { return ranks_; }
    EpochOutcome train(bool timed) {
        EpochOutcome outcome = engine_.train_epoch(rows_, groups_.next(), bench_.stop, timed);
        ranks_.resize(outcome.ranks.size());
        for (std::size_t r = 0; r < ranks_.size(); ++r) {
            ranks_[r].computing += outcome.ranks[r].computing;
            ranks_[r].exchanging += outcome.ranks[r].exchanging;
        }
        return outcome;
    }
    /// Whether it was whole.
    bool run() { return train(false).steps == steps_; }

  private:
    Bench& bench_;
    std::size_t steps_;
    LabelledRows rows_;
    ShuffledGroups groups_;
    Team team_;
    Engine engine_;
    std::vector<RankSeconds> ranks_;
};

void step(Call& call, Bench& bench, const TrainConfig& wanted) {
    TrainConfig config = bench.with_team(wanted);
    // A step alone has no loader: cores that auto gives one compute here, as without it.
    config.threads += config.loader_threads - wanted.loader_threads;
    if (bench.cluster == nullptr) call.workers = config.threads;
    StepGroups groups(bench, config);
    if (config.loader_threads == wanted.loader_threads)
        bench.grids[training_name(config) + bench.threads_suffix(config.threads) + bench.ranks_suffix()] =
            groups.engine().grid();

    const auto begin = std::chrono::steady_clock::now();
    // To its end in any case: the library aborts where repetitions differ in their iterations.
    bool whole = true;
    while (call.state.KeepRunningBatch(static_cast<std::int64_t>(groups.steps())))
        whole = groups.run() && whole;
    if (!whole) {
        call.state.SkipWithError("interrupted");
        return;
    }
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double samples =
        static_cast<double>(call.state.iterations()) * static_cast<double>(config.batch_size) / elapsed_s;
    call.count("samples_per_second", samples);
    call.count("gflops", samples * training_flop_per_sample(bench.dims()) * 1e-9);
    count_ranks(call, bench, shares_of(groups.ranks()), config.batch_size);
    count_shares(call, groups.train(true).phases);
    call.state.SetLabel(implementations_label(groups.engine().primitives()));
}

// As many groups as the library runs on the first rank.
void serve_step(const RankPart& part, Bench& bench, const TrainConfig& config) {
    StepGroups groups(bench, config);
    bool whole = true;
    for (std::int64_t done = 0; done < part.iterations; done += static_cast<std::int64_t>(groups.steps()))
        whole = groups.run() && whole;
    if (whole) static_cast<void>(groups.train(true));
}

}  // namespace

void add_step(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const Optimizer& optimizer : kOptimizers) {
            for (const NamedBatch& batch : bench.batches(kStepBatches)) {
                for (const Precision precision : bench.precisions(false)) {
                    TrainConfig config = bench.config(optimizer.kind, batch.rows, threads);
                    config.precision = precision;
                    registry.push_back(
                        {.name = fmt::format("Step/{}/{}{}{}{}", optimizer.label, batch.name,
                                             precision_suffix(precision), bench.threads_suffix(threads),
                                             bench.ranks_suffix()),
                         .threads = threads,
                         .needs_data = true,
                         .needs_peak = has_peak(bench, precision),
                         .min_time_s = 0.3,
                         .usual_s = 0.8,
                         .on_request = request_of(optimizer),
                         .obstacle = precision_obstacle(precision).value_or(""),
                         .require = [&bench, batch] { require_rows(bench, batch); },
                         .run = [&bench, config](Call& call) { step(call, bench, config); },
                         .serve = [&bench,
                                   config](const RankPart& part) { serve_step(part, bench, config); }});
                }
            }
        }
    }
}

}  // namespace mnist::bench
