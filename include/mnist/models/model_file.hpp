// Model files: safetensors with PyTorch's names and shapes (fc1.weight [128, 784], fc1.bias [128], ...), so
// that a model trained here loads in Python and the other way round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"

namespace mnist {

/// What a network reads for a pixel p of 0 to 255: (p / 255 - mean) / std, as PyTorch's ToTensor and
/// transforms.Normalize(mean, std) give it. By default ours: 2 p / 255 - 1, from -1 to 1.
struct Normalisation {
    double mean = 0.5;
    double std = 0.5;
    bool operator==(const Normalisation&) const = default;
};

/// One inner product in PyTorch's order.
// Assigned from another memory resource, it copies, which may throw: it does not say noexcept.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct LayerParameters {
    std::size_t in = 0;
    std::size_t out = 0;
    AlignedVector<float> weight;  ///< [out, in] f32 row-major
    AlignedVector<float> bias;    ///< [out] f32
};

/// All layers, first to last. Layer i's out is layer i+1's in. The first one reads pixels in our
/// normalisation.
struct ModelParameters {
    std::vector<LayerParameters> layers;
    /// Extents from input to output, e.g. {784, 128, 64, 10}.
    [[nodiscard]] std::vector<std::size_t> dims() const;
};

/// Weights and biases uniform in +-1/sqrt(in), as PyTorch's nn.Linear starts them. dims = {in, hidden...,
/// classes}. Layer l draws from CounterRng(seed, initial_weights, l): all weights row-major, then the biases;
/// each is float((2u - 1) / sqrt(in)) with u = next_unit_f64(), computed in double and rounded once, so that
/// the bits are the same everywhere. Throws ShapeError for fewer than two extents, an extent 0 or a size that
/// overflows.
[[nodiscard]] ModelParameters initial_parameters(const std::vector<std::size_t>& dims, std::uint64_t seed);

/// SHA-256 over all f32 in PyTorch's order (fc1.weight, fc1.bias, fc2.weight, ...), little-endian. Throws
/// ShapeError where a layer's vectors do not have the sizes of its extents or layers do not chain.
[[nodiscard]] std::string weights_sha256(const ModelParameters& model);

/// Texts beside the weights, the file's "__metadata__".
using ModelMetadata = std::map<std::string, std::string>;
/// Key of a model whose training was interrupted; the text says when, e.g. "after 12 of 25 epochs".
inline constexpr const char* kInterruptedKey = "mnist.interrupted";
/// Key of what the background of the training images was (data/background.hpp), e.g. "0.0002".
inline constexpr const char* kBackgroundKey = "mnist.training.background";

/// Writes the file whole or not at all; an existing file is replaced only when `replace` is true, otherwise
/// it is an InputError. `metadata` stands beside PyTorch's "format" and the normalisation (kMeanKey,
/// kStdKey). Values are written as they are, finite or not. Throws ShapeError as weights_sha256 does. Cost:
/// one copy of the model in memory.
void save_model(const ModelParameters& model, const std::filesystem::path& path, bool replace,
                const ModelMetadata& metadata = {});

/// Reads and checks: header length within the file, JSON, offsets that tile the data without gap or overlap
/// in any order of names, F32, ranks and extents that fit together, finite values, and a weight and a bias
/// for each layer and nothing else (a "__metadata__" entry is allowed). Layers may have any name in which a
/// single number counts them (see layer_names.hpp): fc1.weight, net.0.weight,
/// _orig_mod.module.layers.0.weight, ... Throws InputError (path, offset, expected, found). With
/// `expected_dims` the model must have exactly these extents. Weights that were trained on another
/// normalisation, as the file or, where it has none, `normalisation` says, are brought to ours;
/// `normalisation` other than the file's is an InputError.
[[nodiscard]] ModelParameters load_model(
    const std::filesystem::path& path,
    const std::optional<std::vector<std::size_t>>& expected_dims = std::nullopt,
    const std::optional<Normalisation>& normalisation = std::nullopt);

/// A model as its file has it: not a bit of its weights changed, and what its first layer reads.
struct StoredModel {
    ModelParameters model;
    Normalisation normalisation;
};

/// Reads and checks as load_model does, and brings nothing to our normalisation.
[[nodiscard]] StoredModel load_stored_model(
    const std::filesystem::path& path,
    const std::optional<std::vector<std::size_t>>& expected_dims = std::nullopt,
    const std::optional<Normalisation>& normalisation = std::nullopt);

/// The texts of a model file, "format" included; as they are in the file, so not fit to be printed. Checks
/// the header alone. Throws InputError.
[[nodiscard]] ModelMetadata load_metadata(const std::filesystem::path& path);

}  // namespace mnist
