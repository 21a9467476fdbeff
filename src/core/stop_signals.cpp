// The handler does only what is allowed in one: it exchanges a lock-free flag, writes a line and leaves.
#include "mnist/core/stop_signals.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace mnist {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);
std::string stop_text;  // NOLINT(cert-err58-cpp): an empty string throws nothing

void request_stop(int /*signal*/) {
    if (stop_requested.exchange(true)) ::_exit(kExitInterrupted);
    const int saved = errno;
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, stop_text.data(), stop_text.size());
    errno = saved;
}

}  // namespace

StopOnSignals::StopOnSignals(std::string_view notice) {
    stop_requested = false;
    // Made here, because a handler may not. A terminal has shown "^C" on the current line; elsewhere a
    // leading line end would leave an empty line.
    stop_text = notice.empty() ? std::string()
                               : fmt::format("{}{}\n", ::isatty(STDERR_FILENO) == 1 ? "\n" : "", notice);
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

}  // namespace mnist
