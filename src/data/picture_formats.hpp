// The readers behind read_picture, one a format, and the checks and errors that they share. Internal to this
// room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "mnist/data/picture_file.hpp"

namespace mnist {

struct PictureBytes {
    std::span<const std::uint8_t> bytes;
    const std::string& where;
};

[[nodiscard]] GreyPicture read_png(const PictureBytes& file);
[[nodiscard]] GreyPicture read_jpeg(const PictureBytes& file);
[[nodiscard]] GreyPicture read_pnm(const PictureBytes& file);

/// A damaged file of `format`, e.g. "PNG"; `found` in the words of who found it.
[[noreturn]] void fail_as_damaged(const PictureBytes& file, const std::string& format, std::string found);

/// Throws InputError where the extents are 0, or beyond kMostPicturePixels, or beyond `most_pixels`, which is
/// what a file of this size can hold.
void require_extents(const PictureBytes& file, std::size_t columns, std::size_t rows,
                     std::size_t most_pixels);

/// The picture as a camera's orientation (1 to 8, as EXIF numbers them) wants it to be shown; others change
/// nothing.
[[nodiscard]] GreyPicture upright(GreyPicture picture, int orientation);

/// The orientation in an APP1 marker of a JPEG file, 1 where it has none.
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> marker);

/// Of red, green and blue, weighted as television and JPEG do.
[[nodiscard]] constexpr std::uint32_t luminance(std::uint32_t red, std::uint32_t green, std::uint32_t blue) {
    return (299 * red + 587 * green + 114 * blue + 500) / 1000;
}

}  // namespace mnist
