// Model files: safetensors with PyTorch's names and shapes (fc1.weight [128, 784], fc1.bias [128], ...), so
// that a model trained here loads in Python and the other way round. Format: 8 bytes header length (u64
// little-endian), JSON header, then the tensors' bytes.
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

/// One inner product in PyTorch's order.
// Assigned from another memory resource, it copies, which may throw: it does not say noexcept.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct LayerParameters {
    std::size_t in = 0;
    std::size_t out = 0;
    AlignedVector<float> weight;  ///< [out, in] f32 row-major
    AlignedVector<float> bias;    ///< [out] f32
};

/// All layers, first to last. Layer i's out is layer i+1's in.
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

/// Writes the file whole or not at all; an existing file is replaced only when `replace` is true, otherwise
/// it is an InputError. `metadata` stands beside PyTorch's "format". Values are written as they are, finite
/// or not. Throws ShapeError as weights_sha256 does. Cost: one copy of the model in memory.
void save_model(const ModelParameters& model, const std::filesystem::path& path, bool replace,
                const ModelMetadata& metadata = {});

/// Reads and checks: header length within the file, JSON, offsets that tile the data without gap or overlap
/// in any order of names, F32, ranks and extents that fit together, fcN.weight and fcN.bias for N = 1, 2, ...
/// without a gap, no other tensors (a "__metadata__" entry is allowed), finite values. Throws InputError
/// (path, offset, expected, found). With `expected_dims` the model must have exactly these extents.
[[nodiscard]] ModelParameters load_model(
    const std::filesystem::path& path,
    const std::optional<std::vector<std::size_t>>& expected_dims = std::nullopt);

/// The texts of a model file, "format" included; as they are in the file, so not fit to be printed. Checks
/// the header alone. Throws InputError.
[[nodiscard]] ModelMetadata load_metadata(const std::filesystem::path& path);

}  // namespace mnist
