// An HTTPS server on this machine whose certificate names the right address and is signed by nobody but
// itself. A client that checks certificates ends the handshake; what one that does not check asks for is
// counted.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "loopback.hpp"

namespace mnist {

class TlsServer {
  public:
    TlsServer();
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    /// "https://127.0.0.1:PORT"
    [[nodiscard]] std::string url() const;
    /// What a client must be given as a root certificate to trust this server.
    [[nodiscard]] std::string certificate_pem() const;
    /// Connections that came.
    [[nodiscard]] int connections() const { return connections_; }
    /// Connections whose handshake the client went through with.
    [[nodiscard]] int trusted() const { return trusted_; }

  private:
    void run();

    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    Loopback listener_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::atomic<int> trusted_{0};
    std::thread thread_;
};

}  // namespace mnist
