// Cutting a batch into tiles and the layers into panels, and carrying out one of them.
#include "step_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace mnist {
namespace {

constexpr std::size_t kMostClasses = 256;  // labels are bytes

}  // namespace

BatchBuffers::BatchBuffers(const std::vector<LayerMemory>& layers, std::size_t rows, BatchFeed* feed) {
    if (feed != nullptr) {
        src = feed->slots();
    } else {
        own_src.assign(rows * layers.front().plan.in_padded, 0.0F);
        src = {own_src.data()};
    }
    for (const LayerMemory& layer : layers) {
        const std::size_t floats = rows * layer.plan.out_padded;
        dst.emplace_back(floats, 0.0F);
        diff_dst.emplace_back(floats, 0.0F);
        panels.emplace_back(layer.plan.panels() > 1 ? floats : 0, 0.0F);
    }
}

float* BatchBuffers::panel_storage(std::size_t layer) {
    // One panel in [1][rows][width] is the row-major gradient itself.
    return panels[layer].empty() ? diff_dst[layer].data() : panels[layer].data();
}

StepProgram::StepProgram(std::size_t rows, std::vector<LayerMemory>& layers, BatchBuffers& buffers, Isa isa)
    : rows_(rows),
      layers_(layers),
      buffers_(buffers),
      normalize_(normalize_pixels(isa)),
      loss_(softmax_cross_entropy(isa)) {
    const std::size_t tile = std::min(rows, tile_rows(rows));
    rows_primitives_.push_back(std::make_unique<RowsPrimitives>(tile, layers, true));
    if (rows % tile != 0)
        rows_primitives_.push_back(std::make_unique<RowsPrimitives>(rows % tile, layers, true));
    for (std::size_t first = 0; first < rows; first += tile) {
        const bool full = first + tile <= rows;
        make_tile(first, full ? *rows_primitives_.front() : *rows_primitives_.back());
    }
    make_panels();
}

void StepProgram::make_tile(std::size_t first_row, const RowsPrimitives& primitives) {
    Tile tile{.first_row = first_row, .rows = primitives.rows, .forward = {}, .backward = {}};
    TileBuffers at;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const std::size_t offset = first_row * layers_[l].plan.out_padded;
        at.dst.push_back(buffers_.dst[l].data() + offset);
        at.diff_dst.push_back(buffers_.diff_dst[l].data() + offset);
    }
    const LayerPlan& first = layers_.front().plan;
    for (std::size_t p = 0; layers_.front().forward_by_panel() && p < first.panels(); ++p)
        at.panel_dst.push_back(buffers_.panel_storage(0) + (p * rows_ + first_row) * first.panel_width);
    for (float* const src : buffers_.src) {
        at.src = src + first_row * first.in_padded;
        tile.forward.emplace_back(primitives, layers_, at);
    }
    tile.backward = bind_backward(primitives, layers_, at);
    tiles_.push_back(std::move(tile));
}

void StepProgram::make_panels() {
    for (const LayerMemory& layer : layers_) {
        const LayerPlan& plan = layer.plan;
        backward_weights_.push_back(
            {onednn::inner_product_backward_weights(
                 {.rows = rows_, .in = plan.in_padded, .out = plan.panel_width, .weights_tag = layer.tag()}),
             {}});
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        LayerMemory& layer = layers_[l];
        const LayerPlan& plan = layer.plan;
        const auto src_md = onednn::matrix(rows_, plan.in_padded, dnnl::memory::format_tag::ab);
        const auto diff_md = onednn::matrix(rows_, plan.panel_width, dnnl::memory::format_tag::ab);
        const auto weights_md = onednn::matrix(plan.panel_width, plan.in_padded, layer.tag());
        const std::vector<float*> sources =
            l == 0 ? buffers_.src : std::vector<float*>{buffers_.dst[l - 1].data()};
        for (std::size_t p = 0; p < plan.panels(); ++p) {
            PanelItem item{.layer = l, .panel = p, .backward_weights = {}};
            for (float* const src : sources) {
                float* const diff = buffers_.panel_storage(l) + p * rows_ * plan.panel_width;
                item.backward_weights.push_back(bind(
                    backward_weights_[l],
                    {{DNNL_ARG_SRC, onednn::view(src_md, src)},
                     {DNNL_ARG_DIFF_DST, onednn::view(diff_md, diff)},
                     {DNNL_ARG_DIFF_WEIGHTS,
                      onednn::view(weights_md, layer.diff_weights.data() + p * plan.panel_floats())},
                     {DNNL_ARG_DIFF_BIAS, onednn::view(onednn::vector(plan.panel_width),
                                                       layer.diff_bias.data() + p * plan.panel_width)}}));
            }
            panel_items_.push_back(std::move(item));
        }
    }
}

std::vector<TeamPrimitive*> StepProgram::primitives() {
    std::vector<TeamPrimitive*> all;
    for (const auto& rows_primitives : rows_primitives_) {
        const auto some = rows_primitives->all();
        all.insert(all.end(), some.begin(), some.end());
    }
    for (TeamPrimitive& primitive : backward_weights_) all.push_back(&primitive);
    return all;
}

