// One line on standard error that is overwritten in place. Only for people in front of a terminal: disabled,
// it does nothing.
#pragma once

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

    /// Replaces what the line shows. ASCII only, so that bytes are columns.
    void show(std::string_view text);
    /// Removes the line; the cursor is at the start of it then.
    void clear();

  private:
    bool enabled_;
    int columns_;
    bool shown_ = false;
};

}  // namespace mnist
