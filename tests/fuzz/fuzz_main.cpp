// libFuzzer's entry point, compiled once for each target: MNIST_FUZZ_TARGET is the function that it drives.
#include <cstdint>

#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    mnist::MNIST_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
    return 0;
}
