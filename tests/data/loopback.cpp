// Port 0 lets the system choose a free one, so that tests can run side by side.
#include "loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "catch.hpp"

namespace mnist {

Loopback listen_on_loopback() {
    Loopback loopback{.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(loopback.socket >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    REQUIRE(::bind(loopback.socket, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(loopback.socket, 16) == 0);
    REQUIRE(::getsockname(loopback.socket, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    loopback.port = ntohs(address.sin_port);
    return loopback;
}

bool readable(int socket) {
    constexpr int kPeriodMs = 20;
    pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, kPeriodMs) > 0;
}

}  // namespace mnist
