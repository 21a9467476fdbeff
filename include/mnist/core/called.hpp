// How the user calls the programs, for examples and for what to type next: "mnist train" where they are
// installed, "./run train" where the script `run` started them and said so, "./mnist train" where a launcher
// did.
#pragma once

#include <string>
#include <string_view>

namespace mnist {

/// "mnist" and "mnist_bench", or "RUN" and "RUN bench" where the environment's MNIST_RUN names the script, or
/// with MNIST_BESIDE before them, which ends with a slash.
[[nodiscard]] std::string called(std::string_view program);

/// `line` with the program that it begins with as called() has it: "mnist train" becomes "./run train".
[[nodiscard]] std::string as_called(std::string_view line);

/// `word` as a shell takes it for one word, in single quotes where it needs them.
[[nodiscard]] std::string shell_word(std::string_view word);

}  // namespace mnist
