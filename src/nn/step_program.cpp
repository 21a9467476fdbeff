// Cutting a batch into tiles and the layers into panels, and carrying out one of them.
#include "step_program.hpp"

#include <algorithm>

namespace mnist {
BatchBuffers::BatchBuffers(const std::vector<LayerMemory>& layers, std::size_t rows, std::size_t threads,
                           BatchFeed* feed, std::pmr::memory_resource* memory)
    : first(memory) {
    const LayerPlan& bottom = layers.front().plan;
    if (feed != nullptr) {
        first.slots = feed->slots();
    } else {
        first.threads.reserve(threads);
        for (std::size_t t = 0; t < threads; ++t)
            first.threads.emplace_back(chunk_rows(rows) * bottom.in_padded, memory);
    }
    first.dst.assign(rows * bottom.out_padded, 0.0F);
    for (const LayerMemory& layer : layers) {
        const std::size_t floats = rows * layer.plan.out_padded;
        dst.emplace_back(floats, 0.0F, memory);
        diff_dst.emplace_back(floats, 0.0F, memory);
        panels.emplace_back(layer.plan.panels() > 1 ? floats : 0, 0.0F, memory);
    }
    first.diff_dst = panel_storage(0);
}

float* BatchBuffers::panel_storage(std::size_t layer) {
    // One panel in [1][rows][width] is the row-major gradient itself.
    return panels[layer].empty() ? diff_dst[layer].data() : panels[layer].data();
}

StepProgram::StepProgram(std::size_t rows, std::vector<LayerMemory>& layers, BatchBuffers& buffers,
                         std::size_t threads, Isa isa)
    : rows_(rows), layers_(layers), buffers_(buffers), loss_(softmax_cross_entropy(isa)) {
    const std::size_t tile = std::min(rows, tile_rows(rows));
    rows_primitives_.push_back(std::make_unique<RowsPrimitives>(tile, layers, RowsUse::panel_training));
    if (rows % tile != 0)
        rows_primitives_.push_back(
            std::make_unique<RowsPrimitives>(rows % tile, layers, RowsUse::panel_training));
    const RowsPrimitives& full = *rows_primitives_.front();
    const RowsPrimitives* const rest = rows % tile == 0 ? nullptr : rows_primitives_.back().get();
    first_ = std::make_unique<FirstLayer>(rows, layers.front(), buffers.first, full, rest, threads, isa);
    for (std::size_t first = 0; first < rows; first += tile)
        make_tile(first, first + tile <= rows ? full : *rest);
    make_panels();
}

void StepProgram::make_tile(std::size_t first_row, const RowsPrimitives& primitives) {
    TileBuffers at;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const std::size_t offset = first_row * layers_[l].plan.out_padded;
        at.dst.push_back(buffers_.dst[l].data() + offset);
        at.diff_dst.push_back(buffers_.diff_dst[l].data() + offset);
    }
    const LayerPlan& first = layers_.front().plan;
    for (std::size_t p = 0; p < first.panels(); ++p)
        at.panel_dst.push_back(buffers_.first.dst.data() + (p * rows_ + first_row) * first.panel_width);
    tiles_.push_back({.first_row = first_row,
                      .rows = primitives.rows,
                      .forward = TileForward(primitives, layers_, at),
                      .backward = bind_backward(primitives, layers_, at)});
}

void StepProgram::make_panels() {
    for (std::size_t l = 1; l < layers_.size(); ++l) {
        const LayerPlan& plan = layers_[l].plan;
        backward_weights_.push_back(
            {onednn::inner_product_backward_weights({.rows = rows_,
                                                     .in = plan.in_padded,
                                                     .out = plan.panel_width,
                                                     .weights_tag = layers_[l].tag()}),
             {}});
    }
    for (std::size_t l = 1; l < layers_.size(); ++l) {
        LayerMemory& layer = layers_[l];
        const LayerPlan& plan = layer.plan;
        const auto src_md = onednn::matrix(rows_, plan.in_padded, dnnl::memory::format_tag::ab);
        const auto diff_md = onednn::matrix(rows_, plan.panel_width, dnnl::memory::format_tag::ab);
        const auto weights_md = onednn::matrix(plan.panel_width, plan.in_padded, layer.tag());
        for (std::size_t p = 0; p < plan.panels(); ++p) {
            float* const diff = buffers_.panel_storage(l) + p * rows_ * plan.panel_width;
            panel_items_.push_back(
                {.layer = l,
                 .panel = p,
                 .backward_weights = bind(
                     backward_weights_[l - 1],
                     {{DNNL_ARG_SRC, onednn::view(src_md, buffers_.dst[l - 1].data())},
                      {DNNL_ARG_DIFF_DST, onednn::view(diff_md, diff)},
                      {DNNL_ARG_DIFF_WEIGHTS,
                       onednn::view(weights_md, layer.diff_weights.data() + p * plan.panel_floats())},
                      {DNNL_ARG_DIFF_BIAS, onednn::view(onednn::vector(plan.panel_width),
                                                        layer.diff_bias.data() + p * plan.panel_width)}})});
        }
    }
}

