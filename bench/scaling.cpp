// Scaling: how long a training step would take with this many cores, also with more than there are, and how
// long it takes with those that there are. Every worker of so many runs its share of the real step alone
// (LoneMember), several steps in a row, so that its core's cache holds what its own would; scaling_model.hpp
// says how a step follows. Prediction and measurement take turns, with one worker and with all, so that the
// speed-ups are of one hour. The reported time is the predicted one. Left out: bf16.
#include <fmt/format.h>

#include <algorithm>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/stats/summary.hpp"
#include "scaling_costs.hpp"
#include "shuffled_groups.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kScalingBatches[]{64, 256, 1024, 4096};
constexpr std::size_t kScalingCores[]{1, 2, 4, 8, 16, 32, 64};
using ScalingClock = std::chrono::steady_clock;

double seconds_since(ScalingClock::time_point begin) {
    return std::chrono::duration<double>(ScalingClock::now() - begin).count();
}

// What all engines of a call have in common.
struct ScalingCase {
    Bench& bench;
    TrainConfig config;  ///< its threads are those that are predicted
    LabelledRows rows;
    std::size_t steps;
    ShuffledGroups groups;
};

class Trainer {
  public:
    Trainer(ScalingCase& of, Team& team)
        : of_(of), engine_(team, {.dims = of.bench.dims(), .batch = of.config.batch_size}) {
        engine_.start(initial_parameters(of.bench.dims(), of.config.seed),
                      settings_for(of.config.optimizers.front(), of.config, of.steps));
    }
    [[nodiscard]] Engine& engine() { return engine_; }
    /// False when the program was told to end.
    [[nodiscard]] bool epoch() {
        return engine_.train_epoch(of_.rows, of_.groups.next(), of_.bench.stop).steps == of_.steps;
    }

  private:
    ScalingCase& of_;
    Engine engine_;
};

// As many workers as are predicted, one after the other on one core.
class Alone {
  public:
    Alone(ScalingCase& of, std::size_t workers)
        : of_(of),
          lone_{.team = workers},
          team_(lone_, of.bench.cpus.order.front()),
          trainer_(of, team_),
          samples_(workers) {}
    [[nodiscard]] bool round() {
        for (lone_.member = 0; lone_.member < lone_.team; ++lone_.member) {
            lone_.phases.clear();
            if (!trainer_.epoch()) return false;
            samples_.add(lone_.member, of_.steps, lone_.phases);
        }
        return true;
    }
    [[nodiscard]] Prediction prediction(const GateCost& gate, double line_s) {
        const std::vector<PhaseShares> phases = samples_.medians();
        const BatchCut cut = cut_batch(of_.config.batch_size);
        const StepPhases step = step_phases(cut, trainer_.engine().shards(), phases.size());
        const double lines = lines_read(trainer_.engine().layers(), cut, step, lone_.team);
        return predict_step(phases, step, lone_.team, gate, lines, line_s);
    }

  private:
    ScalingCase& of_;
    LoneMember lone_;
    Team team_;
    Trainer trainer_;
    ShareSamples samples_;
};

// Workers on a core each.
class Together {
  public:
    Together(ScalingCase& of, std::size_t workers)
        : of_(of), team_(workers, of.bench.cpus.order), trainer_(of, team_) {}
    [[nodiscard]] bool round() {
        const auto begin = ScalingClock::now();
        if (!trainer_.epoch()) return false;
        steps_s_.push_back(seconds_since(begin) / static_cast<double>(of_.steps));
        return true;
    }
    [[nodiscard]] double step_s() const { return median(steps_s_).value_or(0); }

  private:
    ScalingCase& of_;
    Team team_;
    Trainer trainer_;
    std::vector<double> steps_s_;
};

void count_prediction(Call& call, const Prediction& prediction, double one_s, std::size_t batch) {
    call.count("predicted_us", prediction.step_s() * 1e6);
    call.count("rows_us", prediction.shares_s[0] * 1e6);
    call.count("weights_us", prediction.shares_s[1] * 1e6);
    call.count("forward_us", prediction.shares_s[2] * 1e6);
    call.count("gates_us", prediction.gates_s * 1e6);
    call.count("lines_us", prediction.lines_s * 1e6);
    call.count("speedup_predicted", one_s / prediction.step_s());
    call.count("samples_per_second", static_cast<double>(batch) / prediction.step_s());
}

void scale(Call& call, Bench& bench, const TrainConfig& config) {
    const std::size_t cores = config.threads;
    const std::size_t batch = config.batch_size;
    const std::size_t steps = std::max<std::size_t>(8, 4096 / batch);
    const LabelledRows rows = bench.train_rows();
    ScalingCase of{bench, config, rows, steps, ShuffledGroups(rows.count, steps * batch, config.seed)};
    const std::size_t there = bench.cpus.cores;
    std::optional<WorkerCosts> costs;  // a machine of one core cannot say what others cost
    if (there > 1 && cores > 1) costs.emplace(std::min(cores, there), bench.cpus.order);
    Alone one(of, 1);
    Alone many(of, cores);
    Together real_one(of, 1);
    std::optional<Together> real;
    if (cores <= there) real.emplace(of, cores);
    const auto prediction = [&] {
        return costs ? many.prediction(costs->gate(), costs->line_s()) : many.prediction({}, 0);
    };
    while (call.state.KeepRunning()) {
        const auto begin = ScalingClock::now();
        do {
            if (costs) costs->measure();
            if (!one.round() || !many.round() || !real_one.round() || (real && !real->round())) {
                call.state.SkipWithError("interrupted");
                return;
            }
        } while (seconds_since(begin) < bench.options.min_time_s.value_or(1.0));
        call.state.SetIterationTime(prediction().step_s());
    }
    count_prediction(call, prediction(), one.prediction({}, 0).step_s(), batch);
    if (!real) return;
    call.count("measured_us", real->step_s() * 1e6);
    call.count("speedup_measured", real_one.step_s() / real->step_s());
}

}  // namespace

void add_scaling(Registry& registry, Bench& bench) {
    std::vector<std::size_t> counts = bench.options.threads;
    if (counts.empty()) counts.assign(std::begin(kScalingCores), std::end(kScalingCores));
    for (const Optimizer& optimizer : kOptimizers) {
        for (const std::size_t batch : kScalingBatches) {
            for (const std::size_t cores : counts) {
                const TrainConfig config = bench.config(optimizer.kind, batch, cores);
                std::vector<std::string> request = request_of(optimizer);
                request.emplace_back("Scaling");
                registry.push_back(
                    {.name = fmt::format("Scaling/{}/batch:{}/cores:{}", optimizer.label, batch, cores),
                     .needs_data = true,
                     .manual_time = true,
                     .iterations = 1,
                     .usual_s = 1.3,
                     .on_request = std::move(request),
                     .run = [&bench, config](Call& call) { scale(call, bench, config); }});
            }
        }
    }
}

}  // namespace mnist::bench
