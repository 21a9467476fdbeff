// Reads IDX files of unsigned bytes, the format of MNIST: a magic number (0, 0, type, dimensions), one
// big-endian u32 for each dimension, then the values. Plain or gzip, told apart by the first bytes and not by
// the name. The content has to be exactly as long as its header says. Other value types than u8 (0x08) and
// more than three dimensions are refused. Source of the format: LeCun, Cortes and Burges, "The MNIST database
// of handwritten digits".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"

namespace mnist {

/// An IDX file may hold at most this many values: far above any image set, far below what makes a machine
/// swap for hours.
inline constexpr std::uint64_t kMaxIdxValues = std::uint64_t{1} << 32U;

// Assigned from another memory resource, it copies, which may throw: it does not say noexcept.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct IdxArray {
    std::vector<std::size_t> extents;    ///< [count] for labels, [count, rows, columns] for images; none is 0
    AlignedVector<std::uint8_t> values;  ///< row-major, as many as the product of the extents
    std::vector<std::uint8_t>
        header;  ///< the bytes before the values, so that a checksum of the content can be taken
};

/// Told the whole content, header first, in pieces and in order, while it is still in the cache.
using ContentObserver = std::function<void(std::span<const std::byte>)>;

/// Reads the file and checks it to its end (for gzip also the archive's own checksum).
///   rank  dimensions that the file must have: 1 (labels) or 3 (images)
/// Throws InputError (path, offset, expected, found, remedy) for anything that is not exactly such a file.
/// The offset counts bytes of the content; where an archive itself is damaged, it counts bytes of the
/// archive, and the message says so. Cost: memory for the values, at most 1032 times the file's size (no
/// deflate stream holds more), and 256 KiB; a header that promises more than the file can hold is refused
/// before anything is allocated.
[[nodiscard]] IdxArray read_idx(const std::filesystem::path& path, std::size_t rank,
                                const ContentObserver& observer = {});

/// The same for an archive in memory; `where` stands for the path in errors.
[[nodiscard]] IdxArray read_idx(std::span<const std::byte> file, const std::string& where, std::size_t rank,
                                const ContentObserver& observer = {});

/// SHA-256 of header and values: the checksum of the decompressed file.
[[nodiscard]] std::string content_sha256(const IdxArray& array);

}  // namespace mnist
