// Puts plans, memory, programs and the team together, and gives weights out. How the work is divided is in
// engine_division.cpp, how an epoch is walked through in engine_steps.cpp, evaluation in
// engine_evaluation.cpp.
#include "mnist/step/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine_impl.hpp"
#include "mnist/core/error.hpp"
#include "mnist/step/precision.hpp"

namespace mnist {
namespace {

// Blocked where all directions of every layer run on oneDNN's matrix kernels for blocked weights; elsewhere
// they would fall to a reference loop.
KernelFamily fastest_family(const std::vector<std::size_t>& dims, std::size_t rows) {
    for (const LayerPlan& plan : plan_layers(dims, KernelFamily::blocked)) {
        const onednn::ProductShape shape{.rows = rows,
                                         .in = plan.in_padded,
                                         .out = plan.out_padded,
                                         .weights_tag = tag_of(WeightsLayout::blocked, plan.panel_width)};
        try {
            if (!onednn::forward_product(shape, false).fast()) return KernelFamily::plain;
            if (!onednn::backward_data_product(shape).fast()) return KernelFamily::plain;
        } catch (const BackendError&) {
            return KernelFamily::plain;  // this oneDNN knows no kernel for the layout at all
        }
    }
    return KernelFamily::blocked;
}

// Weights travel as they lie, so all ranks lay them out alike: where their oneDNNs differ, as every one can.
KernelFamily common_family(KernelFamily own, Precision precision, Exchange& exchange) {
    std::vector<double> families(exchange.ranks(), 0.0);
    families[exchange.rank()] = static_cast<double>(own);
    exchange.join(families);
    if (std::all_of(families.begin(), families.end(), [&](double one) { return one == families.front(); }))
        return own;
    return precision == Precision::f32 ? KernelFamily::plain : KernelFamily::blocked;
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
        if (options.family == KernelFamily::plain) throw ShapeError("weights in bf16 are blocked");
        if (options.family == KernelFamily::amx && bf16_family() != KernelFamily::amx)
            throw BackendError("this CPU, its system or oneDNN's settings offer no AMX");
    } else if (options.family == KernelFamily::amx) {
        throw ShapeError("AMX multiplies bf16, not f32");
    }
    if (!options.family)
        options.family = fastest_family(options.dims, std::max<std::size_t>(options.batch, 1));
    if (options.exchange != nullptr)
        options.family = common_family(*options.family, options.precision, *options.exchange);
    return options;
}

}  // namespace

Engine::Impl::Impl(Team& team, EngineOptions options)
    : team_(team),
      options_(completed(std::move(options))),
      isa_(options_.isa.value_or(detected_isa())),
      arena_(kArenaBytes),
      // With gemm the arena gains nothing with two threads, and loses with one.
      memory_(*options_.family == KernelFamily::plain ? huge_page_heap() : &arena_),
      products_(team.size(), memory_),
      logs_(team.size()) {
    plans = plan_layers(options_.dims, *options_.family);
    for (const LayerPlan& plan : plans) layers_.emplace_back(plan, options_.precision, memory_);
    make_programs();
}

StepBuffers Engine::Impl::make_buffers() const {
    std::size_t rows = cut_batch(options_.batch).group;
    if (options_.last_batch > 0) rows = std::max(rows, cut_batch(options_.last_batch).group);
    const LayerPlan& first = plans.front();
    StepBuffers buffers{
        .first = {.workers = {},
                  .slots = {},
                  .group_rows = rows,
                  .shards = strips_.shards,
                  .parts = AlignedVector<float>(first.chains() * strips_.shards * rows * first.out_padded,
                                                0.0F, memory_)},
        .rows = RowBuffers(layers_, strips_.shards * rows, options_.precision, memory_)};
    const RowPlaces places = row_places();
    for (std::size_t t = 0; t < team_.size(); ++t)
        buffers.first.workers.emplace_back(options_.precision, places, rows * first.widest_chain(), memory_);
    if (options_.feed != nullptr) buffers.first.slots = options_.feed->slots();
    return buffers;
}

