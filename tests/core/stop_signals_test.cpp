// What the first signal does and what is left as it was; the second one ends the program, which the tests of
// the programs see.
#include "mnist/core/stop_signals.hpp"

#include "catch.hpp"

namespace mnist {
namespace {

using Handler = void (*)(int);

Handler handler_of(int signal) {
    struct sigaction action {};
    ::sigaction(signal, nullptr, &action);
    return action.sa_handler;
}

}  // namespace

TEST_CASE("stop signals: each of them sets the flag, and afterwards they are what they were") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CAPTURE(signal);
        // Whatever started the tests may have it ignored.
        const Handler outside = std::signal(signal, SIG_DFL);
        const Handler before = handler_of(signal);
        {
            const StopOnSignals stop("a test stops");
            CHECK_FALSE(stop.flag());
            REQUIRE(::raise(signal) == 0);
            CHECK(stop.flag());
        }
        CHECK(handler_of(signal) == before);
        std::signal(signal, outside);
    }
}

TEST_CASE("stop signals: SIGHUP stays ignored where nohup has it ignored") {
    const Handler before = std::signal(SIGHUP, SIG_IGN);
    {
        const StopOnSignals stop("a test stops");
        CHECK(handler_of(SIGHUP) == SIG_IGN);
        REQUIRE(::raise(SIGHUP) == 0);
        CHECK_FALSE(stop.flag());
    }
    std::signal(SIGHUP, before);
}

}  // namespace mnist
