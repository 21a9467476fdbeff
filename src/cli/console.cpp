// write(2) rather than streams: no buffer that could be lost or fail later, and the reason of a failure at
// hand. SIGPIPE is ignored by main, so that a closed pipe arrives here as EPIPE.
#include "console.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "mnist/core/atomic_file.hpp"
#include "mnist/report/terminal.hpp"
#include "mnist/report/text.hpp"
#include "mnist/step/tracing.hpp"

namespace mnist {
namespace {

// Returns 0 or the errno of the failure. A pipe that its reader made non-blocking is waited for.
int write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

}  // namespace

Console::Console(bool progress, TextTo text_to)
    : progress_(progress && is_capable_terminal(STDERR_FILENO), terminal_columns(STDERR_FILENO, 80)),
      text_to_(text_to) {}

void Console::print(std::string_view text) {
    if (text_to_ == TextTo::nothing) return;
    if (text_to_ == TextTo::output) return print_data(text);
    progress_.clear();
    // Nobody is left to be told when standard error fails.
    static_cast<void>(write_all(STDERR_FILENO, text));
}

void Console::print_data(std::string_view data) {
    if (output_error_ || text_to_ == TextTo::nothing) return;
    progress_.clear();
    const int error = write_all(output_descriptor(), data);
    if (error != 0) output_error_ = error;
}

void Console::deliver(std::string_view data, const std::string& file) {
    if (file.empty()) return print_data(data);
    write_file_atomically(file, data, IfExists::fail);
}

TextStyle Console::style() const {
    return text_style(text_to_ == TextTo::output ? output_descriptor() : STDERR_FILENO);
}

void Console::note(std::string_view text) {
    if (text_to_ == TextTo::nothing) return;
    progress_.clear();
    // As for text.
    static_cast<void>(write_all(STDERR_FILENO, fmt::format("mnist: {}\n", printable(text))));
}

void Console::warn(std::string_view text) {
    note(fmt::format("warning: {}", text));
}

int Console::exit_code(int code) {
    if (!output_error_ || *output_error_ == EPIPE) return code;
    note(fmt::format("standard output could not be written: {}. Check where it goes to and the free space",
                     std::generic_category().message(*output_error_)));
    return code == kExitFine ? kExitFailure : code;
}

void Console::warn_of_tracing() {
    for (const std::string& text : tracing_warnings()) warn(text);
}

}  // namespace mnist
