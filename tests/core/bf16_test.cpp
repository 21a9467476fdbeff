// The conversions against their definition: the nearest of all bf16 numbers.
#include "mnist/core/bf16.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "catch.hpp"

using mnist::Bf16;

TEST_CASE("bf16: every number that is no denormal survives the way to f32 and back") {
    for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
        const Bf16 value{static_cast<std::uint16_t>(bits)};
        const float wide = mnist::to_f32(value);
        if (std::isnan(wide)) {
            REQUIRE(std::isnan(mnist::to_f32(mnist::to_bf16(wide))));
        } else if (wide == 0 || std::isnormal(wide) || std::isinf(wide)) {
            REQUIRE(mnist::to_bf16(wide).bits == value.bits);
        } else {
            REQUIRE(mnist::to_f32(mnist::to_bf16(wide)) == 0.0F);
        }
    }
}

TEST_CASE("bf16: between two neighbours the nearer is taken, in the middle the even one") {
    for (const std::uint32_t bits : {0x3F80U, 0x3F81U, 0x4049U, 0xBF7FU, 0x0080U, 0x7F7EU}) {
        const float low = mnist::to_f32({static_cast<std::uint16_t>(bits)});
        const float high = mnist::to_f32({static_cast<std::uint16_t>(bits + 1)});
        const float middle = low + (high - low) / 2;  // exact: f32 has 16 more bits
        CHECK(mnist::to_bf16(middle).bits == (bits % 2 == 0 ? bits : bits + 1));
        CHECK(mnist::to_bf16(std::nextafter(middle, low)).bits == bits);
        CHECK(mnist::to_bf16(std::nextafter(middle, high)).bits == bits + 1);
    }
}

TEST_CASE("bf16: too large a number is an infinity, and what is no number stays none") {
    CHECK(std::isinf(mnist::to_f32(mnist::to_bf16(std::numeric_limits<float>::max()))));
    CHECK(mnist::to_f32(mnist::to_bf16(-std::numeric_limits<float>::infinity())) ==
          -std::numeric_limits<float>::infinity());
    for (const std::uint32_t bits : {0x7F800001U, 0x7FFFFFFFU, 0xFF800001U, 0xFFFFFFFFU})
        CHECK(std::isnan(mnist::to_f32(mnist::to_bf16(std::bit_cast<float>(bits)))));
}
