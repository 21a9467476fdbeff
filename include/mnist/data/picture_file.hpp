// Reads pictures that people have: PNG and JPEG through libpng and libjpeg, and the PNM family (PBM, PGM,
// PPM, as text or binary), told apart by their first bytes and not by their names. What is read is levels of
// grey, upright: digits are told from their background by brightness alone. Left out: animations and further
// pictures of a file, colour profiles, and orientations that PNG files carry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mnist {

/// What a picture may have at most, and what its file may: far above any camera's, and bounded in memory.
inline constexpr std::size_t kMostPicturePixels = 64'000'000;
inline constexpr std::size_t kMostPictureBytes = std::size_t{128} << 20U;

struct GreyPicture {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::uint8_t> levels;  ///< [rows, columns] row-major, 0 = black, 255 = white
};

/// Reads the file and checks it to the end of its pixels.
///   colour        becomes its luminance, 16 bits become 8
///   transparency  lies over white, or over black where nothing could be seen over white
///   EXIF          a JPEG's orientation is honoured
/// Throws InputError (path, expected, found, remedy) for anything that is no such picture or is cut off or
/// damaged, and where a picture has more pixels than kMostPicturePixels or than its file can hold; the latter
/// before memory is taken for them. Cost: the file's bytes, a byte a pixel, and for JPEG of several scans 2
/// more for each colour.
[[nodiscard]] GreyPicture read_picture(const std::filesystem::path& path);

/// The same for a file in memory; `where` stands for the path in errors.
[[nodiscard]] GreyPicture read_picture(std::span<const std::byte> file, const std::string& where);

}  // namespace mnist
