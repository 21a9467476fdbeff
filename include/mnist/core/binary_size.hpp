// Bytes as people read them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace mnist {

/// "48 KiB", "1.25 MiB", "23.54 GiB": four digits at most.
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

}  // namespace mnist
