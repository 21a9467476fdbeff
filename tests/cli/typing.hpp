// A folder in which what --help and the documents show can be typed into a shell: with the tiny data set, the
// program in PATH, and the files that they name.
#pragma once

#include "fixtures.hpp"

namespace mnist::testing {

/// Models for images of 28 x 28, and pictures under the names that the examples have: a bar each.
void prepare_pictures(const Workshop& workshop);

/// Results, scores and models under the names that the examples have.
void prepare_files(const Workshop& workshop);

/// What the shell says to `command` in the folder. Nothing leaves the machine: a mirror is a proxy that
/// refuses at once.
struct Typed {
    int status = 0;
    std::string output;  ///< standard output and standard error
};
[[nodiscard]] Typed type(const Workshop& workshop, const std::string& command);

[[nodiscard]] bool shell_has(const std::string& program);

}  // namespace mnist::testing
