// SIGINT, SIGTERM and a closed terminal end the run after the step, or the call, that is being measured; what
// was measured so far is kept and marked. A second signal ends the program at once.
#pragma once

#include <atomic>

namespace mnist::bench {

/// From now on signals set this flag.
[[nodiscard]] const std::atomic<bool>& stop_on_signals();

}  // namespace mnist::bench
