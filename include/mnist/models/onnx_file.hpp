// Models in ONNX, which other runtimes read, written by ONNX's own library and checked by its checker. Opset
// 13 and IR version 7 (ONNX 1.8, of 2020), so that runtimes of the last years all read them. What is linked
// with ONNX is a library of its own, libmnist_onnx.so, opened when a model is written. Left out: reading
// ONNX.
#pragma once

#include <filesystem>
#include <string>

#include "mnist/models/model_file.hpp"
#include "mnist/models/quantized_file.hpp"

namespace mnist {

inline constexpr int kOnnxOpset = 13;
inline constexpr int kOnnxIrVersion = 7;

/// What the graph of a model in f32 reads. One in int8 always reads pixels.
enum class OnnxInput {
    pixels,     ///< "pixels", uint8 [batch, in], 0 to 255; the normalisation is the graph's first part
    normalised  ///< "input", float32 [batch, in], (p / 255 - mean) / std of the model's own normalisation
};

struct OnnxFacts {
    std::string producer_version;  ///< of the program, e.g. "0.2.0"
    ModelMetadata metadata;        ///< texts of the model file, which become the model's metadata_props
};

/// Writes the file whole or not at all; an existing one is an InputError. The output is "logits", float32
/// [batch, classes]; initializers are named and laid out as PyTorch's: fc1.weight [out, in], fc1.bias, ...,
/// behind Gemm with transB = 1. Texts about a normalisation are written only where the user of the graph has
/// to know: for OnnxInput::normalised. Returns what checked it, e.g. "ONNX 1.12.0". Throws InputError where
/// libmnist_onnx.so cannot be opened, or where the model is larger than the 2 GiB of ONNX's format,
/// BackendError where the checker refuses it. Cost: two copies of the model in memory.
std::string save_onnx(const StoredModel& stored, OnnxInput input, const std::filesystem::path& path,
                      const OnnxFacts& facts);

/// The same in int8: QuantizeLinear and DequantizeLinear around each Gemm, which runtimes make one product of
/// integers of. Biases are whole numbers of input_scale * weight_scale, as runtimes want them.
std::string save_onnx(const QuantizedModel& model, const std::filesystem::path& path, const OnnxFacts& facts);

}  // namespace mnist
