// The container of a model file, without regard to what the tensors mean: 8 bytes header length (u64
// little-endian), a JSON header
// {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ..., "__metadata__": {text: text}}, then the
// tensors' bytes. Every number is checked against the file before anything is allocated by it. Tensor data is
// read by the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// One entry of the header.
struct TensorInfo {
    std::string dtype;                 ///< as written, e.g. "F32", "BF16"
    std::vector<std::uint64_t> shape;  ///< extents, outermost first; not yet compared with the size
    std::uint64_t begin = 0;           ///< first byte, counted from SafetensorsHeader::data_offset
    std::uint64_t end = 0;             ///< one past the last byte
};

struct SafetensorsHeader {
    std::map<std::string, TensorInfo> tensors;    ///< by name
    std::map<std::string, std::string> metadata;  ///< the texts of "__metadata__"
    std::uint64_t data_offset = 0;                ///< byte of the file where the tensors' bytes start
};

/// Longest header that is read, in bytes; the format's own limit.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

/// Reads and checks the header of a file of `file_bytes` bytes: its length, the JSON (no key twice, nothing
/// but what the format knows), and that the tensors tile the data exactly, without gap or overlap, whatever
/// order the names have. Throws InputError.
[[nodiscard]] SafetensorsHeader read_safetensors_header(std::istream& file, std::uint64_t file_bytes,
                                                        const std::filesystem::path& path);

/// A tensor to be written; a view.
struct TensorBytes {
    std::string name;
    const char* dtype;
    std::vector<std::size_t> shape;
    std::span<const std::byte> bytes;
};

/// A whole file: the header, with `metadata` as "__metadata__" and padded with spaces so that the data starts
/// at a multiple of 8 bytes, and the tensors one after the other. Cost: one copy of these in memory.
[[nodiscard]] std::string safetensors_content(const nlohmann::ordered_json& metadata,
                                              const std::vector<TensorBytes>& tensors);

/// `text` from a file as it may stand in a message: in quotes, control characters escaped, cut when long.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace mnist
