// Pictures of every kind, and files that are none, cut off, damaged or out of proportion.
#include "mnist/data/picture_file.hpp"

#include <png.h>

#include <zlib.h>

#include <algorithm>
#include <array>

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "test_files.hpp"

using namespace mnist;

namespace {

using Levels = std::vector<std::uint8_t>;

GreyPicture read(const std::string& file) {
    return read_picture(std::as_bytes(std::span(file)), "a picture");
}

Levels levels(const std::string& file) {
    return read(file).levels;
}

InputFault fault(const std::string& file) {
    return fault_of([&] { static_cast<void>(read(file)); });
}

int greatest_difference(const Levels& a, const Levels& b) {
    REQUIRE(a.size() == b.size());
    int greatest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) greatest = std::max(greatest, std::abs(int{a[i]} - int{b[i]}));
    return greatest;
}

// 16 x 8 pixels, dark in the upper left corner alone.
Levels marked_corner() {
    Levels picture(std::size_t{16} * 8, 255);
    for (std::size_t r = 0; r < 4; ++r)
        std::fill_n(picture.begin() + static_cast<int>(16 * r), 4, std::uint8_t{0});
    return picture;
}

}  // namespace

TEST_CASE("picture: each kind of PNG is read as levels of grey") {
    CHECK(levels(png_bytes(3, 2, {}, {0, 100, 255, 1, 2, 3})) == Levels{0, 100, 255, 1, 2, 3});
    CHECK(levels(png_bytes(10, 1, {.bit_depth = 1}, {0b10100000, 0b01000000})) ==
          Levels{255, 0, 255, 0, 0, 0, 0, 0, 0, 255});
    CHECK(levels(png_bytes(2, 1, {.bit_depth = 4}, {0x0f})) == Levels{0, 255});
    CHECK(levels(png_bytes(2, 1, {.bit_depth = 16}, {0x80, 0x00, 0xff, 0xff})) == Levels{128, 255});
    CHECK(levels(png_bytes(1, 2, {.colour_type = PNG_COLOR_TYPE_RGB}, {90, 90, 90, 255, 255, 255})) ==
          Levels{90, 255});
    const PngKind palette{
        .bit_depth = 8, .colour_type = PNG_COLOR_TYPE_PALETTE, .palette = {0, 0, 0, 70, 70, 70}};
    CHECK(levels(png_bytes(2, 1, palette, {1, 0})) == Levels{70, 0});
    Levels ramp(std::size_t{9} * 7);
    for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<std::uint8_t>(4 * i);
    CHECK(levels(png_bytes(9, 7, {.interlaced = true}, ramp)) == ramp);
    const GreyPicture wide = read(png_bytes(9, 7, {}, ramp));
    CHECK(wide.rows == 7);
    CHECK(wide.columns == 9);
    // Green is brighter than red, and red than blue.
    const Levels colours =
        levels(png_bytes(3, 1, {.colour_type = PNG_COLOR_TYPE_RGB}, {255, 0, 0, 0, 255, 0, 0, 0, 255}));
    CHECK(colours[1] > colours[0]);
    CHECK(colours[0] > colours[2]);
}

TEST_CASE("picture: transparency lies over white, and over black where white would hide all") {
    constexpr int kGreyAlpha = PNG_COLOR_TYPE_GRAY_ALPHA;
    CHECK(levels(png_bytes(2, 1, {.colour_type = kGreyAlpha}, {0, 255, 0, 0})) == Levels{0, 255});
    CHECK(levels(png_bytes(2, 1, {.colour_type = kGreyAlpha}, {255, 255, 255, 0})) == Levels{255, 0});
    CHECK(levels(png_bytes(2, 1, {.colour_type = PNG_COLOR_TYPE_RGB_ALPHA}, {0, 0, 0, 0, 9, 9, 9, 255})) ==
          Levels{255, 9});
    const PngKind palette{.bit_depth = 8,
                          .colour_type = PNG_COLOR_TYPE_PALETTE,
                          .palette = {0, 0, 0, 70, 70, 70},
                          .opacity = {0, 255}};
    CHECK(levels(png_bytes(2, 1, palette, {1, 0})) == Levels{70, 255});
    CHECK(levels(png_bytes(2, 1, {.clear = 7}, {7, 8})) == Levels{255, 8});
    // White without transparency stays what it is.
    CHECK(levels(png_bytes(2, 1, {}, {255, 250})) == Levels{255, 250});
}