std::vector<TeamPrimitive*> StepProgram::primitives() {
    std::vector<TeamPrimitive*> all = first_->primitives();
    for (const auto& rows_primitives : rows_primitives_) {
        const auto some = rows_primitives->all();
        all.insert(all.end(), some.begin(), some.end());
    }
    for (TeamPrimitive& primitive : backward_weights_) all.push_back(&primitive);
    return all;
}

void StepProgram::scatter_to_panels(std::size_t layer, const Tile& tile) {
    if (buffers_.panels[layer].empty()) return;
    const LayerPlan& plan = layers_[layer].plan;
    split_into_panels(plan, buffers_.diff_dst[layer].data() + tile.first_row * plan.out_padded, tile.rows,
                      buffers_.panels[layer].data() + tile.first_row * plan.panel_width, rows_);
}

double StepProgram::run_tile(std::size_t t, const StepInput& input, std::size_t thread) {
    const Tile& tile = tiles_[t];
    tile.forward.run(thread);

    const std::size_t last = layers_.size() - 1;
    const LayerPlan& output = layers_[last].plan;
    const std::size_t at = tile.first_row * output.out_padded;
    const double loss = loss_of_rows(loss_,
                                     {.logits = buffers_.dst[last].data() + at,
                                      .diff_logits = buffers_.diff_dst[last].data() + at,
                                      .classes = output.out,
                                      .columns = output.out_padded,
                                      .scale = 1.0F / static_cast<float>(rows_)},
                                     input.data, input.order.subspan(tile.first_row, tile.rows));
    scatter_to_panels(last, tile);
    for (std::size_t k = 0; k < tile.backward.size(); ++k) {
        tile.backward[k].run(thread);
        if (k % 2 == 1) scatter_to_panels(last - 1 - k / 2, tile);
    }
    return loss;
}

void StepProgram::update_panel(LayerMemory& layer, std::size_t panel, const Update& update) {
    const std::size_t floats = layer.plan.panel_floats();
    const std::size_t at = panel * floats;
    update.function(layer.weights.data() + at, layer.first_weights.data() + at,
                    layer.second_weights.data() + at, layer.diff_weights.data() + at, floats, update.scalars);
    const std::size_t width = layer.plan.panel_width;
    const std::size_t bias_at = panel * width;
    update.function(layer.bias.data() + bias_at, layer.first_bias.data() + bias_at,
                    layer.second_bias.data() + bias_at, layer.diff_bias.data() + bias_at, width,
                    update.scalars);
}

void StepProgram::update_first(Panels panels, const StepInput& input, const Update& update,
                               std::size_t thread) {
    first_->backward(panels, input, thread);
    for (std::size_t p = panels.first; p < panels.second; ++p) update_panel(layers_.front(), p, update);
}

void StepProgram::update_upper(std::size_t i, const Update& update, std::size_t thread) {
    const PanelItem& item = panel_items_[i];
    item.backward_weights.run(thread);
    update_panel(layers_[item.layer], item.panel, update);
}

std::vector<PrimitiveFacts> StepProgram::facts() const {
    std::vector<const onednn::Primitive*> backward_weights{&first_->backward_weights()};
    for (const TeamPrimitive& upper : backward_weights_) backward_weights.push_back(&upper.primitive);
    return describe(*rows_primitives_.front(), backward_weights, layers_);
}

}  // namespace mnist
