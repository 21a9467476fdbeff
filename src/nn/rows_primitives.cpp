// Building and binding, layer by layer.
#include "rows_primitives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mnist {
namespace {

dnnl::memory rows_view(std::size_t rows, std::size_t columns, void* data, Precision type) {
    return onednn::view(onednn::matrix(rows, columns, dnnl::memory::format_tag::ab, type), data);
}

dnnl::memory weights_view(LayerMemory& layer, Precision type) {
    return onednn::view(onednn::matrix(layer.plan.out_padded, layer.plan.in_padded, layer.tag(type), type),
                        layer.weights_at(0, type));
}

}  // namespace

TeamCall bind(const TeamPrimitive& primitive, std::vector<onednn::Call::Argument> arguments) {
    return {onednn::Call(primitive.primitive, std::move(arguments)), &primitive.scratchpads};
}

RowsPrimitives::RowsPrimitives(std::size_t rows_in_tile, const std::vector<LayerMemory>& layers, RowsUse use,
                               Precision type)
    : rows(rows_in_tile), precision(type) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const bool hidden = l + 1 < layers.size();
        const bool by_panel = use == RowsUse::panel_training || use == RowsUse::sliced_training;
        const bool one_panel = layers[l].forward_by_panel() || (by_panel && l == 0);
        const bool one_slice = use == RowsUse::sliced_training && l == 1;
        const LayerPlan& plan = layers[l].plan;
        onednn::InnerProductShape shape{.rows = rows,
                                        .in = one_slice ? plan.slice_width() : plan.in_padded,
                                        .out = one_panel ? plan.panel_width : plan.out_padded,
                                        .weights_tag = layers[l].tag(type),
                                        .type = type,
                                        .dst_type = results_type(l, layers.size(), type)};
        if (one_slice) shape.dst_type = Precision::f32;  // a part of a sum
        forward.push_back({onednn::inner_product_forward(shape, hidden && !one_slice), {}});
        if (use == RowsUse::evaluation) continue;
        if (l > 0) {
            shape.out = plan.out_padded;
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
      panel_bytes_(layers.front()->plan.panel_width *
                   bytes_of(results_type(0, layers.size(), primitives.precision))),
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

// Of input-major layers, which are never bf16.
void TileForward::bind_panels(const RowsPrimitives& primitives, LayerMemory& layer,
                              const TileBuffers& buffers) {
    const LayerPlan& plan = layer.plan;
    const auto weights_md = onednn::matrix(plan.panel_width, plan.in_padded, layer.tag());
    for (std::size_t p = 0; p < plan.panels(); ++p) {
        panels_.push_back(bind(
            primitives.forward.front(),
            {{DNNL_ARG_SRC, rows_view(rows_, plan.in_padded, buffers.src, Precision::f32)},
             {DNNL_ARG_WEIGHTS, onednn::view(weights_md, layer.weights.data() + p * plan.panel_floats())},
             {DNNL_ARG_BIAS,
              onednn::view(onednn::vector(plan.panel_width), layer.bias.data() + p * plan.panel_width)},
             {DNNL_ARG_DST, rows_view(rows_, plan.panel_width, buffers.panel_dst[p], Precision::f32)}}));
    }
}

void TileForward::bind_layer(const RowsPrimitives& primitives, LayerMemory& layer, std::size_t index,
                             void* src, void* dst) {
    const LayerPlan& plan = layer.plan;
    const Precision type = primitives.precision;
    const Precision results = results_type(index, primitives.forward.size(), type);
    layers_.push_back(bind(primitives.forward[index],
                           {{DNNL_ARG_SRC, rows_view(rows_, plan.in_padded, src, type)},
                            {DNNL_ARG_WEIGHTS, weights_view(layer, type)},
                            {DNNL_ARG_BIAS, onednn::view(onednn::vector(plan.out_padded), layer.bias.data())},
                            {DNNL_ARG_DST, rows_view(rows_, plan.out_padded, dst, results)}}));
}

void TileForward::run(std::size_t thread) const {
    for (const TeamCall& call : panels_) call.run(thread);
    const std::size_t count = panel_dst_.size();
    for (std::size_t r = 0; count > 0 && r < rows_; ++r) {
        for (std::size_t p = 0; p < count; ++p)
            std::memcpy(static_cast<std::byte*>(merged_) + (r * count + p) * panel_bytes_,
                        static_cast<const std::byte*>(panel_dst_[p]) + r * panel_bytes_, panel_bytes_);
    }
    for (const TeamCall& call : layers_) call.run(thread);
}

std::vector<TeamCall> bind_backward(const RowsPrimitives& primitives, const LayerList& layers,
                                    const TileBuffers& buffers) {
    std::vector<TeamCall> calls;
    for (std::size_t l = layers.size(); l-- > std::max<std::size_t>(buffers.first_layer, 1);) {
        LayerMemory& layer = *layers[l];
        const std::size_t below = l - 1;
        const auto rows_of = [&](std::size_t columns, void* data) {
            return rows_view(primitives.rows, columns, data, primitives.precision);
        };
        calls.push_back(bind(primitives.backward_data[below],
                             {{DNNL_ARG_DIFF_DST, rows_of(layer.plan.out_padded, buffers.diff_dst[l])},
                              {DNNL_ARG_WEIGHTS, weights_view(layer, primitives.precision)},
                              {DNNL_ARG_DIFF_SRC, rows_of(layer.plan.in_padded, buffers.diff_dst[below])}}));
    }
    return calls;
}

void split_into_panels(const LayerPlan& plan, Precision type, const void* rows, std::size_t n, void* panels,
                       std::size_t panel_rows) {
    const std::size_t bytes = plan.panel_width * bytes_of(type);  // of a panel's row
    const auto* row = static_cast<const std::byte*>(rows);
    auto* const to = static_cast<std::byte*>(panels);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t p = 0; p < plan.panels(); ++p, row += bytes)
            std::memcpy(to + (p * panel_rows + r) * bytes, row, bytes);
    }
}

std::vector<PrimitiveFacts> describe(const RowsPrimitives& rows,
                                     const std::vector<const onednn::Primitive*>& backward_weights,
                                     const std::vector<LayerMemory>& layers) {
    std::vector<PrimitiveFacts> facts;
    const auto add = [&](std::size_t l, const char* operation, const onednn::Primitive& primitive,
                         Precision weights) {
        facts.push_back({.operation = fmt::format("fc{} {}", l + 1, operation),
                         .shape = primitive.what.substr(primitive.what.find(" of ") + 4),
                         .implementation = primitive.implementation,
                         .weights_layout = layers[l].tag_name(weights)});
    };
    for (std::size_t l = 0; l < layers.size(); ++l) {
        add(l, "forward", rows.forward[l].primitive, rows.precision);
        if (l > 0) add(l, "backward_data", rows.backward_data[l - 1].primitive, rows.precision);
        add(l, "backward_weights", *backward_weights[l], Precision::f32);
    }
    return facts;
}

}  // namespace mnist
