// Exit codes of the programs; kExitInterrupted is in stop_signals.hpp.
#pragma once

namespace mnist {

inline constexpr int kExitFine = 0;
inline constexpr int kExitNegative = 1;  ///< a verdict is negative: a target was missed, a training diverged
inline constexpr int kExitInput = 2;     ///< bad usage or input
inline constexpr int kExitFailure = 3;   ///< our own failure

}  // namespace mnist
