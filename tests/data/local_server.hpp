// An HTTP server on this machine for the tests of fetching: it answers each path with the bytes that it was
// told, right or wrong.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "loopback.hpp"

namespace mnist {

struct ScriptedAnswer {
    std::string bytes;        ///< status line, header and body, as they go over the wire
    bool then_stall = false;  ///< keep the connection open and silent afterwards
};

[[nodiscard]] ScriptedAnswer http_ok(const std::string& body);
/// Announces more bytes than it sends.
[[nodiscard]] ScriptedAnswer http_cut(const std::string& body, std::size_t announced);
/// Announces more bytes than it sends, and says nothing more.
[[nodiscard]] ScriptedAnswer http_stall(const std::string& body, std::size_t announced);
[[nodiscard]] ScriptedAnswer http_redirect(const std::string& url);

/// Listens on 127.0.0.1 while it lives; one connection at a time, one request a connection. Unknown paths are
/// answered with 404.
class LocalServer {
  public:
    LocalServer();
    ~LocalServer();
    LocalServer(const LocalServer&) = delete;
    LocalServer& operator=(const LocalServer&) = delete;

    void answer(const std::string& path, ScriptedAnswer answer);
    /// "http://127.0.0.1:PORT"
    [[nodiscard]] std::string url() const;
    /// Paths that were asked for, in order.
    [[nodiscard]] std::vector<std::string> asked() const;

  private:
    void run();
    void serve(int connection);

    Loopback listener_;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::map<std::string, ScriptedAnswer> answers_;
    std::vector<std::string> asked_;
    std::thread thread_;
};

}  // namespace mnist
