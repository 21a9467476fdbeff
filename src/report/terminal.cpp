// Plain POSIX calls; TERM and NO_COLOR are conventions of terminals, not settings of this program.
#include "mnist/report/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace mnist {
namespace {

int own_output = STDOUT_FILENO;

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// Whether the locale's encoding is UTF-8, by the variables in the order in which POSIX lets them count; and
/// not the Linux console, whose font has no Braille.
bool shows_unicode() {
    if (environment("TERM") == "linux") return false;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view locale = environment(name);
        if (locale.empty()) continue;
        for (const char* encoding : {"UTF-8", "utf8", "utf-8", "UTF8"}) {
            if (locale.find(encoding) != std::string_view::npos) return true;
        }
        return false;
    }
    return false;
}

}  // namespace

bool is_capable_terminal(int descriptor) {
    const std::string_view term = environment("TERM");
    return !term.empty() && term != "dumb" && ::isatty(descriptor) == 1;
}

int terminal_columns(int descriptor, int otherwise) {
    winsize size{};
    if (::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return otherwise;
}

TextStyle text_style(int descriptor) {
    const bool terminal = is_capable_terminal(descriptor);
    return {.colour = terminal && environment("NO_COLOR").empty(),
            .width = terminal_columns(descriptor, TextStyle{}.width),
            .unicode = terminal && shows_unicode()};
}

void hold_standard_descriptors() {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
        // open() gives the lowest free number, which is this one, because all below it are taken.
        if (::fcntl(descriptor, F_GETFD) == -1)
            static_cast<void>(::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
    }
}

// By descriptors, because libraries print with whatever they like: printf, streams, write.
void keep_output_apart() {
    const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (copy == -1) return;  // no descriptor is left: then the two are together as in any other program
    if (::dup2(STDERR_FILENO, STDOUT_FILENO) == -1) {
        ::close(copy);
        return;
    }
    own_output = copy;
}

int output_descriptor() {
    return own_output;
}

}  // namespace mnist
