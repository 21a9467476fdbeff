// Cutting a batch into tiles and the layers into panels, and carrying out one of them.
#include "step_program.hpp"

#include <algorithm>

#include "bf16_loops.hpp"
#include "column_sums.hpp"

namespace mnist {

ReplicaBuffers::ReplicaBuffers(const std::vector<LayerMemory>& layers, std::size_t lowest, std::size_t rows,
                               Precision precision, std::pmr::memory_resource* memory)
    : diff_logits(precision == Precision::f32 ? 0 : rows * layers.back().plan.out_padded, 0.0F, memory) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const LayerPlan& plan = layers[l].plan;
        const std::size_t count = l < lowest ? 0 : rows * plan.out_padded;
        dst.emplace_back(results_type(l, layers.size(), precision), count, memory);
        diff_dst.emplace_back(precision, count, memory);
        panels.emplace_back(precision, plan.panels() > 1 ? count : 0, memory);
    }
}

Numbers& ReplicaBuffers::panel_storage(std::size_t layer) {
    // One panel in [1][rows][width] is the row-major gradient itself.
    return panels[layer].empty() ? diff_dst[layer] : panels[layer];
}

namespace {

std::size_t floats_of_parts(const std::vector<LayerMemory>& layers, std::size_t rows) {
    if (layers.size() < 2 || layers[1].plan.slices == 1) return 0;
    return layers[1].plan.slices * rows * layers[1].plan.out_padded;
}

}  // namespace

BatchBuffers::BatchBuffers(const std::vector<LayerMemory>& layers, const BatchCut& cut, const BatchUse& use,
                           Precision type, BatchFeed* feed, std::pmr::memory_resource* memory)
    : precision(type),
      first(results_type(0, layers.size(), type),
            (use.by_tile ? cut.tile : cut.rows) * layers.front().plan.out_padded, memory),
      second(floats_of_parts(layers, use.by_tile ? cut.tile : cut.rows), memory) {
    if (feed != nullptr) first.slots = feed->slots();
    // A feed's rows are f32: threads round them for themselves.
    if (feed == nullptr || type != Precision::f32) {
        first.threads.reserve(use.threads);
        for (std::size_t t = 0; t < use.threads; ++t) {
            const bool used = t == use.owner.value_or(t);
            const std::size_t count = used ? cut.chunk * layers.front().plan.in_padded : 0;
            first.threads.emplace_back(type, count, !use.owner, memory);
        }
    }
    first.by_tile = use.by_tile;
    first.panel_rows = use.by_tile ? cut.tile : cut.rows;
    replicas.reserve(use.replicas);
    for (std::size_t r = 0; r < use.replicas; ++r)
        replicas.emplace_back(layers, r == 0 ? 0 : 1, first.panel_rows, type, memory);
    first.diff_dst = &replicas.front().panel_storage(0);
}

StepProgram::StepProgram(const BatchCut& cut, const std::vector<LayerList>& replicas,
                         std::vector<LayerMemory>& layers, BatchBuffers& buffers, std::size_t threads,
                         Isa isa)
    : cut_(cut), layers_(layers), buffers_(buffers), loss_(softmax_cross_entropy(isa)), isa_(isa) {
    const bool sliced = layers.size() > 1 && layers[1].plan.slices > 1;
    const RowsUse use = sliced ? RowsUse::sliced_training : RowsUse::panel_training;
    const std::size_t rows = cut.rows;
    const std::size_t tile = cut.tile;
    rows_primitives_.push_back(std::make_unique<RowsPrimitives>(tile, layers, use, buffers.precision));
    if (rows % tile != 0)
        rows_primitives_.push_back(
            std::make_unique<RowsPrimitives>(rows % tile, layers, use, buffers.precision));
    const RowsPrimitives& full = *rows_primitives_.front();
    const RowsPrimitives* const rest = rows % tile == 0 ? nullptr : rows_primitives_.back().get();
    first_ = std::make_unique<FirstLayer>(cut, layers.front(), buffers.first, full, rest, threads, isa);
    if (sliced)
        second_ = std::make_unique<SecondLayer>(cut, layers[1], layers.size() > 2, buffers.first,
                                                buffers.second, full, rest, threads, isa);
    make_gradients(threads);
    for (std::size_t r = 0; r < replicas.size(); ++r) {
        Replica& replica = replicas_.emplace_back(Replica{replicas[r], buffers.replicas[r], {}, {}});
        for (std::size_t row = 0; row < rows; row += tile)
            make_tile(replica, row, rest == nullptr || row + tile <= rows ? full : *rest);
        make_panels(replica);
    }
}

