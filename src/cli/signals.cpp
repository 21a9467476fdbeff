// The handler does only what is allowed in one: it exchanges a lock-free flag, writes a line and leaves.
#include "signals.hpp"

#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "console.hpp"

namespace mnist {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void request_stop(int /*signal*/) {
    if (stop_requested.exchange(true)) ::_exit(kExitInterrupted);
    const int saved = errno;
    constexpr std::string_view kText =
        "\nmnist: stopping, the result so far is kept (a second signal ends the program at once)\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
    errno = saved;
}

}  // namespace

StopOnSignals::StopOnSignals() {
    stop_requested = false;
    struct sigaction action {};
    action.sa_handler = request_stop;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        ::sigaction(kSignals.at(i), nullptr, &before_.at(i));
        // nohup has SIGHUP ignored, and that is to stay.
        if (kSignals.at(i) == SIGHUP && before_.at(i).sa_handler == SIG_IGN) continue;
        ::sigaction(kSignals.at(i), &action, nullptr);
    }
}

StopOnSignals::~StopOnSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals.at(i), &before_.at(i), nullptr);
}

const std::atomic<bool>& StopOnSignals::flag() const {
    return stop_requested;
}

void ignore_broken_pipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace mnist
