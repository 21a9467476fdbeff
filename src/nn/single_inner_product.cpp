// Buffers of a whole layer, padded as the engine pads them, and one call for each panel or one for all.
#include <fmt/format.h>

#include <algorithm>

#include "layer_memory.hpp"
#include "mnist/core/error.hpp"
#include "mnist/nn/single_primitive.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;
using Direction = InnerProductDirection;

LayerPlan plan_for(LayerPlan plan, Direction direction) {
    // Panels that lie input-major are no single tensor, and a gradient in the inputs needs all of them.
    if (direction == Direction::backward_data && plan.layout == WeightsLayout::input_major &&
        plan.panels() > 1)
        plan.layout = WeightsLayout::output_major;
    return plan;
}

bool by_panel(const LayerMemory& layer, Direction direction) {
    if (direction == Direction::forward) return layer.forward_by_panel();
    return direction == Direction::backward_weights && layer.plan.panels() > 1;
}

void require_size(std::span<const float> operand, std::size_t size, const char* what) {
    if (operand.size() != size)
        throw ShapeError(
            fmt::format("{} of an inner product: {} numbers instead of {}", what, operand.size(), size));
}

onednn::Primitive make_primitive(const onednn::InnerProductShape& shape, Direction direction) {
    switch (direction) {
        case Direction::forward:
            return onednn::inner_product_forward(shape, false);
        case Direction::backward_data:
            return onednn::inner_product_backward_data(shape);
        case Direction::backward_weights:
            break;
    }
    return onednn::inner_product_backward_weights(shape);
}

}  // namespace

class SingleInnerProduct::Impl {
  public:
    Impl(const LayerPlan& plan, std::size_t rows, Direction direction, const InnerProductOperands& operands)
        : rows_(rows),
          direction_(direction),
          layer_(plan_for(plan, direction), Precision::f32, 1, &memory_),
          width_(by_panel(layer_, direction) ? layer_.plan.panel_width : layer_.plan.out_padded),
          src_(rows * layer_.plan.in_padded, 0.0F, &memory_),
          dst_(rows * layer_.plan.out_padded, 0.0F, &memory_),
          primitive_(make_primitive(
              {.rows = rows, .in = layer_.plan.in_padded, .out = width_, .weights_tag = layer_.tag()},
              direction)),
          scratch_(std::max<std::size_t>(1, primitive_.scratchpad_md.get_size()), std::byte{0}, &memory_),
          scratchpad_(onednn::view(primitive_.scratchpad_md, scratch_.data())) {
        fill(operands);
        for (std::size_t first = 0; first < layer_.plan.out_padded; first += width_) bind(first);
    }

    void run() {
        for (const onednn::Call& call : calls_) call.run(scratchpad_);
    }

    [[nodiscard]] std::vector<float> result() const {
        const LayerPlan& plan = layer_.plan;
        std::vector<float> values;
        if (direction_ == Direction::backward_weights) {
            const LayerParameters gradient =
                layer_.unload(layer_.diff_weights.front(), layer_.diff_bias.front());
            values.assign(gradient.weight.begin(), gradient.weight.end());
            values.insert(values.end(), gradient.bias.begin(), gradient.bias.end());
            return values;
        }
        const bool forward = direction_ == Direction::forward;
        for (std::size_t r = 0; r < rows_; ++r) {
            for (std::size_t c = 0; c < (forward ? plan.out : plan.in); ++c)
                values.push_back(forward ? dst_[place(r, c)] : src_[r * plan.in_padded + c]);
        }
        return values;
    }

    [[nodiscard]] PrimitiveFacts facts() const {
        return {.operation = primitive_.what.substr(0, primitive_.what.find(" of ")),
                .shape = primitive_.what.substr(primitive_.what.find(" of ") + 4),
                .implementation = primitive_.implementation,
                .weights_layout = layer_.tag_name()};
    }

  private:
    // Of output c of row r: [panel][rows][width].
    [[nodiscard]] std::size_t place(std::size_t r, std::size_t c) const {
        return (c / width_ * rows_ + r) * width_ + c % width_;
    }

