// Two kinds are told: memory, and threads. Left out: descriptors and disks, whose errors name a file.
#include "mnist/machine/shortage.hpp"

#include <cerrno>
#include <new>
#include <string_view>
#include <system_error>

#include "mnist/machine/memory.hpp"

namespace mnist {

std::optional<std::string> shortage(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
        std::string text = "not enough memory";
        if (const auto room = memory_room())
            text += ": " + std::to_string(room->bytes >> 20U) + " MiB are left of " + room->bound;
        return text + ". Choose smaller --hidden layers, a smaller --batch-size or fewer --threads";
    }
    const std::string refused = std::generic_category().message(EAGAIN);
    if (std::string_view(error.what()).find(refused) != std::string_view::npos)
        return "a thread cannot be started (" + refused +
               "). Choose fewer --threads or --loader-threads, or raise the limit of processes (ulimit -u, "
               "or "
               "pids.max of the control group)";
    return std::nullopt;
}

}  // namespace mnist
