// Base64 (RFC 4648, section 4) for bytes that travel inside text: pixels in result files, hashes in a page's
// policy.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// With padding, without line breaks: 4 characters for every 3 bytes begun.
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);

/// Inverse of to_base64; empty for any text that to_base64 does not write (other characters, line breaks,
/// missing padding, bits behind the last byte).
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace mnist
