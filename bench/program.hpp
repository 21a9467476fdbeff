// The program from its arguments to its exit code.
#pragma once

#include <string_view>

namespace mnist::bench {

/// Exit codes; kExitInterrupted is in core.
inline constexpr int kExitFine = 0;
inline constexpr int kExitErred = 1;    ///< a benchmark ended with an error, or a score is refused
inline constexpr int kExitInput = 2;    ///< bad usage or input, or no benchmark has such a name
inline constexpr int kExitFailure = 3;  ///< our own failure

/// Reads the arguments, runs what they ask for and returns the exit code. Throws Error.
[[nodiscard]] int run_program(int argc, char** argv);

/// "mnist_bench: TEXT" and a line break, to standard error; on a terminal in lines that fit. Without control
/// characters: messages quote files and arguments.
void note(std::string_view text);

}  // namespace mnist::bench
