// A reading as bytes, for the cache, and back. Nothing is believed: every size is checked against what is
// left, every number against what it may be, and bytes that this program would not have written so are none.
// Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mnist/history/reading.hpp"

namespace mnist {

[[nodiscard]] std::string reading_bytes(const HistoryReading& reading);

/// Inverse; empty for anything else: what it accepts is written again to the same bytes. Memory: some times
/// the bytes.
[[nodiscard]] std::optional<HistoryReading> parse_reading(std::string_view bytes);

}  // namespace mnist
