// Buffers of a whole layer, padded as the engine pads them, and its products one after the other.
#include <fmt/format.h>

#include <algorithm>

#include "layer_memory.hpp"
#include "mnist/core/error.hpp"
#include "mnist/step/single_primitive.hpp"
#include "part_sums.hpp"
#include "products.hpp"

namespace mnist {
namespace {

using Direction = InnerProductDirection;

LayerPlan plan_for(LayerPlan plan, Direction direction) {
    // A gradient in the inputs needs all outputs in one tensor.
    if (direction == Direction::backward_data && plan.layout == WeightsLayout::input_major)
        plan.panel_width = plan.out_padded;
    return plan;
}

void require_size(std::span<const float> operand, std::size_t size, const char* what) {
    if (operand.size() != size)
        throw ShapeError(
            fmt::format("{} of an inner product: {} numbers instead of {}", what, operand.size(), size));
}

}  // namespace

class SingleInnerProduct::Impl {
  public:
    Impl(const LayerPlan& plan, std::size_t rows, Direction direction, const InnerProductOperands& operands)
        : rows_(rows),
          direction_(direction),
          layer_(plan_for(plan, direction), Precision::f32, &memory_),
          src_(rows * layer_.plan.in_padded, 0.0F, &memory_),
          dst_(rows * layer_.plan.out_padded, 0.0F, &memory_),
          parts_(layer_.plan.chains() * dst_.size(), 0.0F, &memory_),
          products_(1, &memory_) {
        fill(operands);
        if (direction == Direction::forward)
            add_forward();
        else if (direction == Direction::backward_data)
            add(products_.backward_data(shape()), dst_.data(), layer_.weights.data(), src_.data());
        else
            add_gradients();
        products_.bind();
    }

    void run() {
        for (const Step& step : steps_) step.product->run(0, step.left, step.right, step.result, step.bias);
        const LayerPlan& plan = layer_.plan;
        if (direction_ == Direction::backward_weights) {
            std::fill(layer_.diff_bias.begin(), layer_.diff_bias.end(), 0.0F);
            add_column_sums(detected_isa(), dst_.data(), rows_, plan.out_padded, layer_.diff_bias.data());
        } else if (direction_ == Direction::forward && plan.gathered) {
            for (std::size_t o = 0; o < plan.out_padded; o += plan.panel_width)
                add_parts(detected_isa(),
                          {.parts = parts_.data() + o * rows_,
                           .count = plan.chains(),
                           .stride = dst_.size(),
                           .rows = rows_,
                           .width = plan.panel_width,
                           .dst_stride = plan.out_padded,
                           .bias = layer_.bias.data() + o},
                          dst_.data() + o);
        }
    }

    [[nodiscard]] std::vector<float> result() const {
        const LayerPlan& plan = layer_.plan;
        std::vector<float> values;
        if (direction_ == Direction::backward_weights) {
            const LayerParameters gradient = layer_.gradient();
            values.assign(gradient.weight.begin(), gradient.weight.end());
            values.insert(values.end(), gradient.bias.begin(), gradient.bias.end());
            return values;
        }
        const bool forward = direction_ == Direction::forward;
        for (std::size_t r = 0; r < rows_; ++r) {
            for (std::size_t c = 0; c < (forward ? plan.out : plan.in); ++c)
                values.push_back(forward ? dst_[r * plan.out_padded + c] : src_[r * plan.in_padded + c]);
        }
        return values;
    }

    [[nodiscard]] PrimitiveFacts facts() const {
        return steps_.front().product->primitive().facts(layer_.tag_name());
    }

  private:
    struct Step {
        TeamProduct* product;
        const float *left, *right;
        float* result;
        const float* bias;
    };

    // Of input i of row r.
    [[nodiscard]] std::size_t src_place(std::size_t r, std::size_t i) const {
        const LayerPlan& plan = layer_.plan;
        if (!plan.gathered || direction_ == Direction::backward_data) return r * plan.in_padded + i;
        const auto behind = std::upper_bound(plan.cuts.begin(), plan.cuts.end(), i);
        const auto c = static_cast<std::size_t>(behind - plan.cuts.begin()) - 1;
        return plan.cuts[c] * rows_ + r * plan.chain_width(c) + (i - plan.cuts[c]);
    }
    [[nodiscard]] const float* chain_rows(std::size_t chain) const {
        return src_.data() + layer_.plan.cuts[chain] * (layer_.plan.gathered ? rows_ : 1);
    }

    void fill(const InnerProductOperands& operands) {
        const LayerPlan& plan = layer_.plan;
        if (direction_ != Direction::backward_data) {
            require_size(operands.src, rows_ * plan.in, "src");
            for (std::size_t i = 0; i < operands.src.size(); ++i)
                src_[src_place(i / plan.in, i % plan.in)] = operands.src[i];
        }
        if (direction_ != Direction::forward) {
            require_size(operands.diff_dst, rows_ * plan.out, "diff_dst");
            for (std::size_t i = 0; i < operands.diff_dst.size(); ++i)
                dst_[i / plan.out * plan.out_padded + i % plan.out] = operands.diff_dst[i];
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

    [[nodiscard]] onednn::ProductShape shape() const {
        return {.rows = rows_,
                .in = layer_.plan.in_padded,
                .out = layer_.plan.out_padded,
                .weights_tag = layer_.tag()};
    }

    void add(TeamProduct& product, const float* left, const float* right, float* result,
             const float* bias = nullptr) {
        steps_.push_back({&product, left, right, result, bias});
    }

    void add_forward() {
        const LayerPlan& plan = layer_.plan;
        onednn::ProductShape part = shape();
        part.bias = !plan.gathered;
        if (!plan.gathered)
            return add(products_.forward(part, false), src_.data(), layer_.weights.data(), dst_.data(),
                       layer_.bias.data());
        part.out = plan.panel_width;
        for (std::size_t c = 0; c < plan.chains(); ++c) {
            part.in = plan.chain_width(c);
            TeamProduct& product = products_.forward(part, false);
            for (std::size_t o = 0; o < plan.out_padded; o += plan.panel_width)
                add(product, chain_rows(c), layer_.weights.data() + plan.offset(o, plan.cuts[c]),
                    parts_.data() + c * dst_.size() + o * rows_);
        }
    }

    void add_gradients() {
        const LayerPlan& plan = layer_.plan;
        const bool turned = layer_.turned();
        for (std::size_t c = 0; c < plan.chains(); ++c) {
            const float* const src = chain_rows(c);
            add(products_.weights_gradient({.rows = rows_, .in = plan.chain_width(c), .out = plan.out_padded},
                                           turned, false),
                turned ? dst_.data() : src, turned ? src : dst_.data(),
                layer_.diff_weights.data() + plan.gradient_offset(0, plan.cuts[c]));
        }
    }

    std::size_t rows_;
    Direction direction_;
    // As in the engine, so that a call by itself is as fast as in a step.
    std::pmr::monotonic_buffer_resource memory_{kHugePage, huge_page_heap()};
    LayerMemory layer_;
    AlignedVector<float>
        src_;  ///< [rows, in_padded], chain by chain where they are gathered; or its gradient
    AlignedVector<float> dst_;    ///< [rows, out_padded], or its gradient
    AlignedVector<float> parts_;  ///< [chain][panel][rows][panel width]
    Products products_;
    std::vector<Step> steps_;
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