void Engine::Impl::make_programs() {
    std::size_t most_items = 1;
    if (options_.batch > 0) {
        divide_work();
        buffers_.emplace(make_buffers());
        const auto make = [&](std::size_t rows) {
            const BatchCut cut = cut_batch(rows);
            OwnLeaves own = leaves_of(cut);
            for (LayerMemory& layer : layers_) layer.reserve_sums(own.buffers);
            return std::make_unique<StepProgram>(cut, std::move(own), strips_, layers_, *buffers_, products_,
                                                 options_.precision, isa_);
        };
        full_ = make(options_.batch);
        if (options_.last_batch > 0) last_ = make(options_.last_batch);
        most_blocks_ = std::max(full_->cut().blocks(), last_ ? last_->cut().blocks() : 0);
        most_items = std::max({forward_items_.size(), weights_items_.size(), update_items_.size(),
                               buffers_->first.group_rows * strips_.shards});
        if (options_.exchange != nullptr) {
            const std::optional<BatchCut> last = last_ ? std::optional(last_->cut()) : std::nullopt;
            ranked_ = std::make_unique<RankedStep>(*options_.exchange, layers_, full_->cut(), last,
                                                   team_.size(), isa_, memory_);
            most_items = std::max(most_items, ranked_->pack_lots());
        }
    }
    eval_ = std::make_unique<EvalProgram>(options_.eval_tile, layers_, team_.size(), isa_, products_,
                                          buffers_ ? &buffers_->first.workers : nullptr, memory_);
    products_.bind();
    gate_ = std::make_unique<PhaseGate>(team_.size(), team_.at_once(), most_items, team_.lone());
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
    update_ = update_function(optimizer.kind, isa_,
                              {.turned = layers_.front().turned(), .packed = !layers_.front().copy.empty()});
    bias_update_ = update_function(optimizer.kind, isa_);
    steps_taken_ = 0;
}

ModelParameters Engine::Impl::parameters(Array weights, Array bias) const {
    ModelParameters model;
    for (const LayerMemory& layer : layers_)
        model.layers.push_back(layer.unload(layer.*weights, layer.*bias));
    return model;
}

ModelParameters Engine::Impl::gradients() const {
    ModelParameters model;
    for (const LayerMemory& layer : layers_) model.layers.push_back(layer.gradient());
    return model;
}

TrainingState Engine::Impl::state() {
    const std::size_t states = optimizer(optimizer_.kind).states;
    if (ranked_ && states > 0) ranked_->complete({&LayerMemory::first_weights, &LayerMemory::first_bias});
    if (ranked_ && states > 1) ranked_->complete({&LayerMemory::second_weights, &LayerMemory::second_bias});
    TrainingState state{.weights = parameters(&LayerMemory::weights, &LayerMemory::bias),
                        .first = {},
                        .second = {},
                        .steps = steps_taken_};
    if (states > 0) state.first = parameters(&LayerMemory::first_weights, &LayerMemory::first_bias);
    if (states > 1) state.second = parameters(&LayerMemory::second_weights, &LayerMemory::second_bias);
    return state;
}

void Engine::Impl::resume(const TrainingState& state, const OptimizerSettings& settings) {
    const std::size_t states = optimizer(settings.kind).states;
    if (state.first.layers.size() != (states > 0 ? layers_.size() : 0) ||
        state.second.layers.size() != (states > 1 ? layers_.size() : 0))
        throw ShapeError("the state is not one of this optimizer");
    start(state.weights, settings);
    const auto load = [&](const ModelParameters& model, Array weights, Array bias) {
        for (std::size_t l = 0; l < model.layers.size(); ++l)
            layers_[l].fill(model.layers[l], layers_[l].*weights, layers_[l].*bias);
    };
    load(state.first, &LayerMemory::first_weights, &LayerMemory::first_bias);
    load(state.second, &LayerMemory::second_weights, &LayerMemory::second_bias);
    steps_taken_ = state.steps;
}

std::vector<PrimitiveFacts> Engine::Impl::primitives() const {
    return full_ ? full_->facts() : std::vector<PrimitiveFacts>{};
}

std::size_t Engine::Impl::shards() const {
    return strips_.shards;
}

std::string Engine::Impl::grid() const {
    if (!full_) return {};
    const BatchCut& cut = full_->cut();
    return fmt::format("{} worker{}; {} strips of {} chains; blocks of {} rows in groups of {}, {} at a time",
                       team_.size(), team_.size() == 1 ? "" : "s", strips_.gradient.front().size(),
                       plans.front().chains(), std::min(cut.block, cut.rows), std::min(cut.group, cut.rows),
                       strips_.shards);
}

Engine::Engine(Team& team, EngineOptions options) : impl_(std::make_unique<Impl>(team, std::move(options))) {}

// Where an exchange failed, other ranks may still write into its buffers, and those into the arena that they
// are of: all of it stays until the process ends, which it is about to, in a list that nobody destroys.
Engine::~Engine() {
    if (!impl_->in_transit()) return;
    static std::mutex mutex;
    static auto& kept = *new std::vector<std::unique_ptr<Impl>>;
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(impl_));
}

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
std::size_t Engine::shards() const {
    return impl_->shards();
}
std::string Engine::grid() const {
    return impl_->grid();
}
const std::vector<LayerPlan>& Engine::layers() const noexcept {
    return impl_->plans;
}

}  // namespace mnist
