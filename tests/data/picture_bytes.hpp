// Pictures as files in memory, for the tests of their readers: written by libpng and libjpeg, of each kind
// that the readers must understand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mnist {

struct PngKind {
    int bit_depth = 8;
    int colour_type = 0;  ///< PNG_COLOR_TYPE_*
    bool interlaced = false;
    std::vector<std::uint8_t> palette{};   ///< red, green, blue of each entry
    std::vector<std::uint8_t> opacity{};   ///< of the palette's first entries
    std::optional<std::uint16_t> clear{};  ///< the level of grey that is transparent
};

/// `rows`: bytes as they are in the file, before filtering, row by row.
[[nodiscard]] std::string png_bytes(std::uint32_t columns, std::uint32_t rows, const PngKind& kind,
                                    const std::vector<std::uint8_t>& bytes);

enum class JpegKind { grey, colour, inks, two_scans };

/// `samples`: [rows, columns, 1, 3 or 4 colours]. Inks are written as Adobe's programs do, 255 where there is
/// none. With `orientation` an EXIF marker says so, in either byte order. In best quality.
[[nodiscard]] std::string jpeg_bytes(std::uint32_t columns, std::uint32_t rows, JpegKind kind,
                                     const std::vector<std::uint8_t>& samples, int orientation = 0,
                                     bool little_endian = true);

}  // namespace mnist
