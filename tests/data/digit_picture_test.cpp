// Shapes whose place and size are known, drawn in many ways: what comes out must be the same.
#include "mnist/data/digit_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "catch.hpp"
#include "test_files.hpp"

using namespace mnist;

namespace {

// x and y from 0 to 1 in the shape's own square; whether there is ink.
using Shape = std::function<bool(double x, double y)>;

bool is_ring(double x, double y) {
    const double radius = std::hypot(x - 0.5, y - 0.5);
    return radius < 0.5 && radius > 0.32;
}

// An L: its centre of mass is not that of its box.
bool is_angle(double x, double y) {
    return x < 0.25 || y > 0.8;
}

struct Canvas {
    std::size_t rows, columns;
    int background = 255, ink = 0;
};

GreyPicture blank(const Canvas& canvas) {
    return {.rows = canvas.rows,
            .columns = canvas.columns,
            .levels = std::vector<std::uint8_t>(canvas.rows * canvas.columns,
                                                static_cast<std::uint8_t>(canvas.background))};
}

// The shape in a square of `side` pixels whose first one is (top, left), each pixel the mean of 4 x 4 places.
void draw(GreyPicture& picture, const Canvas& canvas, const Shape& shape, std::size_t top, std::size_t left,
          std::size_t side) {
    for (std::size_t r = 0; r < side; ++r) {
        for (std::size_t c = 0; c < side; ++c) {
            int inked = 0;
            for (int i = 0; i < 16; ++i) {
                const double x = (static_cast<double>(c) + (i % 4 + 0.5) / 4) / static_cast<double>(side);
                const double y = (static_cast<double>(r) + (static_cast<int>(i / 4) + 0.5) / 4) /
                                 static_cast<double>(side);
                inked += shape(x, y) ? 1 : 0;
            }
            std::uint8_t& level = picture.levels[(top + r) * picture.columns + left + c];
            level = static_cast<std::uint8_t>(level + (canvas.ink - canvas.background) * inked / 16);
        }
    }
}

std::vector<PreparedDigit> prepared(const GreyPicture& picture, DigitLayout layout = DigitLayout::one) {
    return prepare_digits(picture, layout, "a picture");
}

PreparedDigit drawn(const Canvas& canvas, const Shape& shape, std::size_t top, std::size_t left,
                    std::size_t side) {
    GreyPicture picture = blank(canvas);
    draw(picture, canvas, shape, top, left, side);
    const std::vector<PreparedDigit> digits = prepared(picture);
    REQUIRE(digits.size() == 1);
    return digits.front();
}

double mean_difference(const PreparedDigit& a, const PreparedDigit& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
    return sum / static_cast<double>(a.pixels.size());
}

struct Mass {
    double row = 0, column = 0;
    std::size_t height = 0, width = 0;  // of what has any ink
};

Mass mass_of(const PreparedDigit& digit) {
    Mass mass;
    double sum = 0;
    std::array<bool, kPreparedSide> rows{};
    std::array<bool, kPreparedSide> columns{};
    for (std::size_t i = 0; i < digit.pixels.size(); ++i) {
        const double ink = digit.pixels[i];
        sum += ink;
        const std::size_t row = i / kPreparedSide;
        mass.row += ink * static_cast<double>(row);
        mass.column += ink * static_cast<double>(i % kPreparedSide);
        if (digit.pixels[i] > 0) rows.at(i / kPreparedSide) = columns.at(i % kPreparedSide) = true;
    }
    mass.row /= sum;
    mass.column /= sum;
    mass.height = static_cast<std::size_t>(std::count(rows.begin(), rows.end(), true));
    mass.width = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), true));
    return mass;
}

}  // namespace

