// A training step on many cores, put together from what one worker after the other took alone:
//
//   step = sum over phases of (longest share + gate) + lines that a worker reads from others * a line's time
//
// The longest share is that of the worker who ends last where what is dealt to nobody goes to whoever is free
// first, as the gate has it. Pure functions. Left out: that the workers of a phase share memory, the last
// cache and the clock's budget; that each is disturbed at another time, so that the longest of many is longer
// than the longest median; lines that are only written.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "mnist/step/layer_plan.hpp"
#include "mnist/step/lone_member.hpp"

namespace mnist::bench {

/// One phase of a step, in seconds.
struct PhaseShares {
    std::size_t items = 0;
    std::vector<double> own_s{};      ///< [workers]
    std::vector<double> anyones_s{};  ///< of each item that is dealt to nobody
};

/// When the last worker is done.
[[nodiscard]] double longest_share(const PhaseShares& phase);

/// What lone members logged, and its medians over steps.
class ShareSamples {
  public:
    explicit ShareSamples(std::size_t workers) : workers_(workers) {}
    /// The log of one epoch of `steps` steps. The first two bring the caches into their usual state and the
    /// last does no work for a next one; they do not count, so `steps` must be 4 or more.
    void add(std::size_t worker, std::size_t steps, const std::vector<PhaseTimes>& log);
    /// Of each phase of a step, after every worker has added as many epochs.
    [[nodiscard]] std::vector<PhaseShares> medians() const;

  private:
    struct Phase {
        std::size_t items = 0;
        std::vector<std::vector<double>> own, anyones;  ///< [workers] and [items], of samples
    };
    std::size_t workers_;
    std::vector<Phase> phases_;
};

/// What a phase without work takes: base_s + item_s for each item. Measured between as many cores as there
/// are. A worker looks at the cell of every item and the counter of what is done travels once an item, so an
/// item costs what a line on its way costs; with more workers than items each of these looks at the counter
/// and is taken to cost as much as an item. So for more cores than were measured the costs go on linearly.
struct GateCost {
    double base_s = 0;
    double item_s = 0;
};
[[nodiscard]] double gate_seconds(const GateCost& cost, std::size_t items, std::size_t workers);

/// Which phases a step has: rows and weights for each of `turns`; the shards' sums are joined in one of their
/// own where the shards' gradients are items of their own, and the forward pass of the next step in another
/// where it reads weights that others have updated.
struct StepPhases {
    std::size_t shards = 1;  ///< walked through side by side
    std::size_t turns = 1;
    bool joins = false;
    bool forward = false;
};
/// Of an engine's step of so many phases.
[[nodiscard]] StepPhases step_phases(const BatchCut& cut, std::size_t shards, std::size_t phases);

/// Cache lines that the worker with most of each kind reads from others in a step of f32 (docs/engine.md says
/// which travel).
[[nodiscard]] double lines_read(const std::vector<LayerPlan>& layers, const BatchCut& cut,
                                const StepPhases& step, std::size_t workers);

struct Prediction {
    std::array<double, 3> shares_s{};  ///< of the phases rows, weights with joining, and forward
    double gates_s = 0;
    double lines_s = 0;
    [[nodiscard]] double step_s() const {
        return shares_s[0] + shares_s[1] + shares_s[2] + gates_s + lines_s;
    }
};
/// One worker waits for nobody and reads nothing from others.
[[nodiscard]] Prediction predict_step(const std::vector<PhaseShares>& phases, const StepPhases& step,
                                      std::size_t workers, const GateCost& gate, double lines, double line_s);

}  // namespace mnist::bench
