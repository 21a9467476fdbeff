// The one place that speaks HTTP: GET of a file into memory through libcurl, with limits on time, size and
// redirects. Internal to this room. libcurl drags in some thirty libraries and is needed once, when data are
// first fetched; so what is linked with it is a library of its own, libmnist_http.so (http.cpp), and the
// programs run without both. Redirects are followed there and not by libcurl, because each hop has to pass
// the same rule: HTTPS, or plain HTTP with this machine itself, and never from HTTPS back to plain HTTP.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace mnist {

struct HttpLimits {
    long connect_timeout_s = 5;
    long stall_timeout_s = 20;
};

struct HttpAnswer {
    std::string body;
    std::string problem;  ///< why there is no body, e.g. "HTTP 404"; empty when all went well
    [[nodiscard]] bool fine() const { return problem.empty(); }
};

/// What libmnist_http.so implements. Keeps its connection between calls.
class HttpClient {
  public:
    HttpClient() = default;
    virtual ~HttpClient() = default;
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// What is wrong with a URL to fetch files from, e.g. "plain http to another machine"; empty when nothing
    /// is.
    [[nodiscard]] virtual std::string url_problem(const std::string& url) const = 0;

    /// The URL of the file `name` below `base`, which may or may not end in "/"; a query stays behind the
    /// path. Precondition: base is a URL without problem.
    [[nodiscard]] virtual std::string url_of_file(const std::string& base, const std::string& name) const = 0;

    /// The URL without user name and password, for messages.
    [[nodiscard]] virtual std::string shown_url(const std::string& url) const = 0;

    /// Fetches `url`; at most `most_bytes` of body.
    [[nodiscard]] virtual HttpAnswer get(const std::string& url, std::size_t most_bytes) = 0;
};

/// Loads libmnist_http.so, where the program's RUNPATH and the system look for libraries; it stays loaded.
/// InputError when it or a library that it needs is missing, BackendError when libcurl cannot start.
[[nodiscard]] std::unique_ptr<HttpClient> open_http(const HttpLimits& limits);

}  // namespace mnist

/// The only name that libmnist_http.so shows; null when libcurl cannot start.
extern "C" mnist::HttpClient* mnist_new_http_client(const mnist::HttpLimits& limits);