void StepProgram::gather_rows(const Tile& tile, const StepInput& input) const {
    const LabelledRows& data = input.data;
    const std::size_t stride = layers_.front().plan.in_padded;
    float* dst = buffers_.src[input.slot] + tile.first_row * stride;
    for (const std::uint32_t row : input.order.subspan(tile.first_row, tile.rows)) {
        normalize_(data.images + row * data.pixels, dst, data.pixels);
        dst += stride;
    }
}

// The rows are scattered over the whole set. Those that this thread will most likely gather in the next step
// are asked for now, so that they come in while this step computes.
void StepProgram::prefetch_next_rows(const Tile& tile, const StepInput& input) const {
    const LabelledRows& data = input.data;
    const std::size_t first = std::min(input.order.size(), rows_ + tile.first_row);
    const std::size_t count = std::min(tile.rows, input.order.size() - first);
    for (const std::uint32_t row : input.order.subspan(first, count)) {
        const std::uint8_t* const pixels = data.images + row * data.pixels;
        for (std::size_t line = 0; line < data.pixels; line += kCacheLine)
            __builtin_prefetch(pixels + line, 0, 2);
    }
}

void StepProgram::scatter_to_panels(std::size_t layer, const Tile& tile) {
    if (buffers_.panels[layer].empty()) return;
    const LayerPlan& plan = layers_[layer].plan;
    const float* row = buffers_.diff_dst[layer].data() + tile.first_row * plan.out_padded;
    float* const storage = buffers_.panels[layer].data();
    for (std::size_t r = tile.first_row; r < tile.first_row + tile.rows; ++r, row += plan.out_padded) {
        for (std::size_t p = 0; p < plan.panels(); ++p) {
            std::memcpy(storage + (p * rows_ + r) * plan.panel_width, row + p * plan.panel_width,
                        plan.panel_width * sizeof(float));
        }
    }
}

double StepProgram::run_tile(std::size_t t, const StepInput& input, std::size_t thread) {
    const Tile& tile = tiles_[t];
    if (input.gather) {
        gather_rows(tile, input);
        prefetch_next_rows(tile, input);
    }
    tile.forward[input.slot].run(thread);

    const std::size_t last = layers_.size() - 1;
    const LayerPlan& output = layers_[last].plan;
    std::array<std::uint8_t, kMostClasses> labels;
    double loss = 0;
    for (std::size_t done = 0; done < tile.rows; done += labels.size()) {
        const std::size_t count = std::min(labels.size(), tile.rows - done);
        const std::size_t first = tile.first_row + done;
        for (std::size_t r = 0; r < count; ++r) labels[r] = input.data.labels[input.order[first + r]];
        loss += loss_({.logits = buffers_.dst[last].data() + first * output.out_padded,
                       .labels = labels.data(),
                       .diff_logits = buffers_.diff_dst[last].data() + first * output.out_padded,
                       .rows = count,
                       .classes = output.out,
                       .columns = output.out_padded,
                       .scale = 1.0F / static_cast<float>(rows_)});
    }
    scatter_to_panels(last, tile);
    for (std::size_t k = 0; k < tile.backward.size(); ++k) {
        tile.backward[k].run(thread);
        if (k % 2 == 1) scatter_to_panels(last - 1 - k / 2, tile);
    }
    return loss;
}

void StepProgram::run_panel(std::size_t i, std::size_t slot, UpdateFn update, const UpdateScalars& scalars,
                            std::size_t thread) {
    const PanelItem& item = panel_items_[i];
    LayerMemory& layer = layers_[item.layer];
    item.backward_weights[item.layer == 0 ? slot : 0].run(thread);
    const std::size_t floats = layer.plan.panel_floats();
    const std::size_t at = item.panel * floats;
    update(layer.weights.data() + at, layer.first_weights.data() + at, layer.second_weights.data() + at,
           layer.diff_weights.data() + at, floats, scalars);
    const std::size_t width = layer.plan.panel_width;
    const std::size_t bias_at = item.panel * width;
    update(layer.bias.data() + bias_at, layer.first_bias.data() + bias_at, layer.second_bias.data() + bias_at,
           layer.diff_bias.data() + bias_at, width, scalars);
}

std::vector<PrimitiveFacts> StepProgram::facts() const {
    const RowsPrimitives& rows_primitives = *rows_primitives_.front();
    std::vector<PrimitiveFacts> facts;
    const auto add = [&](std::size_t l, const char* operation, const onednn::Primitive& primitive,
                         bool weights) {
        facts.push_back({.operation = fmt::format("fc{} {}", l + 1, operation),
                         .shape = primitive.what.substr(primitive.what.find(" of ") + 4),
                         .implementation = primitive.implementation,
                         .weights_layout = weights ? layers_[l].tag_name() : ""});
    };
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        add(l, "forward", rows_primitives.forward[l].primitive, true);
        if (l > 0) add(l, "backward_data", rows_primitives.backward_data[l - 1].primitive, true);
        if (l + 1 < layers_.size())
            add(l, "relu_backward", rows_primitives.relu_backward[l].primitive, false);
        add(l, "backward_weights", backward_weights_[l].primitive, true);
    }
    return facts;
}

}  // namespace mnist
