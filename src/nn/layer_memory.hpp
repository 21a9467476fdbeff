// Buffers of one layer: parameters, gradients and optimizer state in the layout that its plan says, and the
// conversion from and to PyTorch's order. For training in bf16 there is a copy of the weights in bf16, which
// the matrix products read. In the blocked layout both have the same blocks of 16 inputs; in bf16 two inputs
// of an output lie side by side, [inputs / 2][panel width][2]. Private to this room.
#pragma once

#include <memory_resource>

#include "mnist/nn/layer_plan.hpp"
#include "mnist/nn/model_file.hpp"
#include "numbers.hpp"
#include "onednn.hpp"

namespace mnist {

/// oneDNN's tag of a panel layout. bf16 weights are blocked.
[[nodiscard]] dnnl::memory::format_tag tag_of(WeightsLayout layout, std::size_t panel_width,
                                              Precision type = Precision::f32);

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
                                         const AlignedVector<float>& bias_storage) const {
        return unload(weight_storage, plan.layout, bias_storage);
    }
    /// What a training step left in diff_weights and diff_bias.
    [[nodiscard]] LayerParameters gradient() const {
        return unload(diff_weights, plan.gradient_layout, diff_bias);
    }
    /// oneDNN's tag of one panel, and of the whole layer unless it runs forward panel by panel.
    [[nodiscard]] dnnl::memory::format_tag tag(Precision type = Precision::f32) const {
        return tag_of(plan.layout, plan.panel_width, type);
    }
    /// Address of the weight at `place` in what matrix products of that type read.
    [[nodiscard]] void* weights_at(std::size_t place, Precision type) {
        return type == Precision::f32 ? weights.data() + place : copy.at(place);
    }
    /// Whether one forward call takes the whole layer, or one call a panel and a merge.
    [[nodiscard]] bool forward_by_panel() const {
        return plan.layout == WeightsLayout::input_major && plan.panels() > 1;
    }
    [[nodiscard]] std::string tag_name(Precision type = Precision::f32) const;

    LayerPlan plan;  ///< gradient_layout is that of the training's precision
    AlignedVector<float> weights, diff_weights, first_weights, second_weights;  ///< [weight_floats]
    Numbers copy;  ///< the weights in bf16, [weight_floats]; empty where training is f32
    AlignedVector<float> bias, diff_bias, first_bias, second_bias;  ///< [out_padded]

  private:
    [[nodiscard]] LayerParameters unload(const AlignedVector<float>& weight_storage, WeightsLayout order,
                                         const AlignedVector<float>& bias_storage) const;
};

}  // namespace mnist
