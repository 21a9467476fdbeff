// Carriage return, "cursor up" and "erase to end of screen" are all that is needed. A terminal that went away
// is not an error of the training, so failed writes are ignored.
#include "mnist/report/progress_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace mnist {
namespace {

void write_once(std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// The cursor rests behind the last line.
std::string to_first_line(std::size_t lines) {
    std::string text = "\r";
    for (std::size_t line = 1; line < lines; ++line) text += "\x1b[A";
    return text + "\x1b[J";
}

}  // namespace

void ProgressLine::show(std::string_view text) {
    if (!enabled_) return;
    const auto room = static_cast<std::size_t>(std::max(columns_ - 1, 0));
    std::string out = to_first_line(lines_);
    lines_ = 0;
    while (true) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (lines_++ > 0) out += "\n";
        out += text.substr(0, std::min(end, room));
        if (end == text.size()) break;
        text.remove_prefix(end + 1);
    }
    write_once(out);
}

void ProgressLine::clear() {
    if (lines_ == 0) return;
    write_once(to_first_line(lines_));
    lines_ = 0;
}

}  // namespace mnist