TEST_CASE("digit: a shape becomes the same image in any size, place, brightness and polarity") {
    for (const Shape& shape : {Shape(is_ring), Shape(is_angle)}) {
        const PreparedDigit reference = drawn({.rows = 300, .columns = 300}, shape, 50, 50, 200);
        for (const std::size_t side : {40U, 61U, 128U, 999U}) {
            for (const Canvas& colours : {Canvas{0, 0, 255, 0}, Canvas{0, 0, 0, 255}, Canvas{0, 0, 90, 160},
                                          Canvas{0, 0, 210, 140}}) {
                CAPTURE(side, colours.background);
                const Canvas canvas{side + 90, 2 * side + 40, colours.background, colours.ink};
                const PreparedDigit digit = drawn(canvas, shape, 70, side + 3, side);
                CHECK(mean_difference(digit, reference) < 5);
                CHECK(digit.box.left == side + 3);
                CHECK(digit.box.top == 70);
                CHECK(digit.box.width == side);
                CHECK(digit.box.height == side);
            }
        }
    }
}

TEST_CASE("digit: the longer side fits 20 pixels and the centre of mass lies in the middle one") {
    const auto bar = [](double x, double y) { return x > 0.4 && x < 0.6 && y < 0.9; };
    for (const Shape& shape : {Shape(is_ring), Shape(is_angle), Shape(bar)}) {
        for (const std::size_t side : {30U, 77U, 240U}) {
            CAPTURE(side);
            const Mass mass = mass_of(drawn({.rows = 400, .columns = 300}, shape, 9, 40, side));
            CHECK(std::max(mass.height, mass.width) == 20);
            CHECK(std::abs(mass.row - 14) <= 0.56);
            CHECK(std::abs(mass.column - 14) <= 0.56);
        }
    }
    const Mass mass = mass_of(drawn({.rows = 300, .columns = 300}, bar, 9, 40, 200));
    CHECK(mass.height == 20);
    CHECK(mass.width <= 5);  // 200 x 0.2 by 200 x 0.9 pixels: not stretched
}

TEST_CASE("digit: a crop without a margin, and one that is smaller than the network's image, are read") {
    const PreparedDigit reference = drawn({.rows = 300, .columns = 300}, is_ring, 50, 50, 200);
    CHECK(mean_difference(drawn({.rows = 100, .columns = 100}, is_ring, 0, 0, 100), reference) < 5);
    CHECK(mean_difference(drawn({.rows = 14, .columns = 14}, is_ring, 2, 2, 10), reference) < 25);
}

TEST_CASE("digit: specks change nothing") {
    const Canvas canvas{.rows = 200, .columns = 200};
    GreyPicture picture = blank(canvas);
    draw(picture, canvas, is_ring, 40, 40, 100);
    const PreparedDigit clean = prepared(picture).front();
    draw(
        picture, canvas, [](double, double) { return true; }, 5, 180, 6);
    draw(
        picture, canvas, [](double, double) { return true; }, 190, 3, 2);
    const PreparedDigit with_specks = prepared(picture).front();
    CHECK(with_specks.pixels == clean.pixels);
    CHECK(with_specks.box.left == clean.box.left);
    CHECK(with_specks.box.width == clean.box.width);
    CHECK(prepared(picture, DigitLayout::row).size() == 1);
}

TEST_CASE("digit: pieces of one digit that do not touch stay together") {
    const Canvas canvas{.rows = 200, .columns = 200};
    const auto two_bars = [](double, double y) { return y < 0.2 || y > 0.5; };
    for (const DigitLayout layout : {DigitLayout::one, DigitLayout::row}) {
        GreyPicture picture = blank(canvas);
        draw(picture, canvas, two_bars, 50, 60, 80);
        const std::vector<PreparedDigit> digits = prepared(picture, layout);
        REQUIRE(digits.size() == 1);
        CHECK(digits.front().box.height == 80);
    }
}

TEST_CASE("digit: a slope of the background's brightness is taken out") {
    const Canvas canvas{.rows = 200, .columns = 300, .background = 230, .ink = 60};
    const PreparedDigit even = drawn(canvas, is_ring, 60, 150, 90);
    GreyPicture picture = blank(canvas);
    draw(picture, canvas, is_ring, 60, 150, 90);
    for (std::size_t i = 0; i < picture.levels.size(); ++i) {
        const std::size_t row = i / 300;
        const double shade =
            1 - 0.6 * static_cast<double>(i % 300) / 300 - 0.1 * static_cast<double>(row) / 200;
        picture.levels[i] = static_cast<std::uint8_t>(std::max(0.0, picture.levels[i] - 230 + 230 * shade));
    }
    const PreparedDigit shaded = prepared(picture).front();
    CHECK(shaded.box.left >= 148);
    CHECK(shaded.box.width <= 94);
    CHECK(mean_difference(shaded, even) < 8);
}

