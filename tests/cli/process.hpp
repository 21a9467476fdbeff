// Runs the program as a user would: as a process of its own, with its own environment, folder and output.
// Nothing is inherited from the test's environment but PATH, what the loader needs, and the limits of
// instructions that all tests are to keep to, so that a developer's MNIST_DATA_DIR or NO_COLOR changes no
// test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mnist::testing {

enum class Outputs {
    pipes,              ///< standard output and error are read separately
    small_pipe,         ///< the same, but standard output takes only a page before it blocks
    terminal,           ///< both are one terminal; all text arrives as output
    closed_pipe,        ///< standard output is a pipe that nobody reads any more
    full_device,        ///< standard output is /dev/full
    closed_descriptor,  ///< the program starts without a standard output
};

struct Launch {
    std::vector<std::string> arguments;
    std::filesystem::path folder = ".";
    std::map<std::string, std::string> environment{};
    Outputs outputs = Outputs::pipes;
    std::string input{};  ///< all of standard input; less than a pipe holds
    std::chrono::seconds timeout{180};
    std::function<bool()>
        before_exec{};  ///< in the new process: limits, user, processors; false: exit code 126
    std::string program = MNIST_PROGRAM;
};

struct Finished {
    int exit_code = -1;  ///< -1 when a signal ended the program, or the time was up
    std::string output;
    std::string error;
    bool timed_out = false;
};

/// A started program; ended and reaped by the destructor where finish() was not called.
class Process {
  public:
    explicit Process(const Launch& launch);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Reads until `text` is in the output, `times` over; false when the program ended or the time was up
    /// before.
    [[nodiscard]] bool wait_for_output(const std::string& text, std::size_t times = 1);
    /// Reads standard error only, until `text` is in it.
    [[nodiscard]] bool wait_for_error(const std::string& text);
    /// Waits, without reading, until not one more line fits into a small pipe.
    [[nodiscard]] bool wait_until_output_is_full() const;
    void send(int signal) const;
    [[nodiscard]] pid_t id() const { return pid_; }
    /// Closes the other end of its output: a reader that goes away, or a terminal that is closed.
    void hang_up();
    /// Waits for the end without reading any more. Kills the program when the time is up.
    [[nodiscard]] Finished finish_unread();
    /// Reads to the end and waits. Kills the program when the time is up.
    [[nodiscard]] Finished finish();

  private:
    // One round of reading; false when both ends are closed or the time is up.
    bool pump();
    [[nodiscard]] bool time_is_up() const;
    void reap(int status);

    pid_t pid_ = -1;
    int output_ = -1;
    int error_ = -1;
    Finished finished_;
    std::chrono::steady_clock::time_point deadline_;
};

/// Starts, waits, returns.
[[nodiscard]] Finished run(const Launch& launch);

}  // namespace mnist::testing