    void fill(const InnerProductOperands& operands) {
        const LayerPlan& plan = layer_.plan;
        if (direction_ != Direction::backward_data) {
            require_size(operands.src, rows_ * plan.in, "src");
            for (std::size_t r = 0; r < rows_; ++r)
                std::copy_n(operands.src.data() + r * plan.in, plan.in, src_.data() + r * plan.in_padded);
        }
        if (direction_ != Direction::forward) {
            require_size(operands.diff_dst, rows_ * plan.out, "diff_dst");
            for (std::size_t i = 0; i < operands.diff_dst.size(); ++i)
                dst_[place(i / plan.out, i % plan.out)] = operands.diff_dst[i];
        }
        if (direction_ == Direction::backward_weights) return;
        require_size(operands.weights, plan.out * plan.in, "weights");
        LayerParameters parameters{.in = plan.in, .out = plan.out, .weight = {}, .bias = {}};
        parameters.weight.assign(operands.weights.begin(), operands.weights.end());
        parameters.bias.assign(plan.out, 0.0F);
        if (direction_ == Direction::forward) {
            require_size(operands.bias, plan.out, "bias");
            parameters.bias.assign(operands.bias.begin(), operands.bias.end());
        }
        layer_.load(parameters);
    }

    void bind(std::size_t first_output) {
        const LayerPlan& plan = layer_.plan;
        const auto src = onednn::view(onednn::matrix(rows_, plan.in_padded, tag::ab), src_.data());
        const auto dst =
            onednn::view(onednn::matrix(rows_, width_, tag::ab), dst_.data() + first_output * rows_);
        const auto weights_md = onednn::matrix(width_, plan.in_padded, layer_.tag());
        const auto weights = [&](AlignedVector<float>& storage) {
            return onednn::view(weights_md, storage.data() + first_output * plan.in_padded);
        };
        const auto bias = [&](AlignedVector<float>& storage) {
            return onednn::view(onednn::vector(width_), storage.data() + first_output);
        };
        std::vector<onednn::Call::Argument> arguments;
        switch (direction_) {
            case Direction::forward:
                arguments = {{DNNL_ARG_SRC, src},
                             {DNNL_ARG_WEIGHTS, weights(layer_.weights)},
                             {DNNL_ARG_BIAS, bias(layer_.bias)},
                             {DNNL_ARG_DST, dst}};
                break;
            case Direction::backward_data:
                arguments = {{DNNL_ARG_DIFF_DST, dst},
                             {DNNL_ARG_WEIGHTS, weights(layer_.weights)},
                             {DNNL_ARG_DIFF_SRC, src}};
                break;
            case Direction::backward_weights:
                arguments = {{DNNL_ARG_SRC, src},
                             {DNNL_ARG_DIFF_DST, dst},
                             {DNNL_ARG_DIFF_WEIGHTS, weights(layer_.diff_weights.front())},
                             {DNNL_ARG_DIFF_BIAS, bias(layer_.diff_bias.front())}};
                break;
        }
        calls_.emplace_back(primitive_, std::move(arguments));
    }

    std::size_t rows_;
    Direction direction_;
    // As in the engine, so that a call by itself is as fast as in a step.
    std::pmr::monotonic_buffer_resource memory_{kHugePage, huge_page_heap()};
    LayerMemory layer_;
    std::size_t width_;         ///< outputs of a call
    AlignedVector<float> src_;  ///< [rows, in_padded], or its gradient
    AlignedVector<float> dst_;  ///< [call][rows][width], or its gradient
    onednn::Primitive primitive_;
    AlignedVector<std::byte> scratch_;
    dnnl::memory scratchpad_;
    std::vector<onednn::Call> calls_;
};

SingleInnerProduct::SingleInnerProduct(const LayerPlan& plan, std::size_t rows,
                                       InnerProductDirection direction, const InnerProductOperands& operands)
    : impl_(std::make_unique<Impl>(plan, rows, direction, operands)) {}
SingleInnerProduct::~SingleInnerProduct() = default;

void SingleInnerProduct::run() {
    impl_->run();
}
std::vector<float> SingleInnerProduct::result() const {
    return impl_->result();
}
PrimitiveFacts SingleInnerProduct::facts() const {
    return impl_->facts();
}

}  // namespace mnist