void StepProgram::make_tile(Replica& replica, std::size_t first_row, const RowsPrimitives& primitives) {
    const std::size_t place = buffers_.first.place_of(first_row);
    TileBuffers at{.first_layer = lowest_upper(), .src = nullptr, .dst = {}, .panel_dst = {}, .diff_dst = {}};
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const std::size_t offset = place * layers_[l].plan.out_padded;
        at.dst.push_back(replica.buffers.dst[l].at(offset));
        at.diff_dst.push_back(replica.buffers.diff_dst[l].at(offset));
    }
    const LayerPlan& first = layers_.front().plan;
    for (std::size_t p = 0; p < first.panels() && !sliced(); ++p)
        at.panel_dst.push_back(
            buffers_.first.dst.at((p * buffers_.first.panel_rows + place) * first.panel_width));
    replica.tiles.push_back({.first_row = first_row,
                             .place = place,
                             .rows = primitives.rows,
                             .forward = TileForward(primitives, replica.layers, at),
                             .backward = bind_backward(primitives, replica.layers, at)});
}

void StepProgram::make_gradients(std::size_t threads) {
    for (std::size_t l = lowest_upper(); l < layers_.size(); ++l) {
        const LayerPlan& plan = layers_[l].plan;
        gradients_.push_back(std::make_unique<WeightsGradient>(
            WeightsGradient::Shape{.cut = cut_,
                                   .in = plan.in_padded,
                                   .out = plan.panel_width,
                                   .by_output = plan.gradient_layout == WeightsLayout::output_major,
                                   .type = buffers_.precision},
            threads, isa_));
    }
}

void StepProgram::make_panels(Replica& replica) {
    for (std::size_t l = lowest_upper(); l < layers_.size(); ++l) {
        for (std::size_t p = 0; p < layers_[l].plan.panels(); ++p)
            replica.panel_items.push_back({.layer = l, .panel = p});
    }
}

std::vector<TeamPrimitive*> StepProgram::primitives() {
    std::vector<TeamPrimitive*> all = first_->primitives();
    const auto add = [&](const std::vector<TeamPrimitive*>& some) {
        all.insert(all.end(), some.begin(), some.end());
    };
    if (sliced()) add(second_->primitives());
    for (const auto& rows_primitives : rows_primitives_) add(rows_primitives->all());
    for (const auto& gradient : gradients_) add(gradient->primitives());
    return all;
}

void StepProgram::scatter_to_panels(Replica& replica, std::size_t layer, const Tile& tile) {
    if (replica.buffers.panels[layer].empty()) return;
    const LayerPlan& plan = layers_[layer].plan;
    split_into_panels(
        plan, buffers_.precision, replica.buffers.diff_dst[layer].at(tile.place * plan.out_padded), tile.rows,
        replica.buffers.panels[layer].at(tile.place * plan.panel_width), buffers_.first.panel_rows);
}

void StepProgram::first_forward(std::size_t t, Panels panels, const StepInput& input, std::size_t thread) {
    first_->forward(t, panels, input, thread);
    if (sliced()) second_->forward(set_of(input, t), t, panels, thread);
}

