// The handler does only what is allowed in one.
#include "interrupt.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "program.hpp"

namespace mnist::bench {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void request_stop(int /*signal*/) {
    if (stop_requested.exchange(true)) ::_exit(kExitInterrupted);
    const int saved = errno;
    constexpr std::string_view kText =
        "\nmnist_bench: stopping; what was measured is kept (a second signal ends at once)\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
    errno = saved;
}

}  // namespace

const std::atomic<bool>& stop_on_signals() {
    struct sigaction action {};
    action.sa_handler = request_stop;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        ::sigaction(signal, nullptr, &before);
        // nohup has SIGHUP ignored, and that is to stay.
        if (signal != SIGHUP || before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
    }
    return stop_requested;
}

}  // namespace mnist::bench
