// Rounding and calibration: plain loops, done once a model.
#include "mnist/infer/quantize.hpp"

#include <algorithm>
#include <cmath>

#include "mnist/core/error.hpp"
#include "mnist/core/pixels.hpp"
#include "mnist/models/normalisation.hpp"

namespace mnist {
namespace {

constexpr float kMostInput = 255;
constexpr double kPixelScale = 2.0 / 255;

float scale_of(const float* weights, std::size_t count) {
    float largest = 0;
    for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(weights[i]));
    return largest > 0 ? largest / static_cast<float>(kMostWeight) : 1.0F;
}

QuantizedLayer rounded(const LayerParameters& layer, float input_scale) {
    QuantizedLayer result{.in = layer.in,
                          .out = layer.out,
                          .weight = AlignedVector<std::int8_t>(layer.weight.size()),
                          .scale = AlignedVector<float>(layer.out),
                          .bias = layer.bias,
                          .input_scale = input_scale};
    for (std::size_t o = 0; o < layer.out; ++o) {
        const float* weights = layer.weight.data() + o * layer.in;
        const float scale = scale_of(weights, layer.in);
        result.scale[o] = scale;
        for (std::size_t i = 0; i < layer.in; ++i)
            result.weight[o * layer.in + i] = static_cast<std::int8_t>(std::lrint(weights[i] / scale));
    }
    return result;
}

// Weights input by input, so that the loop over outputs is one over neighbours.
std::vector<float> transposed(const LayerParameters& layer) {
    std::vector<float> by_input(layer.weight.size());
    for (std::size_t o = 0; o < layer.out; ++o) {
        for (std::size_t i = 0; i < layer.in; ++i)
            by_input[i * layer.out + o] = layer.weight[o * layer.in + i];
    }
    return by_input;
}

}  // namespace

LayerParameters with_raw_pixels(const LayerParameters& first) {
    return with_other_inputs(first, kPixelScale, -1);
}

std::vector<float> largest_activations(const ModelParameters& model, const LabelledRows& rows) {
    if (model.layers.empty() || rows.pixels != model.layers.front().in)
        throw ShapeError("calibration: the rows do not fit the model");
    std::vector<std::vector<float>> weights;
    for (const LayerParameters& layer : model.layers) weights.push_back(transposed(layer));
    const NormalizeFn normalize = normalize_pixels(detected_isa());
    std::vector<float> largest(model.layers.size() - 1, 0.0F);
    std::vector<float> input;
    std::vector<float> output;
    for (std::size_t r = 0; r < rows.count; ++r) {
        input.resize(rows.pixels);
        const std::uint8_t* const row = rows.images + r * rows.pixels;
        normalize(row, input.data(), rows.pixels, row);
        for (std::size_t l = 0; l < largest.size(); ++l) {
            const LayerParameters& layer = model.layers[l];
            output.assign(layer.bias.begin(), layer.bias.end());
            for (std::size_t i = 0; i < layer.in; ++i) {
                const float* of_input = weights[l].data() + i * layer.out;
                for (std::size_t o = 0; o < layer.out; ++o) output[o] += input[i] * of_input[o];
            }
            for (float& value : output) value = std::max(value, 0.0F);
            largest[l] = std::max(largest[l], *std::max_element(output.begin(), output.end()));
            std::swap(input, output);
        }
    }
    return largest;
}

QuantizedModel quantize(const ModelParameters& model, std::span<const float> largest) {
    if (model.layers.empty() || largest.size() + 1 != model.layers.size())
        throw ShapeError("quantisation: one largest activation for each hidden layer is needed");
    QuantizedModel result;
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        if (l == 0) {
            result.layers.push_back(rounded(model.layers[0], static_cast<float>(kPixelScale)));
            result.layers[0].bias = with_raw_pixels(model.layers[0]).bias;
        } else {
            const float most = largest[l - 1];
            result.layers.push_back(rounded(model.layers[l], most > 0 ? most / kMostInput : 1.0F));
        }
    }
    return result;
}

}  // namespace mnist
