// What a graph of ONNX needs of a model that its file has in another form; the graph itself is onnx_module's.
#include "mnist/models/onnx_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <span>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/loaded_library.hpp"
#include "mnist/models/normalisation.hpp"
#include "onnx_module.hpp"

namespace mnist {
namespace {

// Half of what 32 bits hold, so that sums of products find room beside the bias.
constexpr double kMostBias = 1 << 30;

// A weight's scale, unless the bias does not fit 32 bits in steps of it. Where all weights are 0, any will
// do, so that the bias has the finest.
float scale_for(const QuantizedLayer& layer, std::size_t output) {
    const auto weights = std::span(layer.weight).subspan(output * layer.in, layer.in);
    const bool zero = std::all_of(weights.begin(), weights.end(), [](std::int8_t w) { return w == 0; });
    const double bias = std::abs(layer.bias[output]);
    const auto least = static_cast<float>(bias / kMostBias / layer.input_scale);
    if (zero && bias > 0) return least;
    return std::max(layer.scale[output], least);
}

OnnxInt8Layer with_integer_bias(const QuantizedLayer& layer, std::size_t number) {
    OnnxInt8Layer result{.in = layer.in,
                         .out = layer.out,
                         .weight = {layer.weight.begin(), layer.weight.end()},
                         .weight_scale = {},
                         .bias = {},
                         .bias_scale = {},
                         .input_scale = layer.input_scale};
    for (std::size_t o = 0; o < layer.out; ++o) {
        const float scale = scale_for(layer, o);
        const float step = layer.input_scale * scale;
        if (!(scale >= FLT_MIN && step >= FLT_MIN && step <= FLT_MAX))
            throw InputError(
                {.where = fmt::format("fc{}", number),
                 .expected = "scales whose product a float32 can hold",
                 .found = fmt::format("input_scale {} and weight_scale {}", layer.input_scale, scale),
                 .remedy = "Quantise the model again, or export it in f32"});
        if (scale != layer.scale[o]) {
            const auto weights = std::span(result.weight).subspan(o * layer.in, layer.in);
            for (std::int8_t& w : weights)
                w = static_cast<std::int8_t>(std::lrint(static_cast<double>(w) * layer.scale[o] / scale));
        }
        result.weight_scale.push_back(scale);
        result.bias_scale.push_back(step);
        result.bias.push_back(
            static_cast<std::int32_t>(std::llrint(static_cast<double>(layer.bias[o]) / step)));
    }
    return result;
}

std::string save(const OnnxRequest& request, const std::filesystem::path& path) {
    void* const found =
        symbol_in({.name = "libmnist_onnx.so",
                   .expected = "the library that writes ONNX, which comes with the program, and "
                               "ONNX's own",
                   .remedy = "Install ONNX (Debian: libonnx1) or the program again"},
                  "mnist_write_onnx");
    OnnxAnswer answer;
    reinterpret_cast<decltype(&mnist_write_onnx)>(found)(request, answer);
    if (answer.too_large)
        throw InputError({.where = path.string(),
                          .expected = "a model of less than the 2 GiB that a file of ONNX holds",
                          .found = "a larger one"});
    if (!answer.refusal.empty())
        throw BackendError(fmt::format("{} refuses the model: {}", answer.library, answer.refusal));
    write_file_atomically(path, answer.bytes, IfExists::fail);
    return answer.library;
}

// Without what is of the file's format, and without a normalisation.
OnnxFacts kept(OnnxFacts facts) {
    for (const char* const key : {"format", kMeanKey, kStdKey}) facts.metadata.erase(key);
    return facts;
}

}  // namespace

std::string save_onnx(const StoredModel& stored, OnnxInput input, const std::filesystem::path& path,
                      const OnnxFacts& facts) {
    OnnxRequest request{.f32 = &stored.model, .facts = kept(facts)};
    if (input == OnnxInput::pixels) {
        request.of_pixels = stored.normalisation;
    } else {
        request.facts.metadata[kMeanKey] = fmt::format("{}", stored.normalisation.mean);
        request.facts.metadata[kStdKey] = fmt::format("{}", stored.normalisation.std);
    }
    return save(request, path);
}

std::string save_onnx(const QuantizedModel& model, const std::filesystem::path& path,
                      const OnnxFacts& facts) {
    OnnxRequest request{.facts = kept(facts)};
    for (const QuantizedLayer& layer : model.layers)
        request.int8.push_back(with_integer_bias(layer, request.int8.size() + 1));
    return save(request, path);
}

}  // namespace mnist
