// Buffers of one layer: parameters, gradients and optimizer state in the layout that its plan says, and the
// conversion from and to PyTorch's order. Private to this room.
#pragma once

#include <memory_resource>

#include "mnist/nn/layer_plan.hpp"
#include "mnist/nn/model_file.hpp"
#include "onednn.hpp"

namespace mnist {

/// oneDNN's tag of a panel layout.
[[nodiscard]] dnnl::memory::format_tag tag_of(WeightsLayout layout, std::size_t panel_width);

struct LayerMemory {
    /// `memory` is not owned and must outlive the layer.
    LayerMemory(const LayerPlan& layer_plan, std::pmr::memory_resource* memory);

    void load(const LayerParameters& parameters) { fill(parameters, weights, bias); }
    /// Inverse of unload(): into two of the arrays below. What is padding becomes 0.
    void fill(const LayerParameters& parameters, AlignedVector<float>& weight_storage,
              AlignedVector<float>& bias_storage) const;
    /// Zero the optimizer's state.
    void clear_state();
    [[nodiscard]] LayerParameters unload(const AlignedVector<float>& weight_storage,
                                         const AlignedVector<float>& bias_storage) const;
    /// oneDNN's tag of one panel, and of the whole layer unless it runs forward panel by panel.
    [[nodiscard]] dnnl::memory::format_tag tag() const { return tag_of(plan.layout, plan.panel_width); }
    /// Whether one forward call takes the whole layer, or one call a panel and a merge.
    [[nodiscard]] bool forward_by_panel() const {
        return plan.layout == WeightsLayout::input_major && plan.panels() > 1;
    }
    [[nodiscard]] std::string tag_name() const;

    LayerPlan plan;
    AlignedVector<float> weights, diff_weights, first_weights, second_weights;  ///< [weight_floats]
    AlignedVector<float> bias, diff_bias, first_bias, second_bias;              ///< [out_padded]
};

}  // namespace mnist
