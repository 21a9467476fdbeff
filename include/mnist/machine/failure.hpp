// What an error means for the program: its message, and its exit code: 2 for what the user can mend (usage,
// files, values), 3 for what is our own failure.
#pragma once

#include <exception>
#include <string>

namespace mnist {

struct Failure {
    int code = 0;
    std::string message;    ///< empty where another rank gives it
    bool of_ranks = false;  ///< says itself which ranks it is about
};

[[nodiscard]] Failure failure_of(const std::exception_ptr& error);

}  // namespace mnist
