// The program from its arguments to its exit code.
#pragma once

#include <string_view>

#include "mnist/core/exit_codes.hpp"

namespace mnist::bench {

using mnist::kExitFailure;
using mnist::kExitFine;
using mnist::kExitInput;                          ///< or no benchmark has such a name
inline constexpr int kExitErred = kExitNegative;  ///< a benchmark ended with an error, or a score is refused

/// Reads the arguments, runs what they ask for and returns the exit code. Throws Error.
[[nodiscard]] int run_program(int argc, char** argv);

/// "mnist_bench: TEXT" and a line break, to standard error; on a terminal in lines that fit. Without control
/// characters: messages quote files and arguments.
void note(std::string_view text);

}  // namespace mnist::bench
