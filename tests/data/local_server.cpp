// Plain sockets and one thread; poll with a short period, so that the destructor never waits long.
#include "local_server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "catch.hpp"

namespace mnist {
namespace {

std::string header(const std::string& status, std::size_t length, const std::string& more = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(length) +
           "\r\nConnection: close\r\n" + more + "\r\n";
}

void send_all(int fd, const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t n = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) return;  // the client went away, which some tests want
        sent += static_cast<std::size_t>(n);
    }
}

}  // namespace

ScriptedAnswer http_ok(const std::string& body) {
    return {.bytes = header("200 OK", body.size()) + body};
}

ScriptedAnswer http_cut(const std::string& body, std::size_t announced) {
    return {.bytes = header("200 OK", announced) + body};
}

ScriptedAnswer http_stall(const std::string& body, std::size_t announced) {
    return {.bytes = header("200 OK", announced) + body, .then_stall = true};
}

ScriptedAnswer http_redirect(const std::string& url) {
    return {.bytes = header("302 Found", 0, "Location: " + url + "\r\n")};
}

LocalServer::LocalServer() : listener_(listen_on_loopback()) {
    thread_ = std::thread([this] { run(); });
}

LocalServer::~LocalServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_.socket);
}

void LocalServer::answer(const std::string& path, ScriptedAnswer answer) {
    const std::lock_guard lock(mutex_);
    answers_[path] = std::move(answer);
}

std::string LocalServer::url() const {
    return "http://127.0.0.1:" + std::to_string(listener_.port);
}

std::vector<std::string> LocalServer::asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
}

void LocalServer::run() {
    while (!stopping_) {
        if (!readable(listener_.socket)) continue;
        const int connection = ::accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        serve(connection);
        ::close(connection);
    }
}

void LocalServer::serve(int connection) {
    std::string request;
    std::array<char, 4096> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos) {
        if (stopping_) return;
        if (!readable(connection)) continue;
        const ssize_t n = ::recv(connection, buffer.data(), buffer.size(), 0);
        if (n <= 0) return;
        request.append(buffer.data(), static_cast<std::size_t>(n));
    }
    const std::size_t start = request.find(' ') + 1;
    const std::string path = request.substr(start, request.find(' ', start) - start);
    ScriptedAnswer answer{.bytes = header("404 Not Found", 0)};
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(path);
        if (const auto known = answers_.find(path); known != answers_.end()) answer = known->second;
    }
    send_all(connection, answer.bytes);
    while (answer.then_stall && !stopping_ && !readable(connection)) {
    }
}

}  // namespace mnist
