// What the tensors of a model file mean: LAYER.weight [out, in] and LAYER.bias [out], f32, layer after layer;
// fc1, fc2, ... where we write them. The container itself is in safetensors.cpp. Tensors are read one by one
// straight into their vectors, so that a load needs no second copy of the model.
#include "mnist/models/model_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/models/normalisation.hpp"
#include "model_reader.hpp"
#include "model_tensors.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<std::size_t>& dims) {
    return fmt::format("{}", fmt::join(dims, "-"));
}

// The next layer behind those of `model`, its extents checked and its values still to be read.
LayerParameters shape_of(const ModelReader& reader, const std::string& layer, const ModelParameters& model) {
    const std::string weight = layer + ".weight";
    const std::string bias = layer + ".bias";
    const std::vector<std::size_t> extents = reader.shape<float>(weight, 2);
    const std::size_t outputs = reader.shape<float>(bias, 1).front();
    if (outputs != extents[0])
        reader.fault(
            bias, fmt::format("{} with the {} outputs of {}", in_quotes(bias), extents[0], in_quotes(weight)),
            fmt::format("{}", outputs));
    reader.require_chained(weight, extents[1], model.layers);
    return {.in = extents[1], .out = extents[0], .weight = {}, .bias = {}};
}

std::string shown(const Normalisation& normalisation) {
    return fmt::format("mean {} and std {}", normalisation.mean, normalisation.std);
}

Normalisation normalisation_read(const ModelReader& reader, const fs::path& path,
                                 const std::optional<Normalisation>& given) {
    const auto stored = stored_normalisation(reader.header().metadata, path.string());
    if (given && stored && *given != *stored)
        throw InputError(
            {.where = path.string(),
             .expected = fmt::format("no other normalisation than the file's, {}", shown(*stored)),
             .found = shown(*given),
             .remedy = "Leave it out: the file says what its weights were trained on"});
    return stored ? *stored : given.value_or(Normalisation{});
}

// Weights that are no longer finite where others were brought to our normalisation.
void require_finite(const LayerParameters& layer, const fs::path& path) {
    const auto finite = [](float value) { return std::isfinite(value); };
    if (std::all_of(layer.weight.begin(), layer.weight.end(), finite) &&
        std::all_of(layer.bias.begin(), layer.bias.end(), finite))
        return;
    throw InputError({.where = path.string(),
                      .expected = "weights that stay finite for pixels from -1 to 1",
                      .found = "others",
                      .remedy = "The model comes from a training that diverged, or its std is too small"});
}

}  // namespace

std::vector<TensorBytes> tensors_of(const ModelParameters& model, std::string_view prefix) {
    std::vector<TensorBytes> tensors;
    std::size_t previous_out = model.layers.empty() ? 0 : model.layers.front().in;
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const LayerParameters& layer = model.layers[l];
        if (layer.in != previous_out || layer.weight.size() != checked_product({layer.in, layer.out}) ||
            layer.bias.size() != layer.out)
            throw ShapeError(fmt::format(
                "model: layer {} is [{}, {}] with {} weights and {} biases behind {} outputs", l + 1,
                layer.out, layer.in, layer.weight.size(), layer.bias.size(), previous_out));
        const std::string name = fmt::format("{}fc{}", prefix, l + 1);
        tensors.push_back(
            {name + ".weight", "F32", {layer.out, layer.in}, std::as_bytes(std::span(layer.weight))});
        tensors.push_back({name + ".bias", "F32", {layer.out}, std::as_bytes(std::span(layer.bias))});
        previous_out = layer.out;
    }
    return tensors;
}

std::vector<std::size_t> ModelParameters::dims() const {
    return extents_of(*this);
}

ModelParameters initial_parameters(const std::vector<std::size_t>& dims, std::uint64_t seed) {
    if (dims.size() < 2) throw ShapeError("model: at least an input and an output extent are needed");
    ModelParameters model;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) {
        const std::size_t in = dims[l];
        const std::size_t out = dims[l + 1];
        const auto weights = checked_product({in, out, sizeof(float)});
        if (!weights || *weights == 0) throw ShapeError("model: impossible extents " + joined(dims));
        CounterRng rng(seed, RandomPurpose::initial_weights, static_cast<std::uint32_t>(l));
        const double bound = 1.0 / std::sqrt(static_cast<double>(in));
        // 2u - 1 is exact for the 53 bits of u, so that fused or separate operations give the same bits.
        const auto draw = [&] { return static_cast<float>((2.0 * rng.next_unit_f64() - 1.0) * bound); };
        LayerParameters layer{.in = in,
                              .out = out,
                              .weight = AlignedVector<float>(in * out),
                              .bias = AlignedVector<float>(out)};
        for (float& value : layer.weight) value = draw();
        for (float& value : layer.bias) value = draw();
        model.layers.push_back(std::move(layer));
    }
    return model;
}

std::string weights_sha256(const ModelParameters& model) {
    Sha256 hash;
    for (const TensorBytes& tensor : tensors_of(model)) hash.add(tensor.bytes);
    return hash.hex();
}

void save_model(const ModelParameters& model, const fs::path& path, bool replace,
                const ModelMetadata& metadata) {
    nlohmann::ordered_json texts = {{"format", "pt"}};
    for (const auto& [key, text] : metadata) texts[key] = text;
    const Normalisation ours;
    texts[kMeanKey] = fmt::format("{}", ours.mean);
    texts[kStdKey] = fmt::format("{}", ours.std);
    const std::string content = safetensors_content(texts, tensors_of(model));
    write_file_atomically(path, content, replace ? IfExists::replace : IfExists::fail);
}

ModelMetadata load_metadata(const fs::path& path) {
    return ModelReader(path).header().metadata;
}

StoredModel load_stored_model(const fs::path& path,
                              const std::optional<std::vector<std::size_t>>& expected_dims,
                              const std::optional<Normalisation>& normalisation) {
    ModelReader reader(path);
    if (reader.is_quantized())
        throw InputError(
            {.where = path.string(),
             .expected = "a model in f32",
             .found = "a quantised one",
             .remedy = "Name the model that it was made of; mnist eval --model reads it as it is"});
    const std::vector<std::string> layers = reader.layers({"weight", "bias"});
    ModelParameters model;
    for (const std::string& layer : layers) model.layers.push_back(shape_of(reader, layer, model));
    if (expected_dims && model.dims() != *expected_dims)
        throw InputError(
            {.where = path.string(),
             .expected = fmt::format("a network {}", joined(*expected_dims)),
             .found = joined(model.dims()),
             .remedy = "Choose a model of that shape, or the data set and hidden sizes of this model"});
    for (std::size_t l = 0; l < layers.size(); ++l) {
        model.layers[l].weight = reader.finite(layers[l] + ".weight");
        model.layers[l].bias = reader.finite(layers[l] + ".bias");
    }
    return {.model = std::move(model), .normalisation = normalisation_read(reader, path, normalisation)};
}

ModelParameters load_model(const fs::path& path, const std::optional<std::vector<std::size_t>>& expected_dims,
                           const std::optional<Normalisation>& normalisation) {
    StoredModel stored = load_stored_model(path, expected_dims, normalisation);
    LayerParameters& first = stored.model.layers.front();
    first = with_our_pixels(first, stored.normalisation);
    require_finite(first, path);
    return std::move(stored.model);
}

}  // namespace mnist
