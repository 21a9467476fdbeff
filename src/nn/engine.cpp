// Puts plans, memory, programs and the team together and walks through epochs.
#include "mnist/nn/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "eval_program.hpp"
#include "mnist/core/error.hpp"
#include "step_program.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

// Blocked where all three directions of every layer run on oneDNN's matrix kernels for blocked weights;
// elsewhere they would fall to a reference loop.
KernelFamily fastest_family(const std::vector<std::size_t>& dims, std::size_t rows) {
    for (const LayerPlan& plan : plan_layers(dims, KernelFamily::blocked)) {
        const auto tag = tag_of(WeightsLayout::blocked, plan.panel_width);
        const onednn::InnerProductShape whole{
            .rows = rows, .in = plan.in_padded, .out = plan.out_padded, .weights_tag = tag};
        const onednn::InnerProductShape panel{
            .rows = rows, .in = plan.in_padded, .out = plan.panel_width, .weights_tag = tag};
        try {
            if (!onednn::inner_product_forward(whole, false).fast()) return KernelFamily::gemm;
            if (!onednn::inner_product_backward_data(whole).fast()) return KernelFamily::gemm;
            if (!onednn::inner_product_backward_weights(panel).fast()) return KernelFamily::gemm;
        } catch (const BackendError&) {
            return KernelFamily::gemm;  // this oneDNN knows no kernel for the layout at all
        }
    }
    return KernelFamily::blocked;
}

std::size_t index_of_maximum(const float* row, std::size_t n) {
    return static_cast<std::size_t>(std::max_element(row, row + n) - row);
}

// Adds the time since the last look to a part of the step; does nothing unless the epoch is timed.
class PhaseClock {
  public:
    PhaseClock(bool timed, PhaseSeconds& seconds) : timed_(timed), seconds_(seconds) {
        if (timed_) last_ = Clock::now();
    }
    void add(double PhaseSeconds::*part) {
        if (!timed_) return;
        const auto now = Clock::now();
        seconds_.*part += std::chrono::duration<double>(now - last_).count();
        last_ = now;
    }

  private:
    bool timed_;
    PhaseSeconds& seconds_;
    Clock::time_point last_{};
};

}  // namespace

class Engine::Impl {
  public:
    Impl(Team& team, EngineOptions options);

    void start(const ModelParameters& weights, const OptimizerSettings& optimizer);
    EpochOutcome train_epoch(const LabelledRows& rows, std::span<const std::uint32_t> order,
                             const std::atomic<bool>& stop, bool timed);
    template <class Visit>
    void forward_tiles(const LabelledRows& rows, Visit&& visit);
    EvalOutcome evaluate(const LabelledRows& rows);
    std::vector<float> logits(const LabelledRows& rows);
    ModelParameters parameters(bool gradients) const;
    std::vector<PrimitiveFacts> primitives() const;

    std::vector<LayerPlan> plans;

