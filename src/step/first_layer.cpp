// Gathering rows, and pointing the products at them.
#include "first_layer.hpp"

#include <algorithm>
#include <cstring>

#include "bf16_loops.hpp"
#include "mnist/core/checked.hpp"

namespace mnist {

WorkerRows::WorkerRows(Precision type, RowPlaces places, std::size_t numbers,
                       std::pmr::memory_resource* memory)
    : type_(type), shape_(places), numbers_(numbers), memory_(memory), places_(places.pairs * places.turns) {}

ChainRows& WorkerRows::place(std::uint64_t serial, std::size_t group, std::size_t chain, std::size_t pair,
                             std::size_t turn) {
    ChainRows& place = places_[pair % shape_.pairs * shape_.turns + turn % shape_.turns];
    if (place.serial == serial && place.group == group && place.chain == chain) return place;
    if (!place.rows) place.rows.emplace(type_, numbers_, memory_);
    place.serial = serial;
    place.group = group;
    place.chain = chain;
    place.present = 0;
    return place;
}

float* WorkerRows::lend(std::size_t floats) {
    std::optional<Numbers>& rows = places_.front().rows;
    if (!rows || floats * sizeof(float) > numbers_ * bytes_of(type_)) return nullptr;
    return static_cast<float*>(rows->at(0));
}

FirstLayer::FirstLayer(const BatchCut& cut, LayerMemory& layer, const std::vector<Strip>& strips,
                       FirstLayerBuffers& buffers, Products& products, Precision type, Isa isa)
    : cut_(cut),
      layer_(layer),
      strips_(strips),
      buffers_(buffers),
      type_(type),
      isa_(isa),
      gather_(isa, type) {
    std::vector<std::size_t> heights{std::min(cut.rows, cut.tile)};
    if (const std::size_t rest = cut.rows_of(cut.groups() - 1) % cut.tile; rest != 0) heights.push_back(rest);
    const std::size_t width = layer.plan.panel_width;
    for (const Strip& strip : strips) {
        ProductsByRows& of_strip = forward_.emplace_back();
        const std::size_t outputs = std::min(strip.outputs(), width);
        const std::size_t stride = outputs == width ? 0 : width;
        for (const std::size_t rows : heights)
            of_strip.emplace_back(rows, &products.forward({.rows = rows,
                                                           .in = strip.inputs(),
                                                           .out = outputs,
                                                           .weights_tag = layer.tag(type),
                                                           .bias = false,
                                                           .type = type,
                                                           .weights_stride = stride,
                                                           .dst_stride = stride},
                                                          false));
    }
}

// A feed's rows are f32, whole, and padded to kLane.
void FirstLayer::fetch(std::size_t first_row, std::size_t rows, Columns columns, const StepInput& input,
                       void* dst) const {
    if (buffers_.slots.empty()) {
        gather_.rows(input.data, input.order.subspan(first_row, rows), columns, dst);
        return;
    }
    const std::size_t stride = round_up(layer_.plan.in, kLane);
    const std::size_t there = std::min(columns.end, stride) - std::min(columns.first, stride);
    const float* src = buffers_.slots[input.slot] + first_row * stride + columns.first;
    for (std::size_t r = 0; r < rows; ++r, src += stride) {
        void* const row = at(dst, r * columns.width(), type_);
        if (type_ == Precision::bf16)
            round_to_bf16(src, static_cast<Bf16*>(row), there);
        else
            std::memcpy(row, src, there * sizeof(float));
        std::memset(at(row, there, type_), 0, (columns.width() - there) * bytes_of(type_));
    }
}

ChainRows& FirstLayer::with_tile(std::size_t chain, const GroupPlace& place, std::size_t tile,
                                 const StepInput& input, std::size_t worker) {
    const std::size_t group = place.group;
    ChainRows& mine = buffers_.workers[worker].place(
        input.serial, group, chain, place.shard * layer_.plan.chains() + chain, input.turn + place.turn);
    const std::uint32_t bit = 1U << tile;
    if ((mine.present & bit) != 0) return mine;
    const Columns columns{layer_.plan.cuts[chain], layer_.plan.cuts[chain + 1]};
    const std::size_t row = tile * cut_.tile;
    fetch(group * cut_.group + row, std::min(cut_.tile, cut_.rows_of(group) - row), columns, input,
          mine.rows->at(row * columns.width()));
    mine.present |= bit;
    return mine;
}

void* FirstLayer::rows_of(std::size_t chain, const GroupPlace& place, const StepInput& input,
                          std::size_t worker) {
    for (std::size_t tile = 1; tile < cut_.tiles_of(place.group); ++tile)
        static_cast<void>(with_tile(chain, place, tile, input, worker));
    return with_tile(chain, place, 0, input, worker).rows->at(0);
}

void FirstLayer::forward(std::size_t strip, const GroupPlace& place, std::size_t tile, const StepInput& input,
                         std::size_t worker) {
    const Strip& at = strips_[strip];
    const std::size_t row = tile * cut_.tile;
    const std::size_t rows = std::min(cut_.tile, cut_.rows_of(place.group) - row);
    const void* const src =
        with_tile(at.chain, place, tile, input, worker).rows->at(row * layer_.plan.chain_width(at.chain));
    TeamProduct& product = of_rows(forward_[strip], rows);
    for (std::size_t o = at.first_out; o < at.end_out; o += layer_.plan.panel_width)
        product.run(worker, src, layer_.weights_at(layer_.plan.offset(o, at.first_in), type_),
                    buffers_.parts.data() + part_at(at.chain, o, buffers_.first_row(place) + row));
}

void FirstLayer::sum_parts(std::size_t first_row, std::size_t rows, bool hidden, Numbers& dst) const {
    const LayerPlan& plan = layer_.plan;
    for (std::size_t p = 0; p < plan.panels(); ++p) {
        const Parts parts{.parts = buffers_.parts.data() + part_at(0, p * plan.panel_width, first_row),
                          .count = plan.chains(),
                          .stride = plan.panels() * buffers_.shards * buffers_.group_rows * plan.panel_width,
                          .rows = rows,
                          .width = plan.panel_width,
                          .dst_stride = plan.out_padded,
                          .bias = layer_.bias.data() + p * plan.panel_width,
                          .relu = hidden};
        void* const to = dst.at(first_row * plan.out_padded + p * plan.panel_width);
        if (dst.type() == Precision::bf16)
            add_parts_bf16(parts, static_cast<Bf16*>(to));
        else
            add_parts(isa_, parts, static_cast<float*>(to));
    }
}

}  // namespace mnist