TEST_CASE("digit: thin lines become as dark and wide as a network knows them") {
    const auto thin = [](double x, double y) { return std::abs(x - 0.5) < 0.008 && y > 0; };
    const PreparedDigit digit = drawn({.rows = 500, .columns = 300}, thin, 50, 0, 300);
    std::size_t dark = 0;
    for (const std::uint8_t ink : digit.pixels) dark += ink > 200 ? 1 : 0;
    CHECK(dark >= 17);
    const Mass mass = mass_of(digit);
    CHECK(mass.width >= 2);
    CHECK(mass.width <= 3);
    CHECK(mass.height == 20);
}

TEST_CASE("digit: five digits in a row are five boxes from left to right, those that touch are one") {
    const Canvas canvas{.rows = 120, .columns = 600};
    GreyPicture picture = blank(canvas);
    const std::array<std::size_t, 5> lefts{20, 130, 240, 350, 460};
    for (const std::size_t left : lefts) draw(picture, canvas, is_ring, 10 + left / 20, left, 80);
    const std::vector<PreparedDigit> digits = prepared(picture, DigitLayout::row);
    REQUIRE(digits.size() == 5);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        CHECK(digits[i].box.left == lefts.at(i));
        CHECK(digits[i].box.width == 80);
        CHECK(digits[i].pixels == digits[0].pixels);
    }
    CHECK(prepared(picture).front().box.width == 520);
    draw(
        picture, canvas, [](double, double y) { return y > 0.4 && y < 0.6; }, 25, 95, 40);
    const std::vector<PreparedDigit> touching = prepared(picture, DigitLayout::row);
    REQUIRE(touching.size() == 4);
    CHECK(touching.front().box.width == 190);
}

TEST_CASE("digit: a picture of millions of pixels is read, with its box in its own pixels") {
    const PreparedDigit reference = drawn({.rows = 300, .columns = 300}, is_ring, 50, 50, 200);
    const PreparedDigit digit = drawn({.rows = 3000, .columns = 3001}, is_ring, 1200, 2201, 800);
    CHECK(mean_difference(digit, reference) < 5);
    CHECK(std::abs(static_cast<double>(digit.box.left) - 2201) <= 3);
    CHECK(std::abs(static_cast<double>(digit.box.width) - 800) <= 6);
    CHECK(digit.box.left + digit.box.width <= 3001);
}

TEST_CASE("digit: a picture without a digit is an error that names it") {
    const auto fault = [](const GreyPicture& picture, DigitLayout layout) {
        return fault_of([&] { static_cast<void>(prepared(picture, layout)); });
    };
    for (const DigitLayout layout : {DigitLayout::one, DigitLayout::row}) {
        CHECK(fault(blank({.rows = 50, .columns = 50}), layout).where == "a picture");
        CHECK(fault(blank({.rows = 1, .columns = 1}), layout).expected ==
              "a digit that stands out from its background");
    }
    const Canvas pale{.rows = 50, .columns = 50, .background = 240, .ink = 225};
    GreyPicture picture = blank(pale);
    draw(picture, pale, is_ring, 10, 10, 30);
    CHECK(contains(fault(picture, DigitLayout::one).found, "levels of 255"));

    GreyPicture dots = blank({.rows = 9, .columns = 2000});
    for (std::size_t c = 4; c < 2000; c += 4) dots.levels[std::size_t{4} * 2000 + c] = 0;
    CHECK(fault(dots, DigitLayout::row).found == "499 separate pieces of ink");
}

TEST_CASE("digit: pictures of one pixel's height or width hold together") {
    GreyPicture wide{.rows = 1, .columns = 5, .levels = {255, 255, 0, 255, 255}};
    CHECK(prepared(wide).front().box.left == 2);
    GreyPicture high{.rows = 5, .columns = 1, .levels = {0, 0, 255, 0, 0}};
    CHECK(prepared(high).front().box.top == 2);
    CHECK(prepared(high).front().box.height == 1);
}
