// libjpeg reports errors by a call that must not return, so what it calls of ours jumps back with longjmp.
// Between setjmp and that jump there are only C's frames and steps of ours that own nothing: everything with
// a destructor is made outside of guarded(). Warnings about damage count as errors; libjpeg itself would fill
// the rest of a file that is cut off with grey.
#include <cstdio>  // for jpeglib.h, which needs FILE

// jpeglib.h comes first: jerror.h needs its types.
#include <jpeglib.h>
// clang-format keeps this order.
#include <jerror.h>

#include <fmt/format.h>

#include <algorithm>
#include <csetjmp>
#include <limits>

#include "picture_formats.hpp"

namespace mnist {
namespace {

// A flat area takes one bit for 8 x 8 pixels at best, 512 pixels a byte, with Huffman codes.
constexpr std::size_t kMostJpegPixelsPerByte = 1024;
// Cameras and programs write about ten; each is a pass over the whole picture.
constexpr int kMostScans = 100;
constexpr long kMostMemory = long{1} << 30U;  // of libjpeg's, in bytes
constexpr int kExifMarker = JPEG_APP0 + 1;

struct Decoder {
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    std::jmp_buf failed{};
    std::uint8_t* levels = nullptr;  // [rows, columns], where read_rows writes to
    std::uint8_t* inks = nullptr;    // [columns, 4], for one row of CMYK
    const PictureBytes* file = nullptr;
    bool too_many_scans = false;
};

Decoder& decoder_of(j_common_ptr jpeg) {
    return *static_cast<Decoder*>(jpeg->client_data);
}

[[noreturn]] void leave(j_common_ptr jpeg) {
    std::longjmp(decoder_of(jpeg).failed, 1);  // NOLINT(cert-err52-cpp): libjpeg has no other way out
}

void judge_message(j_common_ptr jpeg, int level) {
    const bool warning = level < 0;
    // Bytes between two markers that mean nothing: some cameras write them.
    if (warning && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) leave(jpeg);
}

void judge_progress(j_common_ptr jpeg) {
    if (decoder_of(jpeg).jpeg.input_scan_number <= kMostScans) return;
    decoder_of(jpeg).too_many_scans = true;
    leave(jpeg);
}

// Whether `step` went through.
bool guarded(Decoder& decoder, void (*step)(Decoder&)) {
    if (setjmp(decoder.failed) != 0) return false;  // NOLINT(cert-err52-cpp)
    step(decoder);
    return true;
}

void read_header(Decoder& decoder) {
    jpeg_create_decompress(&decoder.jpeg);
    decoder.jpeg.progress = &decoder.progress;
    decoder.jpeg.mem->max_memory_to_use = kMostMemory;
    jpeg_save_markers(&decoder.jpeg, kExifMarker, 0xffff);
    jpeg_mem_src(&decoder.jpeg, decoder.file->bytes.data(),
                 static_cast<unsigned long>(decoder.file->bytes.size()));
    jpeg_read_header(&decoder.jpeg, TRUE);
    const bool inks = decoder.jpeg.jpeg_color_space == JCS_CMYK || decoder.jpeg.jpeg_color_space == JCS_YCCK;
    decoder.jpeg.out_color_space = inks ? JCS_CMYK : JCS_GRAYSCALE;
}

// Files by Adobe's programs, which is nearly all of them, have 255 where there is no ink.
std::uint8_t level_of_inks(const std::uint8_t* inks, bool adobe) {
    const auto light = [&](std::size_t i) -> std::uint32_t { return adobe ? inks[i] : 255U - inks[i]; };
    return static_cast<std::uint8_t>(luminance(light(0), light(1), light(2)) * light(3) / 255);
}

void read_rows(Decoder& decoder) {
    jpeg_start_decompress(&decoder.jpeg);
    const std::size_t columns = decoder.jpeg.output_width;
    while (decoder.jpeg.output_scanline < decoder.jpeg.output_height) {
        std::uint8_t* const levels = decoder.levels + decoder.jpeg.output_scanline * columns;
        std::uint8_t* row = decoder.inks != nullptr ? decoder.inks : levels;
        jpeg_read_scanlines(&decoder.jpeg, &row, 1);
        for (std::size_t c = 0; decoder.inks != nullptr && c < columns; ++c)
            levels[c] = level_of_inks(row + 4 * c, decoder.jpeg.saw_Adobe_marker != 0);
    }
    jpeg_finish_decompress(&decoder.jpeg);
}

std::string message_of(Decoder& decoder) {
    if (decoder.too_many_scans) return fmt::format("more than {} scans", kMostScans);
    char text[JMSG_LENGTH_MAX] = {};
    decoder.errors.format_message(reinterpret_cast<j_common_ptr>(&decoder.jpeg), text);
    return text;
}

int orientation_of(const Decoder& decoder) {
    for (const auto* marker = decoder.jpeg.marker_list; marker != nullptr; marker = marker->next) {
        if (const int orientation = exif_orientation({marker->data, marker->data_length}); orientation != 1)
            return orientation;
    }
    return 1;
}

// Frees what libjpeg has, also where creating it failed half-way.
struct DecoderEnd {
    Decoder& decoder;
    ~DecoderEnd() { jpeg_destroy_decompress(&decoder.jpeg); }
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> marker) {
    constexpr std::uint32_t kOrientationTag = 0x0112;
    constexpr std::size_t kEntryBytes = 12;
    constexpr std::size_t kStart = 6;  // "Exif", 0, 0; offsets count from what follows
    constexpr std::uint8_t kExif[kStart] = {'E', 'x', 'i', 'f', 0, 0};
    if (marker.size() < kStart + 8 || !std::ranges::equal(marker.first(kStart), kExif)) return 1;
    const std::span<const std::uint8_t> tiff = marker.subspan(kStart);
    const bool little = tiff[0] == 'I';
    // A number of `bytes` bytes, or what no entry can have where the marker ends before.
    const auto number = [&](std::size_t at, std::size_t bytes) {
        if (at + bytes > tiff.size()) return std::numeric_limits<std::uint32_t>::max();
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | tiff[at + (little ? bytes - 1 - i : i)];
        return value;
    };
    const std::size_t directory = number(4, 4);
    const std::size_t entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * kEntryBytes;
        if (entry + kEntryBytes > tiff.size()) break;
        if (number(entry, 2) == kOrientationTag) return static_cast<int>(number(entry + 8, 2));
    }
    return 1;
}

GreyPicture read_jpeg(const PictureBytes& file) {
    Decoder decoder;
    decoder.file = &file;
    decoder.jpeg.err = jpeg_std_error(&decoder.errors);
    decoder.jpeg.client_data = &decoder;
    decoder.errors.error_exit = leave;
    decoder.errors.emit_message = judge_message;
    decoder.progress.progress_monitor = judge_progress;
    const DecoderEnd end{decoder};
    if (!guarded(decoder, read_header)) fail_as_damaged(file, "JPEG", message_of(decoder));

    GreyPicture picture{.rows = decoder.jpeg.image_height, .columns = decoder.jpeg.image_width, .levels = {}};
    require_extents(file, picture.columns, picture.rows, file.bytes.size() * kMostJpegPixelsPerByte);
    picture.levels.resize(picture.rows * picture.columns);
    std::vector<std::uint8_t> inks(decoder.jpeg.out_color_space == JCS_CMYK ? 4 * picture.columns : 0);
    decoder.levels = picture.levels.data();
    decoder.inks = inks.empty() ? nullptr : inks.data();
    const int orientation = orientation_of(decoder);  // libjpeg forgets it at the end of the rows
    if (!guarded(decoder, read_rows)) fail_as_damaged(file, "JPEG", message_of(decoder));
    return upright(std::move(picture), orientation);
}

}  // namespace mnist
