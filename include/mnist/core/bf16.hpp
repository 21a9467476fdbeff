// bf16: the upper half of an f32. Same range, 8 bits of significand. The conversions here are for a few
// numbers and for checking; hot loops use the CPU's instruction, which gives the same bits.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace mnist {

struct Bf16 {
    std::uint16_t bits = 0;
};

/// Exact.
[[nodiscard]] inline float to_f32(Bf16 value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16U);
}

/// The nearest bf16, of two equally near ones the even one; too large a number becomes an infinity, one below
/// the normal range a zero of its sign, and what is no number stays none: as VCVTNEPS2BF16 rounds.
[[nodiscard]] inline Bf16 to_bf16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value)) return {static_cast<std::uint16_t>((bits >> 16U) | 0x40U)};
    if ((bits & 0x7F800000U) == 0) return {static_cast<std::uint16_t>((bits >> 16U) & 0x8000U)};
    return {static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U)};
}

}  // namespace mnist
