// Errors that say no more than that the system refused something, in words that help.
#pragma once

#include <exception>
#include <optional>
#include <string>

namespace mnist {

/// A sentence for memory or a thread that the system refused, with what to do; nothing for other errors.
/// Threads are recognised by the system's own words as well, as TBB passes on nothing else. To be called
/// after the failed allocation was given up, so that a short text has room.
[[nodiscard]] std::optional<std::string> shortage(const std::exception& error);

}  // namespace mnist
