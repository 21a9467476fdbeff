// Sizes from outside (file headers, flags) are multiplied with an overflow check before anything is allocated
// by them.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>

namespace mnist {

/// Product of the factors; empty where it does not fit into size_t. An empty list gives 1.
[[nodiscard]] constexpr std::optional<std::size_t> checked_product(
    std::initializer_list<std::size_t> factors) {
    std::size_t product = 1;
    for (const std::size_t factor : factors) {
        if (__builtin_mul_overflow(product, factor, &product)) return std::nullopt;
    }
    return product;
}

/// Smallest multiple of `unit` that is >= value. Precondition: unit > 0 and the result fits.
[[nodiscard]] constexpr std::size_t round_up(std::size_t value, std::size_t unit) {
    return (value + unit - 1) / unit * unit;
}

}  // namespace mnist
