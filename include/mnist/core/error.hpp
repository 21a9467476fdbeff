// The errors that the libraries throw. Libraries never print and never exit: the one catch in the program's
// main turns these into a message and an exit code. A message names the file, what was expected, what was
// found, and what to do next.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace mnist {

/// Base of everything that this project throws on purpose.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What is wrong with an input, in parts, so that tests and messages do not parse sentences.
struct InputFault {
    std::string where;  ///< a path, a flag or a key, e.g. "data/train-images-idx3-ubyte.gz" or "--epochs"
    std::optional<std::uint64_t> offset{};  ///< byte offset inside a file, where there is one
    std::string expected;                   ///< e.g. "47040016 bytes of pixels"
    std::string found;                      ///< e.g. "1024 bytes"
    std::string remedy{};                   ///< what to do next; may be empty
};

/// A file, a flag or a value from outside is not what it must be. Exit code 2.
/// what() reads: "WHERE[, byte OFFSET]: expected EXPECTED, found FOUND[. REMEDY]".
class InputError : public Error {
  public:
    explicit InputError(InputFault fault);
    [[nodiscard]] const InputFault& fault() const noexcept { return fault_; }

  private:
    InputFault fault_;
};

/// Extents that our own code passed do not fit together. A defect of the caller. Exit code 3.
class ShapeError : public Error {
  public:
    using Error::Error;
};

/// A library below us failed (oneDNN, the system): primitive or call, shape, status. Exit code 3.
class BackendError : public Error {
  public:
    using Error::Error;
};

/// What ended this process as one of several that train together: its own message, or none where another one
/// gives it. Exit code: code().
class RankError : public Error {
  public:
    RankError(const std::string& message, int code) : Error(message), code_(code) {}
    [[nodiscard]] int code() const noexcept { return code_; }

  private:
    int code_;
};

}  // namespace mnist
