// The pixel loop at every level of vector instructions that this CPU has: same bits, right values, nothing
// outside its range.
#include "mnist/core/pixels.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "catch.hpp"

TEST_CASE("pixels: all 256 values are normalised to within rounding, at every level") {
    std::vector<std::uint8_t> pixels(256);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i);
    for (const mnist::Isa isa : mnist::available_isas()) {
        INFO("level " << mnist::name(isa));
        std::vector<float> values(pixels.size());
        mnist::normalize_pixels(isa)(pixels.data(), values.data(), pixels.size(), pixels.data());
        // Two roundings of a product up to 2, one of the difference.
        constexpr double kTolerance = 3.0 * std::numeric_limits<float>::epsilon();
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            const double exact = (static_cast<double>(i) / 255.0 - 0.5) / 0.5;
            CHECK(std::abs(static_cast<double>(values[i]) - exact) <= kTolerance);
        }
        CHECK(values[0] == -1.0F);
        CHECK(values[255] == 1.0F);
    }
}

TEST_CASE("pixels: every level gives the same bits, for every length and alignment") {
    std::vector<std::uint8_t> pixels(1024);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 167 + 13);
    const mnist::NormalizeFn baseline = mnist::normalize_pixels(mnist::Isa::baseline);
    for (const mnist::Isa isa : mnist::available_isas()) {
        INFO("level " << mnist::name(isa));
        const mnist::NormalizeFn normalize = mnist::normalize_pixels(isa);
        for (std::size_t n = 0; n <= 140; ++n) {
            for (const std::size_t offset : {0U, 1U, 7U}) {
                constexpr float kGuard = 77.0F;
                std::vector<float> expected(n + offset + 16, kGuard);
                std::vector<float> found = expected;
                baseline(pixels.data() + offset, expected.data() + offset, n, pixels.data());
                normalize(pixels.data() + offset, found.data() + offset, n, pixels.data() + 1024 - n);
                const bool same =
                    std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0;
                INFO("length " << n << ", offset " << offset);
                REQUIRE(same);
                REQUIRE(found[n + offset] == kGuard);
            }
        }
    }
}

TEST_CASE("pixels: bf16 rows are the f32 ones, rounded to the nearest") {
    if (!mnist::has_avx512_bf16()) return;
    constexpr std::size_t kMostPixels = 300;
    std::vector<std::uint8_t> pixels(kMostPixels + 7);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 211 + 5);
    constexpr std::uint16_t kGuard = 0x7777;
    for (const std::size_t n : {1U, 15U, 16U, 63U, 64U, 65U, 128U, 131U, 300U}) {
        INFO(n << " pixels");
        std::vector<float> exact(n);
        mnist::normalize_pixels(mnist::Isa::baseline)(pixels.data() + 7, exact.data(), n, pixels.data());
        std::vector<mnist::Bf16> row(n + 1, mnist::Bf16{kGuard});
        mnist::normalize_pixels_bf16(pixels.data() + 7, row.data(), n, pixels.data());
        bool same = row[n].bits == kGuard;
        for (std::size_t p = 0; p < n; ++p) same = same && row[p].bits == mnist::to_bf16(exact[p]).bits;
        REQUIRE(same);
    }
}
