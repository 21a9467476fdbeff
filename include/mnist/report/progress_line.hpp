// A line on standard error, or a few, overwritten in place. Only for people in front of a terminal: disabled,
// it does nothing.
#pragma once

#include <cstddef>
#include <string_view>

namespace mnist {

class ProgressLine {
  public:
    /// `columns` is the terminal's width; the text is cut to it, because a line that wraps cannot be
    /// overwritten.
    ProgressLine(bool enabled, int columns) : enabled_(enabled), columns_(columns) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Replaces what is shown: lines with '\n' between them, no more than a terminal has. ASCII only, so that
    /// bytes are columns.
    void show(std::string_view text);
    /// Removes all of it; the cursor is at the start of its first line then.
    void clear();

  private:
    bool enabled_;
    int columns_;
    std::size_t lines_ = 0;  ///< that are shown
};

}  // namespace mnist
