// This program started again as a child: how it was started, and what the child printed. The child is in a
// process group of its own, so that Ctrl-C in a terminal reaches the parent alone, which hands it on once: a
// second signal would end the child before it has written what it measured. It ends with its parent.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace mnist::bench {

/// The words that this program was started with but for its last `argc` - 1, so that more can follow: its
/// name, or the loader's with all that it was told where a loader was told to start it (the bundle does so).
/// Throws InputError where /proc does not say.
[[nodiscard]] std::vector<std::string> own_command(int argc);

struct ChildEnd {
    std::string output;  ///< all of its standard output
    int exit_code = -1;  ///< -1 where a signal ended it
    int signal = 0;
};

/// Runs the same file with `words` and waits for its end. Its standard error is ours. SIGINT is sent to it
/// once `stop` is set. Throws Error where it cannot be started.
[[nodiscard]] ChildEnd run_child(const std::vector<std::string>& words, const std::atomic<bool>& stop);

/// In the child, first of all: from now on it is killed where its parent ends, and may write to a terminal
/// that lets none in the background do so.
void live_as_child();

}  // namespace mnist::bench
