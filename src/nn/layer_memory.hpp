// Buffers of one layer: parameters, gradients and optimizer state in the layout that its plan says, and the
// conversion from and to PyTorch's order. For training in bf16 there is a copy of the weights in bf16, which
// the matrix products read. In both, the inputs of a panel follow each other in their order; in bf16 two
// inputs of an output lie side by side, [inputs / 2][panel width][2]. oneDNN calls that blocks of 16 inputs
// or of 32: the same where the inputs are a multiple of 32. Private to this room.
#pragma once

#include <memory_resource>
#include <vector>

#include "mnist/nn/layer_plan.hpp"
#include "mnist/nn/model_file.hpp"
#include "numbers.hpp"
#include "onednn.hpp"

namespace mnist {

/// oneDNN's tag of a panel layout in f32, and of blocked weights in bf16 by LayerPlan::bf16_block.
[[nodiscard]] dnnl::memory::format_tag tag_of(WeightsLayout layout, std::size_t panel_width);
[[nodiscard]] dnnl::memory::format_tag bf16_tag(std::size_t block, std::size_t panel_width);

/// For each shard of a batch the sums of a layer's gradients over its rows.
using ShardSums = std::vector<AlignedVector<float>>;

struct LayerMemory {
    /// `training`: what the matrix products of training multiply. `shards`: the most that a batch has.
    /// `memory` is not owned and must outlive the layer.
    LayerMemory(const LayerPlan& layer_plan, Precision training, std::size_t shards,
                std::pmr::memory_resource* memory);

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
    /// Parts whose gradients are summed over the shards apart: slices, or else panels.
    [[nodiscard]] std::size_t parts() const { return plan.slices > 1 ? plan.slices : plan.panels(); }
    /// The shard with whose gradient the others' are summed up for a part, given the number of shards: that
    /// of the thread that usually updates the part.
    [[nodiscard]] std::size_t home_of(std::size_t part, std::size_t shards) const {
        return part * shards / parts();
    }
    /// What a training step of a batch of so many shards left.
    [[nodiscard]] LayerParameters gradient(std::size_t shards) const;
    /// oneDNN's tag of one panel, and of the whole layer unless it runs forward panel by panel.
    [[nodiscard]] dnnl::memory::format_tag tag(Precision type = Precision::f32) const {
        return type == Precision::bf16 ? bf16_tag(plan.bf16_block, plan.panel_width)
                                       : tag_of(plan.layout, plan.panel_width);
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

    LayerPlan plan;                ///< gradient_layout is that of the training's precision
    AlignedVector<float> weights;  ///< [weight_floats]
    ShardSums diff_weights;        ///< [weight_floats], in the plan's gradient_layout
    AlignedVector<float> first_weights, second_weights;  ///< [weight_floats]
    Numbers copy;               ///< the weights in bf16, [weight_floats]; empty where training is f32
    AlignedVector<float> bias;  ///< [out_padded]
    ShardSums diff_bias;        ///< [out_padded]
    AlignedVector<float> first_bias, second_bias;  ///< [out_padded]

  private:
    [[nodiscard]] LayerParameters unload(const AlignedVector<float>& weight_storage, WeightsLayout order,
                                         const AlignedVector<float>& bias_storage) const;
};

}  // namespace mnist
