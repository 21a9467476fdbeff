// Puts plans, memory, programs and the team together, evaluates, and gives weights out. How an epoch is
// walked through is in engine_steps.cpp.
#include "mnist/nn/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine_impl.hpp"
#include "mnist/core/error.hpp"
#include "mnist/nn/precision.hpp"

namespace mnist {
namespace {

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

// What the default network needs for usual batches, in whole huge pages; only what is used becomes resident.
constexpr std::size_t kArenaBytes = 4 * kHugePage;

EngineOptions completed(EngineOptions options) {
    // Extents that are no network are refused by plan_layers.
    if (!options.dims.empty() && options.dims.back() > 256)
        throw ShapeError("labels are bytes: at most 256 classes");
    if (options.batch == 0) options.precision = Precision::f32;
    if (options.precision != Precision::f32) {
        if (const auto obstacle = precision_obstacle(options.precision)) throw BackendError(*obstacle);
        if (!options.family) options.family = bf16_family();
        if (options.family == KernelFamily::gemm) throw ShapeError("weights in bf16 are blocked");
        if (options.family == KernelFamily::amx && bf16_family() != KernelFamily::amx)
            throw BackendError("this CPU, its system or oneDNN's settings offer no AMX");
    } else if (options.family == KernelFamily::amx) {
        throw ShapeError("AMX multiplies bf16, not f32");
    }
    if (!options.family)
        options.family = fastest_family(options.dims, std::max<std::size_t>(options.batch, 1));
    return options;
}

std::size_t index_of_maximum(const float* row, std::size_t n) {
    return static_cast<std::size_t>(std::max_element(row, row + n) - row);
}

}  // namespace

Engine::Impl::Impl(Team& team, EngineOptions options)
    : team_(team),
      options_(completed(std::move(options))),
      isa_(options_.isa.value_or(detected_isa())),
      arena_(kArenaBytes, huge_page_heap()),
      // With gemm the arena cost a tenth at batch 64, and nothing was gained at larger ones.
      memory_(*options_.family == KernelFamily::gemm ? huge_page_heap() : &arena_),
      scratchpads_(team.size(), memory_),
      logs_(team.size()) {
    plans = plan_layers(options_.dims, *options_.family);
    const std::size_t shards = cut_batch(options_.batch, options_.batch, sliced()).shards;
    for (const LayerPlan& plan : plans) layers_.emplace_back(plan, options_.precision, shards, memory_);
    make_programs();
}

// Every group computes the layers above the second once more: worth while as long as that is little beside
// what the rows would cost on their way between cores. The bits are the same either way.
bool Engine::Impl::replicas_pay() const {
    if (!sliced() || sharded_ || team_.size() > groups_) return false;
    std::size_t below = plans[0].weight_floats() + plans[1].weight_floats();
    std::size_t above = 0;
    for (std::size_t l = 2; l < plans.size(); ++l) above += plans[l].weight_floats();
    constexpr std::size_t kLittle = 16;
    return above * (groups_ - 1) * kLittle <= below;
}

std::vector<LayerList> Engine::Impl::make_replicas() {
    std::vector<LayerList> replicas(1);
    for (LayerMemory& layer : layers_) replicas.front().push_back(&layer);
    for (std::size_t r = 1; r < groups_ && replicated_; ++r) {
        std::vector<LayerMemory>& copies = upper_copies_.emplace_back();
        for (std::size_t l = 2; l < plans.size(); ++l)
            copies.emplace_back(plans[l], options_.precision, layers_[l].diff_weights.size(), memory_);
    }
    for (std::vector<LayerMemory>& copies : upper_copies_) {
        LayerList layers{&layers_[0], &layers_[1]};
        for (LayerMemory& copy : copies) layers.push_back(&copy);
        replicas.push_back(std::move(layers));
    }
    return replicas;
}

void Engine::Impl::add_programs(const std::vector<LayerList>& replicas, const BatchUse& use) {
    const BatchCut cut = cut_of(options_.batch);
    Programs& programs = *programs_.emplace_back(std::make_unique<Programs>(
        Programs{BatchBuffers(layers_, cut, use, options_.precision, options_.feed, memory_), {}, {}}));
    const auto make = [&](const BatchCut& of_rows) {
        return std::make_unique<StepProgram>(of_rows, replicas, layers_, programs.buffers, use.threads, isa_);
    };
    programs.full = make(cut);
    if (options_.last_batch > 0) programs.last = make(cut_of(options_.last_batch));
}

std::size_t Engine::Impl::most_items() const {
    std::size_t most = 1;
    for (const auto& programs : programs_) {
        const StepProgram& program = *programs->full;
        most = std::max({most, program.tiles() * program.first_panels(), groups_ + program.upper_panels()});
    }
    return most;
}

void Engine::Impl::make_programs() {
    std::vector<TeamPrimitive*> primitives;
    const auto collect = [&](std::vector<TeamPrimitive*> some) {
        primitives.insert(primitives.end(), some.begin(), some.end());
    };
    if (options_.batch > 0) {
        const std::size_t threads = team_.size();
        const BatchCut cut = cut_of(options_.batch);
        tiles_ = cut.tiles();
        groups_ = std::min(threads, plans.front().panels());
        // A thread's shard needs both panels' weights and gradients beside its rows, 1.2 MB for the default
        // network. Walked otherwise, shards give the same bits.
        sharded_ = cut.shards > 1 && threads <= cut.shards && options_.by_shards.value_or(has_roomy_cache());
        replicated_ = replicas_pay();
        const std::vector<LayerList> replicas = make_replicas();
        const BatchUse use{.threads = threads,
                           .owner = std::nullopt,
                           .replicas = replicas.size(),
                           .by_tile = replicated_ || sharded_};
        for (std::size_t t = 0; t < (sharded_ ? threads : 1); ++t) {
            BatchUse own = use;
            if (sharded_) own.owner = t;
            add_programs(replicas, own);
        }
        for (const auto& programs : programs_) {
            collect(programs->full->primitives());
            if (programs->last) collect(programs->last->primitives());
        }
    }
    eval_ = std::make_unique<EvalProgram>(options_.eval_tile, layers_, team_.size(), isa_, memory_);
    collect(eval_->primitives());
    for (TeamPrimitive* const primitive : primitives) scratchpads_.reserve(primitive->primitive);
    for (TeamPrimitive* const primitive : primitives)
        primitive->scratchpads = scratchpads_.bind(primitive->primitive);
    gate_ = std::make_unique<PhaseGate>(team_.size(), most_items(), team_.crowded());
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
    for (std::vector<LayerMemory>& copies : upper_copies_) {
        for (std::size_t l = 0; l < copies.size(); ++l) {
            copies[l].load(weights.layers[l + 2]);
            copies[l].clear_state();
        }
    }
    optimizer_ = optimizer;
    update_ = update_function(optimizer.kind, isa_);
    turned_update_ = turned_update_function(optimizer.kind, isa_);
    packed_update_ = packed_update_function(optimizer.kind);
    packed_turned_update_ = packed_turned_update_function(optimizer.kind);
    steps_taken_ = 0;
}

template <class Visit>
void Engine::Impl::forward_tiles(const LabelledRows& rows, Visit&& visit) {
    check_rows(rows);
    const std::size_t tiles = eval_->tiles(rows.count);
    // A tile alone takes one thread, and waking that would take longer than most tiles.
    if (tiles == 1) {
        Team::run_on_caller([&](std::size_t thread) { visit(0, eval_->run_tile(0, rows, thread)); });
        return;
    }
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

ModelParameters Engine::Impl::parameters(Array weights, Array bias) const {
    ModelParameters model;
    for (const LayerMemory& layer : layers_)
        model.layers.push_back(layer.unload(layer.*weights, layer.*bias));
    return model;
}

ModelParameters Engine::Impl::gradients() const {
    ModelParameters model;
    for (const LayerMemory& layer : layers_) model.layers.push_back(layer.gradient(shards_of_last_step_));
    return model;
}

TrainingState Engine::Impl::state() const {
    TrainingState state{.weights = parameters(&LayerMemory::weights, &LayerMemory::bias),
                        .first = {},
                        .second = {},
                        .steps = steps_taken_};
    if (optimizer_.kind != OptimizerKind::sgd)
        state.first = parameters(&LayerMemory::first_weights, &LayerMemory::first_bias);
    if (optimizer_.kind == OptimizerKind::adam)
        state.second = parameters(&LayerMemory::second_weights, &LayerMemory::second_bias);
    return state;
}

void Engine::Impl::resume(const TrainingState& state, const OptimizerSettings& optimizer) {
    const std::size_t first = optimizer.kind == OptimizerKind::sgd ? 0 : layers_.size();
    const std::size_t second = optimizer.kind == OptimizerKind::adam ? layers_.size() : 0;
    if (state.first.layers.size() != first || state.second.layers.size() != second)
        throw ShapeError("the state is not one of this optimizer");
    start(state.weights, optimizer);
    const auto load = [&](const ModelParameters& model, Array weights, Array bias) {
        for (std::size_t l = 0; l < model.layers.size(); ++l) {
            layers_[l].fill(model.layers[l], layers_[l].*weights, layers_[l].*bias);
            if (l < 2) continue;
            for (std::vector<LayerMemory>& copies : upper_copies_)
                copies[l - 2].fill(model.layers[l], copies[l - 2].*weights, copies[l - 2].*bias);
        }
    };
    load(state.first, &LayerMemory::first_weights, &LayerMemory::first_bias);
    load(state.second, &LayerMemory::second_weights, &LayerMemory::second_bias);
    steps_taken_ = state.steps;
}

std::vector<PrimitiveFacts> Engine::Impl::primitives() const {
    return programs_.empty() ? std::vector<PrimitiveFacts>{} : programs_.front()->full->facts();
}

Engine::Engine(Team& team, EngineOptions options) : impl_(std::make_unique<Impl>(team, std::move(options))) {}
Engine::~Engine() = default;

void Engine::start(const ModelParameters& weights, const OptimizerSettings& optimizer) {
    impl_->start(weights, optimizer);
}
void Engine::resume(const TrainingState& state, const OptimizerSettings& optimizer) {
    impl_->resume(state, optimizer);
}
TrainingState Engine::state() const {
    return impl_->state();
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
    return impl_->parameters(&LayerMemory::weights, &LayerMemory::bias);
}
ModelParameters Engine::gradients() const {
    return impl_->gradients();
}
std::vector<PrimitiveFacts> Engine::primitives() const {
    return impl_->primitives();
}
const std::vector<LayerPlan>& Engine::layers() const noexcept {
    return impl_->plans;
}

}  // namespace mnist
