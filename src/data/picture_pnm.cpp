// PBM, PGM and PPM, each as text (P1, P2, P3) or binary (P4, P5, P6). Of a file with several pictures the
// first counts.
#include <fmt/format.h>

#include <algorithm>

#include "picture_formats.hpp"

namespace mnist {
namespace {

constexpr std::uint32_t kMostNumber = 100'000'000;  // beyond any extent and any level

bool is_space(std::uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool is_digit(std::uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

class PnmReader {
  public:
    explicit PnmReader(const PictureBytes& file) : file_(file), kind_(file.bytes[1] - std::uint32_t{'0'}) {}

    GreyPicture read() {
        const std::uint32_t columns = number("the width");
        const std::uint32_t rows = number("the height");
        most_ = bitmap() ? 1 : number("the largest value");
        if (most_ == 0 || most_ > 65535) fail(fmt::format("{} as the largest value of a pixel", most_));
        if (binary()) at_ += 1;  // the one space behind the header
        const std::size_t left = file_.bytes.size() - std::min(at_, file_.bytes.size());
        // A character a number is the least that text can take.
        const std::size_t held =
            bitmap() && binary() ? 8 * left : left / (colours() * (binary() ? bytes() : 1));
        require_extents(file_, columns, rows, held);
        GreyPicture picture{.rows = rows, .columns = columns, .levels = {}};
        picture.levels.reserve(picture.rows * picture.columns);
        for (std::uint32_t r = 0; r < rows; ++r) {
            for (std::uint32_t c = 0; c < columns; ++c) picture.levels.push_back(level(c));
            if (bitmap() && binary()) at_ += (columns + 7) / 8;
        }
        return picture;
    }

  private:
    [[nodiscard]] bool bitmap() const { return kind_ == 1 || kind_ == 4; }
    [[nodiscard]] bool binary() const { return kind_ >= 4; }
    [[nodiscard]] std::size_t colours() const { return kind_ == 3 || kind_ == 6 ? 3 : 1; }
    [[nodiscard]] std::size_t bytes() const { return most_ > 255 ? 2 : 1; }

    [[noreturn]] void fail(std::string found) const { fail_as_damaged(file_, "PNM", std::move(found)); }

    std::uint8_t byte(std::size_t at) const {
        if (at >= file_.bytes.size()) fail(fmt::format("the end after {} bytes", file_.bytes.size()));
        return file_.bytes[at];
    }

    // To the next character that is neither space nor part of a comment.
    void skip() {
        for (bool comment = false; is_space(byte(at_)) || byte(at_) == '#' || comment; ++at_)
            comment = byte(at_) == '#' || (comment && byte(at_) != '\n');
    }

    std::uint32_t number(const char* what) {
        skip();
        if (!is_digit(byte(at_))) fail(fmt::format("no number for {} at byte {}", what, at_));
        std::uint32_t value = 0;
        while (at_ < file_.bytes.size() && is_digit(file_.bytes[at_]))
            value = std::min(kMostNumber, 10 * value + (file_.bytes[at_++] - std::uint32_t{'0'}));
        return value;
    }

    // 0 to 255, of the next sample that is no bit.
    std::uint32_t sample() {
        std::uint32_t value = 0;
        if (binary()) {
            for (std::size_t i = 0; i < bytes(); ++i) value = value << 8U | byte(at_++);
        } else {
            value = number("a pixel");
        }
        if (value > most_) fail(fmt::format("a pixel of {}, more than the largest value {}", value, most_));
        return (value * 255 + most_ / 2) / most_;
    }

    std::uint8_t level(std::uint32_t column) {
        if (bitmap()) return black(column) ? 0 : 255;
        const std::uint32_t first = sample();
        if (colours() == 1) return static_cast<std::uint8_t>(first);
        const std::uint32_t second = sample();
        return static_cast<std::uint8_t>(luminance(first, second, sample()));
    }

    bool black(std::uint32_t column) {
        if (binary()) return (byte(at_ + column / 8) >> (7 - column % 8) & 1U) != 0;
        skip();  // digits need no space between them here
        const std::uint8_t bit = byte(at_++);
        if (bit != '0' && bit != '1') fail(fmt::format("neither 0 nor 1 at byte {}", at_ - 1));
        return bit == '1';
    }

    const PictureBytes& file_;
    std::uint32_t kind_;
    std::size_t at_ = 2;
    std::uint32_t most_ = 1;
};

}  // namespace

GreyPicture read_pnm(const PictureBytes& file) {
    return PnmReader(file).read();
}

}  // namespace mnist
