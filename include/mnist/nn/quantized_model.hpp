// Networks whose weights are small integers, made from trained ones without any further training. Weights are
// symmetric with a scale for each output; activations are u8 with a zero-point of 0, which ReLU allows.
// Weights use seven of the eight bits: two products of 255 * 63 fit the 16 bits in which CPUs without VNNI
// add them up, so that every CPU computes the same sums. Left out: finer scales than one an output, and
// training with the rounding in the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/nn/engine.hpp"
#include "mnist/nn/model_file.hpp"

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

/// Makes a layer's normalisation its own: pixels p stand for 2 p / 255 - 1, so the weights w become 2/255 w
/// and the bias b - sum(w). The sum is taken over the exact weights, in double: MNIST's pixels are mostly 0,
/// and there nothing of the rounding of the weights is left.
[[nodiscard]] LayerParameters with_raw_pixels(const LayerParameters& first);

/// Largest activation of each hidden layer over `rows`, in f32: what calibration looks at. The largest, not a
/// percentile, so that nothing is cut off: with the 99.99th percentile 13 of MNIST's 10,000 test predictions
/// differed from those in f32, with the largest 11. Cost: a plain forward pass, some 100 us a row for the
/// default network.
[[nodiscard]] std::vector<float> largest_activations(const ModelParameters& model, const LabelledRows& rows);

/// Rounds the model. `largest` is what largest_activations returns for it; a hidden layer that was never
/// active gets the scale 1. Weights that are all 0 get the scale 1 as well. Throws ShapeError where sizes do
/// not fit.
[[nodiscard]] QuantizedModel quantize(const ModelParameters& model, std::span<const float> largest);

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
