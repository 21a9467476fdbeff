// A socket that listens on this machine alone, for the servers of the tests.
#pragma once

namespace mnist {

struct Loopback {
    int socket = -1;  ///< the caller closes it
    int port = 0;     ///< chosen by the system
};

/// Listens on 127.0.0.1. Fails the test where that cannot be.
[[nodiscard]] Loopback listen_on_loopback();

/// Waits a moment (20 ms) for something to read; short, so that a server soon sees that it is to end.
[[nodiscard]] bool readable(int socket);

}  // namespace mnist
