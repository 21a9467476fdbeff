// Bytes as people read them.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>

#include "mnist/core/parsed.hpp"

namespace mnist {

/// "48 KiB", "1.25 MiB", "23.54 GiB": to four digits.
[[nodiscard]] inline std::string binary_size(double bytes) {
    constexpr double kNext = 1024;
    std::string_view unit = "B";
    for (const std::string_view next : {"KiB", "MiB", "GiB", "TiB"}) {
        if (bytes < kNext) break;
        bytes /= kNext;
        unit = next;
    }
    return fmt::format("{:.4g} {}", bytes, unit);
}

/// The same of a text; what is no number of bytes as it is.
[[nodiscard]] inline std::string binary_size(const std::string& bytes) {
    const double number = parsed<double>(bytes).value_or(-1);
    return number >= 0 && std::isfinite(number) ? binary_size(number) : bytes;
}

}  // namespace mnist