TEST_CASE("picture: each kind of JPEG is read as levels of grey") {
    Levels ramp(std::size_t{16} * 16);
    Levels colours;
    Levels inks;
    for (std::size_t i = 0; i < ramp.size(); ++i) {
        ramp[i] = static_cast<std::uint8_t>(i);
        colours.insert(colours.end(), 3, ramp[i]);
        inks.insert(inks.end(), {255, 255, 255, ramp[i]});
    }
    CHECK(greatest_difference(levels(jpeg_bytes(16, 16, JpegKind::grey, ramp)), ramp) <= 2);
    CHECK(greatest_difference(levels(jpeg_bytes(16, 16, JpegKind::colour, colours)), ramp) <= 3);
    CHECK(greatest_difference(levels(jpeg_bytes(16, 16, JpegKind::inks, inks)), ramp) <= 4);
    CHECK(greatest_difference(levels(jpeg_bytes(16, 16, JpegKind::two_scans, ramp)), ramp) <= 2);
}

TEST_CASE("picture: a JPEG is turned as its EXIF orientation says, in either byte order") {
    // Where the marked corner of the stored picture is to be seen: 0 upper left, 1 upper right, 2 lower left,
    // 3 lower right.
    constexpr std::array<std::size_t, 8> kCorners{0, 1, 3, 2, 0, 1, 3, 2};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        for (const bool little : {true, false}) {
            CAPTURE(orientation, little);
            const GreyPicture picture =
                read(jpeg_bytes(16, 8, JpegKind::grey, marked_corner(), orientation, little));
            CHECK(picture.columns == (orientation >= 5 ? 8 : 16));
            CHECK(picture.rows == (orientation >= 5 ? 16 : 8));
            for (std::size_t corner = 0; corner < 4; ++corner) {
                const std::size_t row = corner >= 2 ? picture.rows - 1 : 0;
                const std::size_t column = corner % 2 == 1 ? picture.columns - 1 : 0;
                const bool dark = picture.levels[row * picture.columns + column] < 128;
                CHECK(dark == (corner == kCorners.at(static_cast<std::size_t>(orientation - 1))));
            }
        }
    }
    CHECK(read(jpeg_bytes(16, 8, JpegKind::grey, marked_corner(), 9)).columns == 16);
}

TEST_CASE("picture: the six kinds of PNM are read as levels of grey") {
    const Levels bits{255, 0, 0, 255};
    CHECK(levels("P1\n2 2\n01\n10\n") == bits);
    CHECK(levels("P1 # made by hand\n2 2 0 1 1 0") == bits);
    CHECK(levels(std::string("P4\n2 2\n\x40\x80", 9)) == bits);
    CHECK(levels("P2 2 2 255 255 0 0 255") == bits);
    CHECK(levels("P5 2 2 255\n\xff" + std::string(2, '\0') + "\xff") == bits);
    CHECK(levels("P3 1 2 255 9 9 9 0 255 0") == Levels{9, 150});
    CHECK(levels("P6\n#a\n1 # b\n1\n255\n\x09\x09\x09") == Levels{9});
    CHECK(levels("P2 3 1 4 0 2 4") == Levels{0, 128, 255});
    CHECK(levels(std::string("P5 2 1 65535 \x80\0\xff\xff", 17)) == Levels{128, 255});
    CHECK(levels("P4 9 2\n" + std::string("\x00\x80\xff\x00", 4)) ==
          Levels{255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255});
}

TEST_CASE("picture: PNM that does not hold together is refused with what is wrong") {
    CHECK(contains(fault("P2 2 2 255 1 2 3").found, "the end after 16 bytes"));
    CHECK(contains(fault("P2 2 1 9 1 10").found, "10, more than the largest value 9"));
    CHECK(contains(fault("P2 2 1 0 0 0").found, "0 as the largest value"));
    CHECK(contains(fault("P2 2 1 65536 0 0").found, "65536"));
    CHECK(contains(fault("P1 2 1 02").found, "neither 0 nor 1"));
    CHECK(contains(fault("P2 2 x 9").found, "no number for the height at byte 5"));
    CHECK(fault("P5 0 9 255\n").expected == "a picture with pixels");
    CHECK(fault("P5 99999999999999999999 2 255\n ").expected == "a picture of at most 64000000 pixels");
}

