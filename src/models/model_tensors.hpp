// The tensors of a network in f32, as model files and checkpoints have them. Private to this room.
#pragma once

#include <string_view>
#include <vector>

#include "mnist/models/model_file.hpp"
#include "safetensors.hpp"

namespace mnist {

/// In PyTorch's order, PREFIXfc1.weight [out, in], PREFIXfc1.bias [out], ...; views on the model. Throws
/// ShapeError where a layer's vectors do not have the sizes of its extents or layers do not chain.
[[nodiscard]] std::vector<TensorBytes> tensors_of(const ModelParameters& model, std::string_view prefix = "");

/// Extents from input to output, of a model in f32 or of a quantised one.
template <class Model>
[[nodiscard]] std::vector<std::size_t> extents_of(const Model& model) {
    std::vector<std::size_t> extents;
    if (!model.layers.empty()) extents.push_back(model.layers.front().in);
    for (const auto& layer : model.layers) extents.push_back(layer.out);
    return extents;
}

}  // namespace mnist