double StepProgram::loss_of_tile(Replica& replica, const Tile& tile, const StepInput& input) {
    const std::size_t last = layers_.size() - 1;
    const LayerPlan& output = layers_[last].plan;
    const std::size_t offset = tile.place * output.out_padded;
    void* const diff_dst = replica.buffers.diff_dst[last].at(offset);
    const bool round = buffers_.precision == Precision::bf16;
    float* const diff_logits =
        round ? replica.buffers.diff_logits.data() + offset : static_cast<float*>(diff_dst);
    const double loss = loss_of_rows(loss_,
                                     {.logits = static_cast<float*>(replica.buffers.dst[last].at(offset)),
                                      .diff_logits = diff_logits,
                                      .classes = output.out,
                                      .columns = output.out_padded,
                                      .scale = 1.0F / static_cast<float>(cut_.rows)},
                                     input.data, input.order.subspan(tile.first_row, tile.rows));
    if (round) round_to_bf16(diff_logits, static_cast<Bf16*>(diff_dst), tile.rows * output.out_padded);
    scatter_to_panels(replica, last, tile);
    return loss;
}

double StepProgram::run_tile(std::size_t r, std::size_t t, Panels panels, const StepInput& input,
                             std::size_t thread) {
    Replica& replica = replicas_[r];
    const Tile& tile = replica.tiles[t];
    const auto row_of = [&](std::vector<Numbers>& arrays, std::size_t l) {
        return arrays[l].at(tile.place * layers_[l].plan.out_padded);
    };
    if (sliced())
        second_->add_parts(set_of(input, t), t, replica.buffers.dst[1].type(),
                           row_of(replica.buffers.dst, 1));
    tile.forward.run(thread);
    const double loss = loss_of_tile(replica, tile, input);
    const std::size_t last = layers_.size() - 1;
    for (std::size_t k = 0; k < tile.backward.size(); ++k) {
        const std::size_t below = last - 1 - k;
        tile.backward[k].run(thread);
        mask_relu(isa_, buffers_.precision, row_of(replica.buffers.dst, below),
                  row_of(replica.buffers.diff_dst, below), tile.rows * layers_[below].plan.out_padded);
        scatter_to_panels(replica, below, tile);
    }
    if (sliced()) second_->backward_data(t, panels, row_of(replica.buffers.diff_dst, 1), thread);
    return loss;
}

namespace {

// Updates `n` weights from position `at` on.
void update_weights(const Update& update, LayerMemory& layer, const float* g, std::size_t at, std::size_t n) {
    float* const w = layer.weights.data() + at;
    float* const m = layer.first_weights.data() + at;
    float* const v = layer.second_weights.data() + at;
    if (layer.copy.empty())
        update.function(w, m, v, g, n, update.scalars);
    else
        update.packed_function(w, m, v, g, n, layer.plan.panel_width, static_cast<Bf16*>(layer.copy.at(at)),
                               update.scalars);
}

// The weights of a panel whose gradient lies output by output.
void update_turned(const Update& update, LayerMemory& layer, const float* g, std::size_t at) {
    const LayerPlan& plan = layer.plan;
    float* const w = layer.weights.data() + at;
    float* const m = layer.first_weights.data() + at;
    float* const v = layer.second_weights.data() + at;
    if (layer.copy.empty())
        update.turned_function(w, m, v, g, plan.in_padded, plan.panel_width, update.scalars);
    else
        update.packed_turned_function(w, m, v, g, plan.in_padded, plan.panel_width,
                                      static_cast<Bf16*>(layer.copy.at(at)), update.scalars);
}

void update_bias(const Update& update, LayerMemory& layer, const float* g, std::size_t at, std::size_t n) {
    update.function(layer.bias.data() + at, layer.first_bias.data() + at, layer.second_bias.data() + at, g, n,
                    update.scalars);
}

}  // namespace

const float* StepProgram::summed(LayerMemory& layer, ShardSums LayerMemory::*array, std::size_t home,
                                 std::size_t at, std::size_t n) const {
    float* const sums = (layer.*array)[home].data() + at;
    for (std::size_t s = 0; s < cut_.shards; ++s) {
        if (s != home) add_column_sums(isa_, (layer.*array)[s].data() + at, 1, n, sums);
    }
    return sums;
}

