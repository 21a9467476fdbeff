// Networks whose weights are small integers, and their files. Weights are symmetric with a scale for each
// output; activations are u8 with a zero-point of 0, which ReLU allows. Weights use seven of the eight bits:
// two products of 255 * 63 fit the 16 bits in which CPUs without VNNI add them up, so that every CPU computes
// the same sums. Left out: how they are made (quantize.hpp), and finer scales than one an output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/models/model_file.hpp"

namespace mnist {

/// Largest magnitude of a quantised weight.
inline constexpr int kMostWeight = 63;

/// y[o] = input_scale * scale[o] * (sum over i of weight[o, i] * x[i]) + bias[o], x in u8.
struct QuantizedLayer {
    std::size_t in = 0;
    std::size_t out = 0;
    AlignedVector<std::int8_t> weight;  ///< [out, in] row-major, in [-63, 63]
    AlignedVector<float> scale;         ///< [out], each > 0
    AlignedVector<float> bias;          ///< [out]; the first layer's holds what normalising adds
    float input_scale = 0;              ///< what one step of the input is worth, > 0
};

struct QuantizedModel {
    std::vector<QuantizedLayer> layers;
    /// Extents from input to output.
    [[nodiscard]] std::vector<std::size_t> dims() const;
};

/// SHA-256 over all values in the order of the file: weights, scales, bias and input scale, layer by layer.
[[nodiscard]] std::string weights_sha256(const QuantizedModel& model);

/// Writes a safetensors file, whole or not at all; an existing one is an InputError. Tensors of layer N:
/// fcN.weight I8 [out, in], fcN.weight_scale F32 [out], fcN.bias F32 [out], fcN.input_scale F32 [1]. Texts
/// about a normalisation are left out of `metadata`: it is in the first layer's bias and input scale, whose
/// pixels are the bytes of 0 to 255.
void save_quantized(const QuantizedModel& model, const std::filesystem::path& path,
                    const ModelMetadata& metadata = {});

/// Reads and checks as load_model does; beyond that weights in [-63, 63] and scales above 0. Throws
/// InputError.
[[nodiscard]] QuantizedModel load_quantized(const std::filesystem::path& path);

/// Whether a model file's first weights are integers, so that load_quantized is to read it. Throws InputError
/// where it is no safetensors file.
[[nodiscard]] bool is_quantized(const std::filesystem::path& path);

}  // namespace mnist
