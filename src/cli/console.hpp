// Everything that the program says goes through here: text to standard output (to standard error where a
// program's data has the output for itself), notes and warnings to standard error, and the progress line
// steps aside for all of it. A reader that went away (`mnist train | head`)
// must cost neither the run nor its result, so a failed write is remembered and reported, not thrown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mnist/core/exit_codes.hpp"
#include "mnist/report/progress_line.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

/// Where print() writes to. Nothing: neither text nor notes, warnings or data.
enum class TextTo { output, error, nothing };

class Console {
  public:
    /// With `progress`, a progress line is shown where standard error is a terminal.
    explicit Console(bool progress = false, TextTo text_to = TextTo::output);

    /// Text for people, at once. After the first failure of standard output nothing more is written there.
    void print(std::string_view text);
    /// Data for programs, to standard output whatever the text's way.
    void print_data(std::string_view data);
    /// The same into `file`, a new one, where it has a name.
    void deliver(std::string_view data, const std::string& file);
    /// "mnist: TEXT" and a line break, to standard error. Without control characters: messages quote files
    /// and arguments.
    void note(std::string_view text);
    /// "mnist: warning: TEXT" and a line break, to standard error. The text names a remedy.
    void warn(std::string_view text);

    /// Where a library's tracing is on: it costs time, and its lines stand among these.
    void warn_of_tracing();

    [[nodiscard]] ProgressLine& progress() { return progress_; }
    /// How what print() writes may look where it goes to.
    [[nodiscard]] TextStyle style() const;
    /// errno of the first failed write to standard output.
    [[nodiscard]] std::optional<int> output_error() const { return output_error_; }
    /// `code`, or kExitFailure instead of kExitFine when standard output could not be written. A closed pipe
    /// is the reader's decision and no failure.
    [[nodiscard]] int exit_code(int code);

  private:
    ProgressLine progress_;
    TextTo text_to_;
    std::optional<int> output_error_;
};

}  // namespace mnist