  private:
    /// What the threads of one epoch share.
    struct EpochWork {
        const LabelledRows& rows;
        std::span<const std::uint32_t> order;
        const std::atomic<bool>& stop;
        bool timed;
        std::size_t steps;
        std::uint64_t serial;  ///< of the epoch's first step
    };
    void make_programs();
    [[nodiscard]] StepProgram& program(const EpochWork& work, std::size_t step);
    [[nodiscard]] StepInput input(const EpochWork& work, std::size_t step) const;
    [[nodiscard]] StepProgram::Panels group(std::size_t g) const;
    void walk(const EpochWork& work, std::size_t thread);
    bool step(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool rows_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool weights_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool forward_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    void forward_group(const EpochWork& work, std::size_t s, std::size_t g, std::size_t thread);
    void check_rows(const LabelledRows& rows) const;
    EpochOutcome summarise(const EpochWork& work) const;

    struct alignas(kCacheLine) ThreadLog {
        PhaseSeconds phases;
        std::size_t steps = 0;
    };

    Team& team_;
    EngineOptions options_;
    Isa isa_;
    std::vector<LayerMemory> layers_;
    onednn::Scratchpads scratchpads_;
    std::optional<BatchBuffers> buffers_;
    std::unique_ptr<StepProgram> full_;
    std::unique_ptr<StepProgram> last_;
    std::unique_ptr<EvalProgram> eval_;
    std::unique_ptr<PhaseGate> gate_;
    OptimizerSettings optimizer_;
    UpdateFn update_ = nullptr;
    std::uint64_t steps_taken_ = 0;  ///< by the optimizer since start()
    std::uint64_t next_serial_ = 1;  ///< of steps since the engine was made, also of those that were cut off
    std::size_t groups_ = 0;         ///< into which the first layer's panels are divided
    std::vector<double> tile_losses_;  ///< [step][tile], sums over the tile's rows
    std::vector<ThreadLog> logs_;
};

Engine::Impl::Impl(Team& team, EngineOptions options)
    : team_(team),
      options_(std::move(options)),
      isa_(options_.isa.value_or(detected_isa())),
      scratchpads_(team.size()),
      logs_(team.size()) {
    if (options_.dims.back() > 256) throw ShapeError("labels are bytes: at most 256 classes");
    if (!options_.family)
        options_.family = fastest_family(options_.dims, std::max<std::size_t>(options_.batch, 1));
    plans = plan_layers(options_.dims, *options_.family);
    for (const LayerPlan& plan : plans) layers_.emplace_back(plan);
    make_programs();
}

void Engine::Impl::make_programs() {
    std::vector<TeamPrimitive*> primitives;
    const auto collect = [&](std::vector<TeamPrimitive*> some) {
        primitives.insert(primitives.end(), some.begin(), some.end());
    };
    std::size_t most_items = 1;
    if (options_.batch > 0) {
        const std::size_t threads = team_.size();
        buffers_.emplace(layers_, options_.batch, threads, options_.feed);
        full_ = std::make_unique<StepProgram>(options_.batch, layers_, *buffers_, threads, isa_);
        if (options_.last_batch > 0)
            last_ = std::make_unique<StepProgram>(options_.last_batch, layers_, *buffers_, threads, isa_);
        groups_ = std::min(threads, full_->first_panels());
        for (const auto* const program : {&full_, &last_}) {
            if (!*program) continue;
            collect((*program)->primitives());
            most_items = std::max({most_items, (*program)->tiles() * (*program)->first_panels(),
                                   groups_ + (*program)->upper_panels()});
        }
    }
    eval_ = std::make_unique<EvalProgram>(options_.eval_tile, layers_, team_.size(), isa_);
    collect(eval_->primitives());
    for (TeamPrimitive* const primitive : primitives) scratchpads_.reserve(primitive->primitive);
    for (TeamPrimitive* const primitive : primitives)
        primitive->scratchpads = scratchpads_.bind(primitive->primitive);
    gate_ = std::make_unique<PhaseGate>(team_.size(), most_items, team_.crowded());
}

void Engine::Impl::check_rows(const LabelledRows& rows) const {
    if (rows.pixels != plans.front().in)
        throw ShapeError(
            fmt::format("rows of {} pixels for a network with {} inputs", rows.pixels, plans.front().in));
}

void Engine::Impl::start(const ModelParameters& weights, const OptimizerSettings& optimizer) {
    if (weights.layers.size() != layers_.size())
        throw ShapeError("the weights have another number of layers");
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        layers_[l].load(weights.layers[l]);
        layers_[l].clear_state();
    }
    optimizer_ = optimizer;
    update_ = update_function(optimizer.kind, isa_);
    steps_taken_ = 0;
}

StepProgram& Engine::Impl::program(const EpochWork& work, std::size_t step) {
    return (step + 1) * options_.batch <= work.order.size() ? *full_ : *last_;
}

StepInput Engine::Impl::input(const EpochWork& work, std::size_t step) const {
    return {.data = work.rows,
            .order = work.order.subspan(step * options_.batch),
            .slot = options_.feed == nullptr ? 0 : step % buffers_->first.slots.size(),
            .serial = work.serial + step};
}

StepProgram::Panels Engine::Impl::group(std::size_t g) const {
    const std::size_t panels = full_->first_panels();
    return {g * panels / groups_, (g + 1) * panels / groups_};
}

void Engine::Impl::forward_group(const EpochWork& work, std::size_t s, std::size_t g, std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->wait(s);
    StepProgram& program = this->program(work, s);
    const StepInput input = this->input(work, s);
    for (std::size_t tile = 0; tile < program.tiles(); ++tile)
        program.first_forward(tile, group(g), input, thread);
}

