// Carriage return and "erase to end of line" are all that is needed. A terminal that went away is not an
// error of the training, so failed writes are ignored.
#include "mnist/report/progress_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace mnist {
namespace {

void write_once(std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void ProgressLine::show(std::string_view text) {
    if (!enabled_) return;
    const auto room = static_cast<std::size_t>(std::max(columns_ - 1, 0));
    std::string line = "\r\x1b[K";
    line += text.substr(0, room);
    write_once(line);
    shown_ = true;
}

void ProgressLine::clear() {
    if (!shown_) return;
    write_once("\r\x1b[K");
    shown_ = false;
}

}  // namespace mnist
