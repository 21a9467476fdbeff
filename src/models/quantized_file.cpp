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

namespace mnist {
namespace {

// Header and bytes grow together, tensor by tensor.
class FileWriter {
  public:
    explicit FileWriter(const ModelMetadata& metadata) {
        header_["__metadata__"]["format"] = "pt";
        for (const auto& [key, text] : metadata) {
            if (key != kMeanKey && key != kStdKey) header_["__metadata__"][key] = text;
        }
    }
    template <class T>
    void add(const std::string& name, const char* dtype, const std::vector<std::size_t>& shape,
             std::span<const T> values) {
        const std::size_t begin = bytes_.size();
        bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
        header_[name] = {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {begin, bytes_.size()}}};
    }
    [[nodiscard]] std::string content() const { return safetensors_prefix(header_.dump()) + bytes_; }

  private:
    nlohmann::ordered_json header_;
    std::string bytes_;
};

AlignedVector<float> scales(ModelReader& reader, const std::string& name) {
    AlignedVector<float> values = reader.finite(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(values[i] > 0))
            reader.fault(reader.info(name), fmt::format("scales above 0 in {}", in_quotes(name)),
                         fmt::format("{}", values[i]), "", i * sizeof(float));
    }
    return values;
}

AlignedVector<std::int8_t> weights(ModelReader& reader, const std::string& name) {
    AlignedVector<std::int8_t> values = reader.values<std::int8_t>(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < -kMostWeight || values[i] > kMostWeight)
            reader.fault(
                reader.info(name),
                fmt::format("weights from {} to {} in {}", -kMostWeight, kMostWeight, in_quotes(name)),
                fmt::format("{}", values[i]), "", i);
    }
    return values;
}

void require_extent(const ModelReader& reader, const std::string& name, std::size_t expected) {
    const std::size_t found = reader.shape<float>(name, 1).front();
    if (found != expected)
        reader.fault(reader.info(name), fmt::format("{} with {} values", in_quotes(name), expected),
                     fmt::format("{}", found));
}

}  // namespace

std::vector<std::size_t> QuantizedModel::dims() const {
    std::vector<std::size_t> extents;
    if (!layers.empty()) extents.push_back(layers.front().in);
    for (const QuantizedLayer& layer : layers) extents.push_back(layer.out);
    return extents;
}

std::string weights_sha256(const QuantizedModel& model) {
    Sha256 hash;
    for (const QuantizedLayer& layer : model.layers) {
        hash.add(std::as_bytes(std::span(layer.weight)));
        hash.add(std::as_bytes(std::span(layer.scale)));
        hash.add(std::as_bytes(std::span(layer.bias)));
        hash.add(std::as_bytes(std::span(&layer.input_scale, 1)));
    }
    return hash.hex();
}

void save_quantized(const QuantizedModel& model, const std::filesystem::path& path,
                    const ModelMetadata& metadata) {
    FileWriter file(metadata);
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const QuantizedLayer& layer = model.layers[l];
        const auto named = [&](const char* part) { return fmt::format("fc{}.{}", l + 1, part); };
        file.add<std::int8_t>(named("weight"), "I8", {layer.out, layer.in}, layer.weight);
        file.add<float>(named("weight_scale"), "F32", {layer.out}, layer.scale);
        file.add<float>(named("bias"), "F32", {layer.out}, layer.bias);
        file.add<float>(named("input_scale"), "F32", {1}, std::span(&layer.input_scale, 1));
    }
    write_file_atomically(path, file.content(), IfExists::fail);
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
        if (!model.layers.empty() && extents[1] != model.layers.back().out)
            reader.fault(reader.info(named("weight")),
                         fmt::format("{} with the {} inputs that the layer before gives",
                                     in_quotes(named("weight")), model.layers.back().out),
                         fmt::format("{}", extents[1]));
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
