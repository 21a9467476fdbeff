// What tests of the program itself share: a quick benchmark, and a call of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fixtures.hpp"

namespace mnist::testing {

inline constexpr const char* kQuick = "--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$";
inline constexpr const char* kQuickTime = "--benchmark_min_time=0.001";

inline Finished mnist_bench(const Workshop& workshop, std::vector<std::string> arguments) {
    return workshop.mnist(std::move(arguments));
}

}  // namespace mnist::testing
