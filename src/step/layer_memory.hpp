// Buffers of one layer: parameters, gradients and optimizer state in the layout that its plan says, and the
// conversion from and to PyTorch's order. For training in bf16 there is a copy of the weights in bf16, which
// the matrix products read. In both, the inputs of a panel follow each other in their order; in bf16 two
// inputs of an output lie side by side, [inputs / 2][panel width][2]. oneDNN calls that blocks of 16 inputs
// or of 32: the same where the inputs are a multiple of 32. Private to this room.
#pragma once

#include <memory_resource>
#include <vector>

#include "mnist/models/model_file.hpp"
#include "mnist/onednn/primitives.hpp"
#include "mnist/step/layer_plan.hpp"
#include "numbers.hpp"

namespace mnist {

/// oneDNN's tag of a panel layout in f32, and of blocked weights in bf16 by LayerPlan::bf16_block.
[[nodiscard]] dnnl::memory::format_tag tag_of(WeightsLayout layout, std::size_t panel_width);
[[nodiscard]] dnnl::memory::format_tag bf16_tag(std::size_t block, std::size_t panel_width);

struct LayerMemory {
    /// `training`: what the matrix products of training multiply. `memory` is not owned and must outlive the
    /// layer.
    LayerMemory(const LayerPlan& layer_plan, Precision training, std::pmr::memory_resource* memory);

    /// Also into the copy for training.
    void load(const LayerParameters& parameters);
    /// Inverse of unload(): into two of the arrays below. What is padding becomes 0.
    void fill(const LayerParameters& parameters, AlignedVector<float>& weight_storage,
              AlignedVector<float>& bias_storage) const;
    /// Zero the optimizer's state.
    void clear_state();
    [[nodiscard]] LayerParameters unload(const AlignedVector<float>& weight_storage,
                                         const AlignedVector<float>& bias_storage) const;
    /// Makes room for so many sums of gradients (the buffers of own_leaves.hpp), of which the first are
    /// diff_weights and diff_bias.
    void reserve_sums(std::size_t buffers);
    [[nodiscard]] float* weights_sum(std::size_t buffer) {
        return buffer == 0 ? diff_weights.data() : more_sums[buffer - 1].weights.data();
    }
    [[nodiscard]] float* bias_sum(std::size_t buffer) {
        return buffer == 0 ? diff_bias.data() : more_sums[buffer - 1].bias.data();
    }
    /// What a training step left.
    [[nodiscard]] LayerParameters gradient() const;
    /// oneDNN's tag of some panels or all, of some inputs or all.
    [[nodiscard]] dnnl::memory::format_tag tag(Precision type = Precision::f32) const {
        return type == Precision::bf16 ? bf16_tag(plan.bf16_block, plan.panel_width)
                                       : tag_of(plan.layout, plan.panel_width);
    }
    /// Address of the weight at `place` in what matrix products of that type read.
    [[nodiscard]] void* weights_at(std::size_t place, Precision type) {
        return type == Precision::f32 ? weights.data() + place : copy.at(place);
    }
    [[nodiscard]] bool turned() const { return plan.gradient_layout == WeightsLayout::output_major; }
    [[nodiscard]] std::string tag_name(Precision type = Precision::f32) const;

    LayerPlan plan;                     ///< gradient_layout is that of the training's precision
    AlignedVector<float> weights;       ///< [weight_floats]
    AlignedVector<float> diff_weights;  ///< [weight_floats], where the plan's gradient_offset says
    AlignedVector<float> first_weights, second_weights;  ///< [weight_floats]
    Numbers copy;                    ///< the weights in bf16, [weight_floats]; empty where training is f32
    AlignedVector<float> bias;       ///< [out_padded]
    AlignedVector<float> diff_bias;  ///< [out_padded]
    AlignedVector<float> first_bias, second_bias;  ///< [out_padded]
    struct Sums {
        AlignedVector<float> weights, bias;  ///< like diff_weights and diff_bias
    };
    std::vector<Sums> more_sums;
};

}  // namespace mnist