// Every thread has read the weights, so the lines that are written next must be taken back from the other
// cores, which goes beside the reading of their gradients.
const float* StepProgram::summed_weights(LayerMemory& layer, std::size_t home, std::size_t at,
                                         std::size_t n) const {
    constexpr std::size_t kAtOnce = 256;
    for (std::size_t i = 0; i < n && cut_.shards > 1; i += kAtOnce) {
        const std::size_t some = std::min(kAtOnce, n - i);
        for (std::size_t k = 0; k < some; k += kLane)
            asm volatile("prefetchw %0" : : "m"(layer.weights[at + i + k]));
        static_cast<void>(summed(layer, &LayerMemory::diff_weights, home, at + i, some));
    }
    return layer.diff_weights[home].data() + at;
}

void StepProgram::update_panel(LayerMemory& layer, std::size_t panel, const Update& update) {
    const LayerPlan& plan = layer.plan;
    const std::size_t home = layer.home_of(panel, cut_.shards);
    const std::size_t at = panel * plan.panel_floats();
    const float* const g = summed_weights(layer, home, at, plan.panel_floats());
    if (plan.gradient_layout == plan.layout)
        update_weights(update, layer, g, at, plan.panel_floats());
    else
        update_turned(update, layer, g, at);
    const std::size_t first = panel * plan.panel_width;
    update_bias(update, layer, summed(layer, &LayerMemory::diff_bias, home, first, plan.panel_width), first,
                plan.panel_width);
}

void StepProgram::update_slice(LayerMemory& layer, std::size_t slice, const Update& update) {
    const std::size_t home = layer.home_of(slice, cut_.shards);
    const std::size_t n = layer.plan.slice_floats();
    update_weights(update, layer, summed_weights(layer, home, slice * n, n), slice * n, n);
    if (slice != 0) return;
    const std::size_t outputs = layer.plan.out_padded;
    update_bias(update, layer, summed(layer, &LayerMemory::diff_bias, home, 0, outputs), 0, outputs);
}

void StepProgram::first_gradient(std::size_t replica, std::size_t chunk, Panels panels,
                                 const StepInput& input, std::size_t thread) {
    Replica& at = replicas_[replica];
    for (std::size_t p = panels.first; p < panels.second && sliced(); ++p)
        second_->backward_weights(
            chunk, p, at.buffers.diff_dst[1].at(at.tiles[chunk].place * layers_[1].plan.out_padded), thread);
    first_->backward(chunk, panels, input, thread);
}

void StepProgram::upper_gradient(std::size_t replica, std::size_t chunk, std::size_t i, std::size_t thread) {
    Replica& at = replicas_[replica];
    const PanelItem& item = at.panel_items[i];
    LayerMemory& layer = *at.layers[item.layer];
    const LayerPlan& plan = layer.plan;
    const std::size_t shard = cut_.shard_of(chunk);
    const std::size_t row = buffers_.first.place_of(chunk * cut_.chunk);
    gradients_[item.layer - lowest_upper()]->run(
        chunk,
        {.src = at.buffers.dst[item.layer - 1].at(row * plan.in_padded),
         .diff_dst = at.buffers.panel_storage(item.layer)
                         .at((item.panel * buffers_.first.panel_rows + row) * plan.panel_width),
         .diff_weights = layer.diff_weights[shard].data() + item.panel * plan.panel_floats(),
         .diff_bias = layer.diff_bias[shard].data() + item.panel * plan.panel_width},
        thread);
}

void StepProgram::update_first(Panels panels, const Update& update) {
    for (std::size_t p = panels.first; p < panels.second; ++p) {
        update_panel(layers_.front(), p, update);
        if (sliced()) update_slice(layers_[1], p, update);
    }
}

void StepProgram::update_upper(std::size_t replica, std::size_t i, const Update& update) {
    const PanelItem& item = replicas_[replica].panel_items[i];
    update_panel(*replicas_[replica].layers[item.layer], item.panel, update);
}

std::vector<PrimitiveFacts> StepProgram::facts() const {
    std::vector<const onednn::Primitive*> backward_weights{&first_->backward_weights()};
    if (sliced()) backward_weights.push_back(&second_->backward_weights_primitive());
    for (const auto& upper : gradients_) backward_weights.push_back(&upper->primitive());
    return describe(*rows_primitives_.front(), backward_weights, layers_);
}

}  // namespace mnist
