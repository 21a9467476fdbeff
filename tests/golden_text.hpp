// Golden files: what is printed or written is compared, byte for byte, with a file in tests/golden that a
// person has looked at. After a wanted change run the test once with MNIST_GOLDEN_OUT=DIR, read what it
// leaves in DIR and copy it to tests/golden.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"

namespace mnist_test {

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void check_golden(const std::string& name, const std::string& actual) {
    if (const char* folder = std::getenv("MNIST_GOLDEN_OUT")) {
        std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << actual;
    }
    INFO("golden file " << name);
    CHECK(actual == file_text(std::filesystem::path(MNIST_TEST_DATA_DIR) / name));
}

}  // namespace mnist_test