// The first layer's results for one step, where nothing can be done beside it.
bool Engine::Impl::forward_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s);
    const StepInput input = this->input(work, s);
    const std::size_t panels = program.first_panels();
    const bool done = walker.phase(program.tiles() * panels, [&](std::size_t item) {
        if (options_.feed != nullptr) options_.feed->wait(s);
        const std::size_t panel = item % panels;
        program.first_forward(item / panels, {panel, panel + 1}, input, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

bool Engine::Impl::rows_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                              std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s);
    const StepInput input = this->input(work, s);
    const bool done = walker.phase(program.tiles(), [&](std::size_t tile) {
        tile_losses_[s * full_->tiles() + tile] = program.run_tile(tile, input, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

// A group's items go on to the next step's results of the same panels: these need nothing but the weights
// that were just updated, and the panels are in the core's cache. Where there are more threads than panels,
// the next step's results are a phase of their own, which divides the rows as well.
bool Engine::Impl::weights_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s);
    const StepInput input = this->input(work, s);
    const Update update{.function = update_, .scalars = scalars_at(optimizer_, steps_taken_ + s + 1)};
    const bool more = s + 1 < work.steps;
    const bool forward_too = more && team_.size() <= groups_;
    const bool done = walker.phase(groups_ + program.upper_panels(), [&](std::size_t item) {
        if (item >= groups_) {
            program.update_upper(item - groups_, update, thread);
            clock.add(&PhaseSeconds::weights);
            return;
        }
        program.update_first(group(item), input, update, thread);
        clock.add(&PhaseSeconds::weights);
        if (!forward_too) return;
        forward_group(work, s + 1, item, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    if (!done || !more || forward_too) return done;
    return forward_phase(work, s + 1, walker, thread);
}

bool Engine::Impl::step(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->release_before(s);
    if (s == 0 && !forward_phase(work, 0, walker, thread)) return false;
    return rows_phase(work, s, walker, thread) && weights_phase(work, s, walker, thread);
}

// Each thread decides by itself when to stop: one that goes on finds the items of the others free and
// completes its step alone, so every step that anybody began is whole.
void Engine::Impl::walk(const EpochWork& work, std::size_t thread) {
    PhaseGate::Walker walker(*gate_, thread);
    ThreadLog& log = logs_[thread];
    try {
        for (std::size_t s = 0; s < work.steps; ++s) {
            if (work.stop.load(std::memory_order_relaxed)) return;
            if (!step(work, s, walker, thread)) return;
            log.steps = s + 1;
        }
    } catch (...) {
        gate_->abandon();
        throw;
    }
}

EpochOutcome Engine::Impl::train_epoch(const LabelledRows& rows, std::span<const std::uint32_t> order,
                                       const std::atomic<bool>& stop, bool timed) {
    check_rows(rows);
    const std::size_t batch = options_.batch;
    if (batch == 0 || update_ == nullptr)
        throw ShapeError("this engine was not made or not started for training");
    if (order.size() % batch != options_.last_batch)
        throw ShapeError(fmt::format("{} rows are not batches of {} and a last one of {}", order.size(),
                                     batch, options_.last_batch));
    const EpochWork work{.rows = rows,
                         .order = order,
                         .stop = stop,
                         .timed = timed,
                         .steps = (order.size() + batch - 1) / batch,
                         .serial = next_serial_};
    next_serial_ += work.steps;
    tile_losses_.assign(work.steps * full_->tiles(), 0.0);
    std::fill(logs_.begin(), logs_.end(), ThreadLog{});
    gate_->reset();
    team_.run([&](std::size_t thread) { walk(work, thread); });
    EpochOutcome outcome = summarise(work);
    steps_taken_ += outcome.steps;
    return outcome;
}

EpochOutcome Engine::Impl::summarise(const EpochWork& work) const {
    EpochOutcome outcome;
    for (const ThreadLog& log : logs_) {
        outcome.steps = std::max(outcome.steps, log.steps);
        outcome.phases.rows += log.phases.rows;
        outcome.phases.weights += log.phases.weights;
        outcome.phases.waiting += log.phases.waiting;
    }
    double total = 0;
    for (std::size_t s = 0; s < outcome.steps; ++s) {
        const std::size_t rows = std::min(options_.batch, work.order.size() - s * options_.batch);
        double loss = 0;
        for (std::size_t t = 0; t < full_->tiles(); ++t) loss += tile_losses_[s * full_->tiles() + t];
        loss /= static_cast<double>(rows);
        if (!std::isfinite(loss) && !outcome.diverged_at) outcome.diverged_at = s;
        total += loss;
    }
    outcome.loss = outcome.steps == 0 ? 0 : total / static_cast<double>(outcome.steps);
    return outcome;
}

template <class Visit>
void Engine::Impl::forward_tiles(const LabelledRows& rows, Visit&& visit) {
    check_rows(rows);
    const std::size_t tiles = eval_->tiles(rows.count);
    std::atomic<std::size_t> next{0};
    team_.run([&](std::size_t thread) {
        for (std::size_t t = next.fetch_add(1); t < tiles; t = next.fetch_add(1))
            visit(t, eval_->run_tile(t, rows, thread));
    });
}

EvalOutcome Engine::Impl::evaluate(const LabelledRows& rows) {
    const std::size_t classes = plans.back().out;
    const std::size_t columns = plans.back().out_padded;
    EvalOutcome outcome;
    outcome.predicted.resize(rows.count);
    std::vector<double> losses(eval_->tiles(rows.count), 0.0);
    forward_tiles(rows, [&](std::size_t t, const float* logits) {
        losses[t] = eval_->loss(t, rows, logits);
        for (std::size_t r = 0; r < eval_->live_rows(t, rows.count); ++r)
            outcome.predicted[t * eval_->rows() + r] =
                static_cast<std::uint8_t>(index_of_maximum(logits + r * columns, classes));
    });
    double total = 0;
    for (const double loss : losses) total += loss;
    outcome.loss = rows.count == 0 ? 0 : total / static_cast<double>(rows.count);
    outcome.confusion_matrix.assign(classes, std::vector<std::uint64_t>(classes, 0));
    for (std::size_t i = 0; i < rows.count; ++i) {
        ++outcome.confusion_matrix[rows.labels[i]][outcome.predicted[i]];
        if (rows.labels[i] == outcome.predicted[i]) ++outcome.correct;
    }
    return outcome;
}

std::vector<float> Engine::Impl::logits(const LabelledRows& rows) {
    const std::size_t classes = plans.back().out;
    const std::size_t columns = plans.back().out_padded;
    std::vector<float> all(rows.count * classes);
    forward_tiles(rows, [&](std::size_t t, const float* tile) {
        for (std::size_t r = 0; r < eval_->live_rows(t, rows.count); ++r)
            std::copy_n(tile + r * columns, classes, all.data() + (t * eval_->rows() + r) * classes);
    });
    return all;
}

ModelParameters Engine::Impl::parameters(bool gradients) const {
    ModelParameters model;
    for (const LayerMemory& layer : layers_)
        model.layers.push_back(gradients ? layer.unload(layer.diff_weights, layer.diff_bias)
                                         : layer.unload(layer.weights, layer.bias));
    return model;
}

std::vector<PrimitiveFacts> Engine::Impl::primitives() const {
    return full_ ? full_->facts() : std::vector<PrimitiveFacts>{};
}

Engine::Engine(Team& team, EngineOptions options) : impl_(std::make_unique<Impl>(team, std::move(options))) {}
Engine::~Engine() = default;

void Engine::start(const ModelParameters& weights, const OptimizerSettings& optimizer) {
    impl_->start(weights, optimizer);
}
EpochOutcome Engine::train_epoch(const LabelledRows& rows, std::span<const std::uint32_t> order,
                                 const std::atomic<bool>& stop, bool timed) {
    return impl_->train_epoch(rows, order, stop, timed);
}
EvalOutcome Engine::evaluate(const LabelledRows& rows) {
    return impl_->evaluate(rows);
}
std::vector<float> Engine::logits(const LabelledRows& rows) {
    return impl_->logits(rows);
}
ModelParameters Engine::weights() const {
    return impl_->parameters(false);
}
ModelParameters Engine::gradients() const {
    return impl_->parameters(true);
}
std::vector<PrimitiveFacts> Engine::primitives() const {
    return impl_->primitives();
}
const std::vector<LayerPlan>& Engine::layers() const noexcept {
    return impl_->plans;
}

}  // namespace mnist
