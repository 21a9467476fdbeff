// The one place that speaks HTTP: GET of a file into memory through libcurl, with limits on time, size and
// redirects. Internal to this room. Redirects are followed here and not by libcurl, because each hop has to
// pass the same rule: HTTPS, or plain HTTP with this machine itself, and never from HTTPS back to plain HTTP.
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

/// What is wrong with a URL to fetch files from, e.g. "plain http to another machine"; empty when nothing is.
[[nodiscard]] std::string url_problem(const std::string& url);

/// The URL of the file `name` below `base`, which may or may not end in "/"; a query stays behind the path.
/// Precondition: base is a URL without problem.
[[nodiscard]] std::string url_of_file(const std::string& base, const std::string& name);

/// The URL without user name and password, for messages.
[[nodiscard]] std::string shown_url(const std::string& url);

/// Keeps its connection between calls. Throws BackendError when libcurl cannot start.
class HttpClient {
  public:
    explicit HttpClient(const HttpLimits& limits);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Fetches `url`; at most `most_bytes` of body.
    [[nodiscard]] HttpAnswer get(const std::string& url, std::size_t most_bytes);

  private:
    struct State;
    HttpAnswer transfer(const std::string& url, std::size_t most_bytes, std::string& redirect);

    std::unique_ptr<State> state_;
};

}  // namespace mnist
