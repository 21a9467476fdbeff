// Bytes of model files, right and wrong, put together by hand for tests.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace mnist {

inline std::string length_bytes(std::uint64_t length) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, sizeof(length));
    return bytes;
}

inline std::string file_of(const std::string& header, std::size_t data_bytes) {
    return length_bytes(header.size()) + header + std::string(data_bytes, '\0');
}

inline std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                         const std::string& dtype = "F32") {
    return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}";
}

// fc1 [2, 3] and its bias: 32 bytes of data.
inline const std::string kWeight = entry("fc1.weight", "[2,3]", "[0,24]");
inline const std::string kBias = entry("fc1.bias", "[2]", "[24,32]");

}  // namespace mnist