TEST_CASE(
    "picture: extents beyond the limit or beyond what the file can hold are refused before memory is taken") {
    const std::string small = png_bytes(1, 1, {}, {0});
    const auto with_extents = [&](std::uint32_t columns, std::uint32_t rows) {
        std::string file = small;
        for (std::size_t i = 0; i < 4; ++i) {
            file[16 + i] = static_cast<char>(columns >> (24 - 8 * i) & 0xffU);
            file[20 + i] = static_cast<char>(rows >> (24 - 8 * i) & 0xffU);
        }
        std::string checked = file.substr(12, 17);
        const auto sum = static_cast<std::uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size())));
        for (std::size_t i = 0; i < 4; ++i) file[29 + i] = static_cast<char>(sum >> (24 - 8 * i) & 0xffU);
        return file;
    };
    CHECK(fault(with_extents(100'000, 100'000)).expected == "a picture of at most 64000000 pixels");
    CHECK(contains(fault(with_extents(7000, 7000)).expected, "that a file of 67 bytes can hold"));
    CHECK(fault("P5 60000 60000 255\n").expected == "a picture of at most 64000000 pixels");
    CHECK(fault("P5 600 600 255\n1234").expected == "at most the 4 pixels that a file of 19 bytes can hold");
    CHECK(fault("P5 600 600 255\n1234").remedy.starts_with("Copy the file once more"));
    std::string jpeg = jpeg_bytes(16, 8, JpegKind::grey, marked_corner());
    const std::size_t extents = jpeg.find("\xff\xc0") + 5;
    jpeg.replace(extents, 4, "\x1f\x01\x1f\x01");
    CHECK(contains(fault(jpeg).expected, "can hold"));
    jpeg.replace(extents, 4, "\xff\xdc\xff\xdc");
    CHECK(fault(jpeg).expected == "a picture of at most 64000000 pixels");
    // An honest bomb: 400 million white pixels in 50 kB.
    const std::string bomb =
        png_bytes(20'000, 20'000, {.bit_depth = 1}, Levels(std::size_t{2'500} * 20'000, 0xff));
    CHECK(bomb.size() < 100'000);
    CHECK(fault(bomb).expected == "a picture of at most 64000000 pixels");
}

TEST_CASE("picture: a JPEG of a hundred passes and more is refused") {
    const std::string two = jpeg_bytes(16, 8, JpegKind::two_scans, marked_corner());
    const std::size_t last = two.rfind("\xff\xda");
    const std::string scan = two.substr(last, two.size() - 2 - last);
    std::string many = two.substr(0, last);
    for (int i = 0; i < 90; ++i) many += scan;
    CHECK(levels(many + "\xff\xd9") == levels(two));
    for (int i = 0; i < 20; ++i) many += scan;
    CHECK(fault(many + "\xff\xd9").found == "more than 100 scans");
}

TEST_CASE("picture: a file that is cut off anywhere is refused, or all of its pixels were there") {
    Levels noise(std::size_t{24} * 24);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>(i * i * 7 % 251);
    const std::vector<std::string> files{
        png_bytes(24, 24, {}, noise), png_bytes(24, 24, {.interlaced = true}, noise),
        jpeg_bytes(24, 24, JpegKind::grey, noise), jpeg_bytes(24, 24, JpegKind::two_scans, noise)};
    for (std::size_t i = 0; i < files.size(); ++i) {
        const Levels whole = levels(files[i]);
        std::size_t read_all_the_same = 0;
        for (std::size_t length = 0; length < files[i].size(); ++length) {
            CAPTURE(i, length);
            try {
                const Levels read_levels = levels(files[i].substr(0, length));
                REQUIRE(read_levels == whole);
                ++read_all_the_same;
            } catch (const InputError& error) {
                REQUIRE(error.fault().where == "a picture");
            }
        }
        CHECK(read_all_the_same <= 16);  // PNG's last chunk, and the checksum before it
    }
}

TEST_CASE("picture: files that are no pictures are refused with what they are") {
    CHECK(fault("").found == "an empty file");
    CHECK(fault("GIF89a...").found == "a GIF file");
    CHECK(fault("%PDF-1.7").found == "a PDF file");
    CHECK(fault(std::string("\0\0\0\x20"
                            "ftypheic",
                            12))
              .found == "a HEIC, AVIF or video file");
    CHECK(fault("hello").found == "a file that starts with 0x68 0x65 0x6c 0x6c");
    CHECK(fault("P7\n").expected == "a picture: PNG, JPEG or PNM (PGM, PPM, PBM)");
    const TemporaryFolder folder;
    write_file(folder.path() / "p.pgm", "P2 1 1 1 1");
    CHECK(read_picture(folder.path() / "p.pgm").levels == Levels{255});
    CHECK(fault_of([&] { static_cast<void>(read_picture(folder.path() / "none.png")); }).where ==
          (folder.path() / "none.png").string());
}
