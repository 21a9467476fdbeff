// OpenSSL's coder. Its decoder forgives spaces and counts padding as bytes, so what it gives is encoded again
// and must be the same text.
#include "mnist/core/base64.hpp"

#include <openssl/evp.h>

#include <limits>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

// EVP_EncodeBlock and EVP_DecodeBlock count in int.
constexpr std::size_t kMostBytes = std::numeric_limits<int>::max() / 2;

}  // namespace

std::string to_base64(std::span<const std::uint8_t> bytes) {
    if (bytes.size() > kMostBytes) throw ShapeError("base64: more than a gigabyte at once");
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero byte
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > kMostBytes) return std::nullopt;
    if (text.empty()) return std::vector<std::uint8_t>{};
    std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
    const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    if (to_base64(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace mnist
