// What requantize.cpp's loops are where the CPU has AVX-512, by hand: the compiler narrows numbers one vector
// at a time, which takes twice as long. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mnist {

/// A RequantizeFn. Only where detected_isa() is avx512.
void requantize_avx512(const std::int32_t* sums, const float* factor, const float* offset, std::size_t rows,
                       std::size_t columns, std::uint8_t* dst);

}  // namespace mnist
