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
std::atomic<bool> on_terminal{false};  // isatty() is not for handlers
static_assert(std::atomic<bool>::is_always_lock_free);

void request_stop(int /*signal*/) {
    if (stop_requested.exchange(true)) ::_exit(kExitInterrupted);
    const int saved = errno;
    // A terminal has shown "^C" on the current line; elsewhere the leading line end would leave an empty
    // line.
    constexpr std::string_view kText =
        "\nmnist: stopping, the result so far is kept (a second signal ends the program at once)\n";
    const std::string_view text = kText.substr(on_terminal ? 0 : 1);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    errno = saved;
}

}  // namespace

StopOnSignals::StopOnSignals() {
    stop_requested = false;
    on_terminal = ::isatty(STDERR_FILENO) == 1;
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
