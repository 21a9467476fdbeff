// Both libraries end the process on an error of ours, which is what a test may do.
#include "picture_bytes.hpp"

#include <cstdio>

#include <jpeglib.h>
#include <png.h>

#include <cstdlib>

namespace mnist {
namespace {

void append(png_structp png, png_bytep data, png_size_t size) {
    static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), size);
}

std::string exif_marker(int orientation, bool little) {
    const auto number = [&](unsigned value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text +=
                static_cast<char>(value >> 8U * static_cast<unsigned>(little ? i : bytes - 1 - i) & 0xffU);
        return text;
    };
    const auto entry = [&](unsigned tag, unsigned value) {
        return number(tag, 2) + number(3, 2) + number(1, 4) + number(value, 2) + number(0, 2);
    };
    return std::string("Exif\0\0", 6) + (little ? "II" : "MM") + number(42, 2) + number(8, 4) + number(2, 2) +
           entry(0x0103, 6) + entry(0x0112, static_cast<unsigned>(orientation)) + number(0, 4);
}

}  // namespace

std::string png_bytes(std::uint32_t columns, std::uint32_t rows, const PngKind& kind,
                      const std::vector<std::uint8_t>& bytes) {
    std::string file;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &file, append, nullptr);
    png_set_IHDR(png, info, columns, rows, kind.bit_depth, kind.colour_type,
                 kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    std::vector<png_color> palette;
    for (std::size_t i = 0; i < kind.palette.size(); i += 3)
        palette.push_back({kind.palette[i], kind.palette[i + 1], kind.palette[i + 2]});
    if (!palette.empty()) png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    if (!kind.opacity.empty())
        png_set_tRNS(png, info, kind.opacity.data(), static_cast<int>(kind.opacity.size()), nullptr);
    if (kind.clear) {
        png_color_16 clear{};
        clear.gray = *kind.clear;
        png_set_tRNS(png, info, nullptr, 0, &clear);
    }
    png_write_info(png, info);
    const std::size_t stride = bytes.size() / rows;
    std::vector<png_bytep> lines;
    for (std::size_t r = 0; r < rows; ++r) lines.push_back(const_cast<png_bytep>(bytes.data()) + r * stride);
    png_write_image(png, lines.data());
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
    return file;
}

std::string jpeg_bytes(std::uint32_t columns, std::uint32_t rows, JpegKind kind,
                       const std::vector<std::uint8_t>& samples, int orientation, bool little_endian) {
    jpeg_compress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* content = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &content, &size);
    jpeg.image_width = columns;
    jpeg.image_height = rows;
    jpeg.input_components = kind == JpegKind::colour ? 3 : kind == JpegKind::inks ? 4 : 1;
    jpeg.in_color_space = kind == JpegKind::colour ? JCS_RGB
                          : kind == JpegKind::inks ? JCS_CMYK
                                                   : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    if (kind == JpegKind::inks) jpeg_set_colorspace(&jpeg, JCS_YCCK);
    jpeg_set_quality(&jpeg, 100, TRUE);
    const jpeg_scan_info scans[2] = {{1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 0}};
    if (kind == JpegKind::two_scans) {
        jpeg.scan_info = scans;
        jpeg.num_scans = 2;
    }
    jpeg_start_compress(&jpeg, TRUE);
    if (orientation != 0) {
        const std::string marker = exif_marker(orientation, little_endian);
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(marker.data()),
                          static_cast<unsigned>(marker.size()));
    }
    const std::size_t stride = samples.size() / rows;
    for (std::size_t r = 0; r < rows; ++r) {
        auto* line = const_cast<JSAMPROW>(samples.data() + r * stride);
        jpeg_write_scanlines(&jpeg, &line, 1);
    }
    jpeg_finish_compress(&jpeg);
    std::string file(reinterpret_cast<const char*>(content), size);
    jpeg_destroy_compress(&jpeg);
    std::free(content);
    return file;
}

}  // namespace mnist
