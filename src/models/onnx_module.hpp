// Between the room and libmnist_onnx.so (onnx_module.cpp), which is linked with ONNX and with no room, so
// that the library holds nothing that the programs hold as well. Private to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mnist/models/onnx_file.hpp"

namespace mnist {

/// A layer in int8 whose bias is of 32 bits: y = bias_scale * (sum of weight * x + bias).
struct OnnxInt8Layer {
    std::size_t in = 0;
    std::size_t out = 0;
    std::vector<std::int8_t> weight;  ///< [out, in]
    std::vector<float> weight_scale;  ///< [out]
    std::vector<std::int32_t> bias;   ///< [out]
    std::vector<float> bias_scale;    ///< [out], input_scale * weight_scale
    float input_scale = 0;
};

/// What the module gets: a network in f32 or one in int8.
struct OnnxRequest {
    const ModelParameters* f32 = nullptr;
    std::optional<Normalisation> of_pixels{};  ///< for f32: the input is pixels, normalised by the graph
    std::vector<OnnxInt8Layer> int8{};
    OnnxFacts facts{};
};

struct OnnxAnswer {
    std::string bytes;
    std::string library;     ///< "ONNX 1.12.0"
    std::string refusal{};   ///< what the checker says; empty when all went well
    bool too_large = false;  ///< for the format
};

}  // namespace mnist

/// The only name that libmnist_onnx.so shows. Throws nothing.
extern "C" void mnist_write_onnx(const mnist::OnnxRequest& request, mnist::OnnxAnswer& answer) noexcept;
