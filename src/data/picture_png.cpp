// libpng's simplified interface: it takes every kind of PNG file (palette, 16 bits, interlaced, transparent)
// to levels of grey, and returns its errors instead of jumping out of our code.
#include <png.h>

#include <algorithm>

#include "deflate.hpp"
#include "mnist/core/checked.hpp"
#include "picture_formats.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostPngPixelsPerByte = 8 * kMostInflation;  // of one bit
constexpr png_byte kLeastInk = 32;  // levels of grey below white that can be seen

class PngImage {
  public:
    explicit PngImage(const PictureBytes& file) : file_(file) {
        image_.version = PNG_IMAGE_VERSION;
        require(png_image_begin_read_from_memory(&image_, file.bytes.data(), file.bytes.size()));
        image_.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // without a word in the file it is what pictures are in
    }
    ~PngImage() { png_image_free(&image_); }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;

    [[nodiscard]] bool transparent() const { return (image_.format & PNG_FORMAT_FLAG_ALPHA) != 0; }

    /// Once: libpng then lets go of the file.
    GreyPicture read(png_byte background) {
        require_extents(file_, image_.width, image_.height, file_.bytes.size() * kMostPngPixelsPerByte);
        image_.format = PNG_FORMAT_GRAY;
        GreyPicture picture{.rows = image_.height, .columns = image_.width, .levels = {}};
        picture.levels.resize(picture.rows * picture.columns);
        const png_color behind{.red = background, .green = background, .blue = background};
        require(png_image_finish_read(&image_, &behind, picture.levels.data(), 0, nullptr));
        return picture;
    }

  private:
    void require(int fine) {
        if (fine == 0) fail_as_damaged(file_, "PNG", image_.message);
    }

    const PictureBytes& file_;
    png_image image_{};
};

}  // namespace

GreyPicture read_png(const PictureBytes& file) {
    PngImage image(file);
    const bool transparent = image.transparent();
    GreyPicture picture = image.read(255);
    const bool white =
        std::ranges::all_of(picture.levels, [](std::uint8_t l) { return l > 255 - kLeastInk; });
    return transparent && white ? PngImage(file).read(0) : picture;
}

}  // namespace mnist
