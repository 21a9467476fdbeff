// The flags of mnist_bench, a row each.
#pragma once

#include <string>
#include <vector>

#include "mnist/core/values.hpp"
#include "options.hpp"

namespace mnist::bench {

/// Groups of the help.
inline constexpr const char* kOwn = "Options";
inline constexpr const char* kLibrary = "Google Benchmark";
inline constexpr const char* kHidden = "";  ///< this program says it to itself

inline constexpr const char* kInterleaving = "benchmark_enable_random_interleaving";

struct Flag {
    const char* name;         ///< without dashes
    const char* placeholder;  ///< "BOOL": a switch
    const char* group;
    std::string help;
    void (*set)(Options&, const GivenValue&);
};
[[nodiscard]] const std::vector<Flag>& flags();

}  // namespace mnist::bench
