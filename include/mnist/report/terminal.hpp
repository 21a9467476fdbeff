// What is known about the terminal behind standard output and standard error: whether there is one, how wide
// it is, and whether it wants colours; and that nothing but the program prints to its output. Nothing here
// prints.
#pragma once

#include "mnist/report/train_text.hpp"

namespace mnist {

/// True when the descriptor is a terminal that understands cursor control (TERM is neither empty nor "dumb").
[[nodiscard]] bool is_capable_terminal(int descriptor);

/// Columns of the terminal behind the descriptor; `otherwise` where there is none.
[[nodiscard]] int terminal_columns(int descriptor, int otherwise);

/// How text may look where the descriptor leads: colours on a capable terminal unless NO_COLOR is set to
/// something (no-color.org).
[[nodiscard]] TextStyle text_style(int descriptor);

/// A program that is started with standard input, output or error closed would get the number of one of them
/// for the next file that it opens, and print into that file. This fills the gaps with /dev/null, opened the
/// wrong way round for outputs, so that printing there fails as it should.
void hold_standard_descriptors();

/// Keeps standard output for what the program itself prints: that goes to output_descriptor() from now on,
/// and what libraries print to descriptor 1 (oneDNN's tracing) goes to standard error. To be called first,
/// before there are threads or child processes.
void keep_output_apart();

/// Where the program's own output goes to: standard output, whether it was kept apart or not.
[[nodiscard]] int output_descriptor();

}  // namespace mnist
