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
        mnist::normalize_pixels(isa)(pixels.data(), values.data(), pixels.size());
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
                baseline(pixels.data() + offset, expected.data() + offset, n);
                normalize(pixels.data() + offset, found.data() + offset, n);
                const bool same =
                    std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0;
                INFO("length " << n << ", offset " << offset);
                REQUIRE(same);
                REQUIRE(found[n + offset] == kGuard);
            }
        }
    }
}

TEST_CASE("pixels: columns are the transposed rows, bit for bit, for every number of rows and pixels") {
    constexpr std::size_t kMostRows = 40;
    constexpr std::size_t kMostPixels = 140;
    std::vector<std::uint8_t> pixels(kMostRows * kMostPixels + 7);
    for (std::size_t i = 0; i < pixels.size(); ++i)
        pixels[i] = static_cast<std::uint8_t>(i * 211 + i / 256 + 5);
    const mnist::NormalizeFn normalize = mnist::normalize_pixels(mnist::Isa::baseline);
    for (const mnist::Isa isa : mnist::available_isas()) {
        INFO("level " << mnist::name(isa));
        const mnist::NormalizeColumnsFn columns = mnist::normalize_columns(isa);
        for (const std::size_t count : {1U, 15U, 16U, 17U, 37U, 40U}) {
            for (const std::size_t n : {1U, 15U, 16U, 63U, 64U, 65U, 128U, 131U, 140U}) {
                INFO(count << " rows of " << n << " pixels");
                // Rows in an order of their own, at odd addresses.
                std::vector<const std::uint8_t*> rows;
                for (std::size_t r = 0; r < count; ++r)
                    rows.push_back(pixels.data() + (r * 23 % count) * n + 7);
                constexpr float kGuard = 77.0F;
                std::vector<float> found(n * count + 16, kGuard);
                columns(rows.data(), count, n, found.data());
                std::vector<float> expected(found.size(), kGuard);
                std::vector<float> row(n);
                for (std::size_t r = 0; r < count; ++r) {
                    normalize(rows[r], row.data(), n);
                    for (std::size_t p = 0; p < n; ++p) expected[p * count + r] = row[p];
                }
                const bool same =
                    std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0;
                REQUIRE(same);
            }
        }
    }
}

TEST_CASE("pixels: bf16 rows and columns are the f32 ones, rounded to the nearest") {
    if (!mnist::has_avx512_bf16()) return;
    constexpr std::size_t kMostRows = 40;
    constexpr std::size_t kMostPixels = 140;
    std::vector<std::uint8_t> pixels(kMostRows * kMostPixels + 7);
    for (std::size_t i = 0; i < pixels.size(); ++i)
        pixels[i] = static_cast<std::uint8_t>(i * 211 + i / 256 + 5);
    const mnist::NormalizeFn normalize = mnist::normalize_pixels(mnist::Isa::baseline);
    constexpr std::uint16_t kGuard = 0x7777;
    for (const std::size_t count : {1U, 15U, 16U, 17U, 37U, 40U}) {
        for (const std::size_t n : {1U, 15U, 16U, 63U, 64U, 65U, 128U, 131U, 140U}) {
            INFO(count << " rows of " << n << " pixels");
            std::vector<const std::uint8_t*> rows;
            for (std::size_t r = 0; r < count; ++r) rows.push_back(pixels.data() + (r * 23 % count) * n + 7);
            std::vector<mnist::Bf16> columns(n * count + 16, mnist::Bf16{kGuard});
            mnist::normalize_columns_bf16(rows.data(), count, n, columns.data());
            for (std::size_t r = 0; r < count; ++r) {
                std::vector<float> exact(n);
                normalize(rows[r], exact.data(), n);
                std::vector<mnist::Bf16> row(n + 1, mnist::Bf16{kGuard});
                mnist::normalize_pixels_bf16(rows[r], row.data(), n);
                bool same = row[n].bits == kGuard;
                for (std::size_t p = 0; p < n; ++p) {
                    const std::uint16_t expected = mnist::to_bf16(exact[p]).bits;
                    same = same && row[p].bits == expected && columns[p * count + r].bits == expected;
                }
                REQUIRE(same);
            }
            REQUIRE(columns[n * count].bits == kGuard);
        }
    }
}
