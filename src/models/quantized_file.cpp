// The dtype of the first layer's weights is what tells quantised models from those in f32.
#include "mnist/models/quantized_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/models/normalisation.hpp"
#include "model_reader.hpp"
#include "model_tensors.hpp"

namespace mnist {
namespace {

// In the order of the file; views on the model.
std::vector<TensorBytes> tensors_of(const QuantizedModel& model) {
    std::vector<TensorBytes> tensors;
    for (const QuantizedLayer& layer : model.layers) {
        const std::string name = fmt::format("fc{}.", tensors.size() / 4 + 1);
        const auto add = [&](const char* part, const char* dtype, std::vector<std::size_t> shape,
                             auto values) {
            tensors.push_back({name + part, dtype, std::move(shape), std::as_bytes(values)});
        };
        add("weight", "I8", {layer.out, layer.in}, std::span(layer.weight));
        add("weight_scale", "F32", {layer.out}, std::span(layer.scale));
        add("bias", "F32", {layer.out}, std::span(layer.bias));
        add("input_scale", "F32", {1}, std::span(&layer.input_scale, 1));
    }
    return tensors;
}

AlignedVector<float> scales(ModelReader& reader, const std::string& name) {
    AlignedVector<float> values = reader.finite(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(values[i] > 0))
            reader.fault(name, fmt::format("scales above 0 in {}", in_quotes(name)),
                         fmt::format("{}", values[i]), "", i * sizeof(float));
    }
    return values;
}

AlignedVector<std::int8_t> weights(ModelReader& reader, const std::string& name) {
    AlignedVector<std::int8_t> values = reader.values<std::int8_t>(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < -kMostWeight || values[i] > kMostWeight)
            reader.fault(
                name, fmt::format("weights from {} to {} in {}", -kMostWeight, kMostWeight, in_quotes(name)),
                fmt::format("{}", values[i]), "", i);
    }
    return values;
}

void require_extent(const ModelReader& reader, const std::string& name, std::size_t expected) {
    const std::size_t found = reader.shape<float>(name, 1).front();
    if (found != expected)
        reader.fault(name, fmt::format("{} with {} values", in_quotes(name), expected),
                     fmt::format("{}", found));
}

}  // namespace

std::vector<std::size_t> QuantizedModel::dims() const {
    return extents_of(*this);
}

std::string weights_sha256(const QuantizedModel& model) {
    Sha256 hash;
    for (const TensorBytes& tensor : tensors_of(model)) hash.add(tensor.bytes);
    return hash.hex();
}

void save_quantized(const QuantizedModel& model, const std::filesystem::path& path,
                    const ModelMetadata& metadata) {
    nlohmann::ordered_json texts = {{"format", "pt"}};
    for (const auto& [key, text] : metadata) {
        if (key != kMeanKey && key != kStdKey) texts[key] = text;
    }
    write_file_atomically(path, safetensors_content(texts, tensors_of(model)), IfExists::fail);
}

QuantizedModel load_quantized(const std::filesystem::path& path) {
    ModelReader reader(path);
    QuantizedModel model;
    for (const std::string& layer : reader.layers({"weight", "weight_scale", "bias", "input_scale"})) {
        const auto named = [&](const char* part) { return layer + "." + part; };
        const std::vector<std::size_t> extents = reader.shape<std::int8_t>(named("weight"), 2);
        for (const char* const part : {"weight_scale", "bias"})
            require_extent(reader, named(part), extents[0]);
        require_extent(reader, named("input_scale"), 1);
        reader.require_chained(named("weight"), extents[1], model.layers);
        model.layers.push_back({.in = extents[1],
                                .out = extents[0],
                                .weight = weights(reader, named("weight")),
                                .scale = scales(reader, named("weight_scale")),
                                .bias = reader.finite(named("bias")),
                                .input_scale = scales(reader, named("input_scale")).front()});
    }
    return model;
}

bool is_quantized(const std::filesystem::path& path) {
    return ModelReader(path).is_quantized();
}

}  // namespace mnist
