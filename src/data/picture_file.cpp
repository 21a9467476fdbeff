// Finds out the format, and has what the formats share.
#include "mnist/data/picture_file.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "picture_formats.hpp"

namespace mnist {
namespace {

constexpr const char* kSaveAgain = "Save the picture again, as PNG, JPEG or PGM";

struct ForeignFormat {
    std::string_view start;
    const char* name;
};

// What people are likely to try.
constexpr std::array<ForeignFormat, 6> kForeignFormats{{{"GIF8", "a GIF file"},
                                                        {"BM", "a BMP file"},
                                                        {"RIFF", "a WebP or another RIFF file"},
                                                        {"II*", "a TIFF file"},
                                                        {"MM", "a TIFF file"},
                                                        {"%PDF", "a PDF file"}}};

std::string start_in_words(std::string_view content) {
    if (content.empty()) return "an empty file";
    for (const ForeignFormat& format : kForeignFormats) {
        if (content.starts_with(format.start)) return format.name;
    }
    if (content.size() >= 8 && content.substr(4, 4) == "ftyp") return "a HEIC, AVIF or video file";
    std::string words = "a file that starts with";
    for (const char c : content.substr(0, 4)) words += fmt::format(" {:#04x}", static_cast<std::uint8_t>(c));
    return words;
}

}  // namespace

void fail_as_damaged(const PictureBytes& file, const std::string& format, std::string found) {
    throw InputError({.where = file.where,
                      .expected = fmt::format("a whole and sound {} file", format),
                      .found = std::move(found),
                      .remedy = kSaveAgain});
}

void require_extents(const PictureBytes& file, std::size_t columns, std::size_t rows,
                     std::size_t most_pixels) {
    const auto fail = [&](std::string expected, const char* remedy) {
        throw InputError({.where = file.where,
                          .expected = std::move(expected),
                          .found = fmt::format("{} x {}", columns, rows),
                          .remedy = remedy});
    };
    if (columns == 0 || rows == 0) fail("a picture with pixels", kSaveAgain);
    if (rows > kMostPicturePixels / columns)
        fail(fmt::format("a picture of at most {} pixels", kMostPicturePixels),
             "Cut the digits out, or save the picture in a smaller size");
    if (columns * rows > most_pixels)
        fail(fmt::format("at most the {} pixels that a file of {} bytes can hold", most_pixels,
                         file.bytes.size()),
             "Copy the file once more: its end is missing, or its header is wrong");
}

GreyPicture upright(GreyPicture picture, int orientation) {
    if (orientation < 2 || orientation > 8) return picture;
    const bool turned = orientation >= 5;  // rows become columns
    const bool rows_back = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const bool columns_back = orientation == 2 || orientation == 3 || orientation >= 7;
    GreyPicture shown{.rows = turned ? picture.columns : picture.rows,
                      .columns = turned ? picture.rows : picture.columns,
                      .levels = std::vector<std::uint8_t>(picture.levels.size())};
    for (std::size_t r = 0; r < picture.rows; ++r) {
        const std::size_t row = rows_back ? picture.rows - 1 - r : r;
        for (std::size_t c = 0; c < picture.columns; ++c) {
            const std::size_t column = columns_back ? picture.columns - 1 - c : c;
            shown.levels[turned ? column * shown.columns + row : row * shown.columns + column] =
                picture.levels[r * picture.columns + c];
        }
    }
    return shown;
}

GreyPicture read_picture(const std::filesystem::path& path) {
    const std::string content = read_file(path, kMostPictureBytes);
    return read_picture(std::as_bytes(std::span(content)), path.string());
}

GreyPicture read_picture(std::span<const std::byte> file, const std::string& where) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(file.data());
    const PictureBytes picture{.bytes = {first, file.size()}, .where = where};
    const std::string_view content(reinterpret_cast<const char*>(file.data()), file.size());
    if (content.starts_with("\x89PNG")) return read_png(picture);
    if (content.starts_with("\xff\xd8\xff")) return read_jpeg(picture);
    if (content.size() >= 2 && content[0] == 'P' && content[1] >= '1' && content[1] <= '6')
        return read_pnm(picture);
    throw InputError({.where = where,
                      .expected = "a picture: PNG, JPEG or PNM (PGM, PPM, PBM)",
                      .found = start_in_words(content),
                      .remedy = kSaveAgain});
}

}  // namespace mnist
