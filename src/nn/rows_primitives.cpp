// Building and binding, layer by layer.
#include "rows_primitives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mnist {
namespace {

onednn::InnerProductShape shape_of(std::size_t rows, const LayerMemory& layer, bool one_panel) {
    const std::size_t out = one_panel ? layer.plan.panel_width : layer.plan.out_padded;
    return {.rows = rows, .in = layer.plan.in_padded, .out = out, .weights_tag = layer.tag()};
}

dnnl::memory rows_view(std::size_t rows, std::size_t columns, float* data) {
    return onednn::view(onednn::matrix(rows, columns, dnnl::memory::format_tag::ab), data);
}

dnnl::memory weights_view(LayerMemory& layer) {
    return onednn::view(onednn::matrix(layer.plan.out_padded, layer.plan.in_padded, layer.tag()),
                        layer.weights.data());
}

}  // namespace

TeamCall bind(const TeamPrimitive& primitive, std::vector<onednn::Call::Argument> arguments) {
    return {onednn::Call(primitive.primitive, std::move(arguments)), &primitive.scratchpads};
}

RowsPrimitives::RowsPrimitives(std::size_t rows_in_tile, const std::vector<LayerMemory>& layers, RowsUse use)
    : rows(rows_in_tile) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const bool hidden = l + 1 < layers.size();
        const bool by_panel = use == RowsUse::panel_training || use == RowsUse::sliced_training;
        const bool one_panel = layers[l].forward_by_panel() || (by_panel && l == 0);
        const bool one_slice = use == RowsUse::sliced_training && l == 1;
        onednn::InnerProductShape shape = shape_of(rows, layers[l], one_panel);
        if (one_slice) shape.in = layers[l].plan.slice_width();
        forward.push_back({onednn::inner_product_forward(shape, hidden && !one_slice), {}});
        if (use == RowsUse::evaluation) continue;
        if (l > 0) {
            shape.out = layers[l].plan.out_padded;
            backward_data.push_back({onednn::inner_product_backward_data(shape), {}});
        }
        if (one_slice) {
            shape.bias = false;
            later_slices.push_back({onednn::inner_product_forward(shape, false), {}});
        }
    }
}

std::vector<TeamPrimitive*> RowsPrimitives::all() {
    std::vector<TeamPrimitive*> primitives;
    for (auto* const list : {&forward, &later_slices, &backward_data}) {
        for (TeamPrimitive& primitive : *list) primitives.push_back(&primitive);
    }
    return primitives;
}

TileForward::TileForward(const RowsPrimitives& primitives, const LayerList& layers,
                         const TileBuffers& buffers)
    : rows_(primitives.rows),
      panel_width_(layers.front()->plan.panel_width),
      panel_dst_(buffers.panel_dst),
      merged_(buffers.dst.front()) {
    for (std::size_t l = buffers.first_layer; l < layers.size(); ++l) {
        if (layers[l]->forward_by_panel()) {
            bind_panels(primitives, *layers[l], buffers);
        } else {
            bind_layer(primitives, *layers[l], l, l == 0 ? buffers.src : buffers.dst[l - 1], buffers.dst[l]);
        }
    }
}

void TileForward::bind_panels(const RowsPrimitives& primitives, LayerMemory& layer,
                              const TileBuffers& buffers) {
    const LayerPlan& plan = layer.plan;
    const auto weights_md = onednn::matrix(plan.panel_width, plan.in_padded, layer.tag());
    for (std::size_t p = 0; p < plan.panels(); ++p) {
        panels_.push_back(bind(
            primitives.forward.front(),
            {{DNNL_ARG_SRC, rows_view(rows_, plan.in_padded, buffers.src)},
             {DNNL_ARG_WEIGHTS, onednn::view(weights_md, layer.weights.data() + p * plan.panel_floats())},
             {DNNL_ARG_BIAS,
              onednn::view(onednn::vector(plan.panel_width), layer.bias.data() + p * plan.panel_width)},
             {DNNL_ARG_DST, rows_view(rows_, plan.panel_width, buffers.panel_dst[p])}}));
    }
}

void TileForward::bind_layer(const RowsPrimitives& primitives, LayerMemory& layer, std::size_t index,
                             float* src, float* dst) {
    const LayerPlan& plan = layer.plan;
    layers_.push_back(bind(primitives.forward[index],
                           {{DNNL_ARG_SRC, rows_view(rows_, plan.in_padded, src)},
                            {DNNL_ARG_WEIGHTS, weights_view(layer)},
                            {DNNL_ARG_BIAS, onednn::view(onednn::vector(plan.out_padded), layer.bias.data())},
                            {DNNL_ARG_DST, rows_view(rows_, plan.out_padded, dst)}}));
}

void TileForward::run(std::size_t thread) const {
    for (const TeamCall& call : panels_) call.run(thread);
    const std::size_t count = panel_dst_.size();
    for (std::size_t r = 0; count > 0 && r < rows_; ++r) {
        for (std::size_t p = 0; p < count; ++p)
            std::memcpy(merged_ + (r * count + p) * panel_width_, panel_dst_[p] + r * panel_width_,
                        panel_width_ * sizeof(float));
    }
    for (const TeamCall& call : layers_) call.run(thread);
}

std::vector<TeamCall> bind_backward(const RowsPrimitives& primitives, const LayerList& layers,
                                    const TileBuffers& buffers) {
    std::vector<TeamCall> calls;
    for (std::size_t l = layers.size(); l-- > std::max<std::size_t>(buffers.first_layer, 1);) {
        LayerMemory& layer = *layers[l];
        const std::size_t below = l - 1;
        const auto diff_src = rows_view(primitives.rows, layer.plan.in_padded, buffers.diff_dst[below]);
        calls.push_back(
            bind(primitives.backward_data[below],
                 {{DNNL_ARG_DIFF_DST, rows_view(primitives.rows, layer.plan.out_padded, buffers.diff_dst[l])},
                  {DNNL_ARG_WEIGHTS, weights_view(layer)},
                  {DNNL_ARG_DIFF_SRC, diff_src}}));
    }
    return calls;
}

void split_into_panels(const LayerPlan& plan, const float* rows, std::size_t n, float* panels,
                       std::size_t panel_rows) {
    const std::size_t width = plan.panel_width;
    for (std::size_t r = 0; r < n; ++r, rows += plan.out_padded) {
        for (std::size_t p = 0; p < plan.panels(); ++p)
            std::memcpy(panels + (p * panel_rows + r) * width, rows + p * width, width * sizeof(float));
    }
}

std::vector<PrimitiveFacts> describe(const RowsPrimitives& rows,
                                     const std::vector<const onednn::Primitive*>& backward_weights,
                                     const std::vector<LayerMemory>& layers) {
    std::vector<PrimitiveFacts> facts;
    const auto add = [&](std::size_t l, const char* operation, const onednn::Primitive& primitive) {
        facts.push_back({.operation = fmt::format("fc{} {}", l + 1, operation),
                         .shape = primitive.what.substr(primitive.what.find(" of ") + 4),
                         .implementation = primitive.implementation,
                         .weights_layout = layers[l].tag_name()});
    };
    for (std::size_t l = 0; l < layers.size(); ++l) {
        add(l, "forward", rows.forward[l].primitive);
        if (l > 0) add(l, "backward_data", rows.backward_data[l - 1].primitive);
        add(l, "backward_weights", *backward_weights[l]);
    }
    return facts;
}

}  // namespace mnist
