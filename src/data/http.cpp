// libmnist_http.so: libcurl's easy interface. A URL is taken apart by libcurl's own parser, so that what is
// checked is what is contacted. Linked to no room, so that the library holds nothing that the programs hold
// as well.
#include "http.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "root_certificates.hpp"

namespace mnist {
namespace {

constexpr int kMostRedirects = 5;
constexpr std::size_t kMostHeaderBytes = std::size_t{256} << 10U;
constexpr long kSlowestBytesPerSecond = 1000;

class Url {
  public:
    explicit Url(const std::string& text) : handle_(curl_url()) {
        sound_ = handle_ != nullptr && curl_url_set(handle_, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
    }
    ~Url() { curl_url_cleanup(handle_); }
    Url(const Url&) = delete;
    Url& operator=(const Url&) = delete;

    [[nodiscard]] bool sound() const { return sound_; }
    [[nodiscard]] std::string part(CURLUPart what) const {
        char* text = nullptr;
        if (!sound_ || curl_url_get(handle_, what, &text, 0) != CURLUE_OK) return {};
        std::string copy(text);
        curl_free(text);
        return copy;
    }
    void set(CURLUPart what, const char* text) { curl_url_set(handle_, what, text, 0); }

  private:
    CURLU* handle_;
    bool sound_ = false;
};

bool is_loopback(const Url& url) {
    std::string host = url.part(CURLUPART_HOST);
    if (host == "localhost") return true;
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

struct Body {
    std::string bytes;
    std::size_t most_bytes = 0;
    std::size_t header_bytes = 0;
    bool too_long = false;
};

extern "C" {
static size_t take_body(char* data, size_t size, size_t count, void* user) {
    auto* body = static_cast<Body*>(user);
    const std::size_t bytes = size * count;
    if (bytes > body->most_bytes - body->bytes.size()) {
        body->too_long = true;
        return 0;
    }
    body->bytes.append(data, bytes);
    return bytes;
}

static size_t take_header(char*, size_t size, size_t count, void* user) {
    auto* body = static_cast<Body*>(user);
    body->header_bytes += size * count;
    return body->header_bytes > kMostHeaderBytes ? 0 : size * count;
}
}

std::string words_for(CURLcode code, const Body& body, const HttpLimits& limits, const char* detail) {
    if (body.too_long || code == CURLE_FILESIZE_EXCEEDED)
        return fmt::format("a body of more than {} bytes", body.most_bytes);
    if (code == CURLE_PARTIAL_FILE)
        return fmt::format("the connection ended after {} bytes of body", body.bytes.size());
    if (code == CURLE_OPERATION_TIMEDOUT)
        return fmt::format("too slow: no connection within {} s or less than {} bytes/s for {} s",
                           limits.connect_timeout_s, kSlowestBytesPerSecond, limits.stall_timeout_s);
    return detail[0] != '\0' ? detail : curl_easy_strerror(code);
}

class CurlClient final : public HttpClient {
  public:
    CurlClient(CURL* curl, const HttpLimits& limits) : curl_(curl), limits_(limits) {}
    ~CurlClient() override { curl_easy_cleanup(curl_); }
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    [[nodiscard]] std::string url_problem(const std::string& url) const override;
    [[nodiscard]] std::string url_of_file(const std::string& base, const std::string& name) const override;
    [[nodiscard]] std::string shown_url(const std::string& url) const override;
    [[nodiscard]] HttpAnswer get(const std::string& url, std::size_t most_bytes) override;

  private:
    HttpAnswer transfer(const std::string& url, std::size_t most_bytes, std::string& redirect);

    CURL* curl_;
    HttpLimits limits_;
};

std::string CurlClient::url_problem(const std::string& text) const {
    const Url url(text);
    if (!url.sound()) return "not a URL";
    const std::string scheme = url.part(CURLUPART_SCHEME);
    if (scheme == "https") return {};
    if (scheme != "http") return fmt::format("the scheme \"{}\"", scheme);
    return is_loopback(url) ? "" : "plain http to another machine";
}

std::string CurlClient::url_of_file(const std::string& base, const std::string& name) const {
    Url url(base);
    std::string path = url.part(CURLUPART_PATH);
    if (!path.ends_with('/')) path += '/';
    url.set(CURLUPART_PATH, (path + name).c_str());
    return url.part(CURLUPART_URL);
}

std::string CurlClient::shown_url(const std::string& text) const {
    Url url(text);
    if (!url.sound()) return text;
    url.set(CURLUPART_USER, nullptr);
    url.set(CURLUPART_PASSWORD, nullptr);
    return url.part(CURLUPART_URL);
}

HttpAnswer CurlClient::get(const std::string& url, std::size_t most_bytes) {
    std::string here = url;
    for (int hop = 0; hop <= kMostRedirects; ++hop) {
        std::string next;
        HttpAnswer answer = transfer(here, most_bytes, next);
        if (next.empty()) return answer;
        std::string problem = url_problem(next);
        if (problem.empty() && here.starts_with("https:") && !next.starts_with("https:"))
            problem = "plain http behind https";
        if (!problem.empty()) return {.body = {}, .problem = fmt::format("a redirect to {}", problem)};
        here = next;
    }
    return {.body = {}, .problem = fmt::format("more than {} redirects", kMostRedirects)};
}

// One request; where the answer is a redirect, `redirect` becomes its absolute target.
HttpAnswer CurlClient::transfer(const std::string& url, std::size_t most_bytes, std::string& redirect) {
    const Url target_url(url);
    const RootCertificates roots = root_certificates();
    if (target_url.part(CURLUPART_SCHEME) == "https" && !roots.problem.empty())
        return {.body = {}, .problem = roots.problem};
    CURL* curl = curl_;
    Body body;
    body.most_bytes = most_bytes;
    std::array<char, CURL_ERROR_SIZE> detail{};

    curl_easy_reset(curl);  // keeps connections
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    // libcurl's defaults, which a build of it may not have.
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_CAINFO, roots.file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    // A proxy that is itself spoken to in HTTPS has settings of its own.
    curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, roots.file.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXY_CAPATH, nullptr);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "mnist_bench");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // other threads may run
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, limits_.connect_timeout_s);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, limits_.stall_timeout_s);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(most_bytes));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &body);
    if (is_loopback(target_url)) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");

    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) return {.body = {}, .problem = words_for(code, body, limits_, detail.data())};
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    const char* target = nullptr;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &target);
    if (target != nullptr) {
        redirect = target;
        return {};
    }
    if (status != 200) return {.body = {}, .problem = fmt::format("HTTP {}", status)};
    return {.body = std::move(body.bytes), .problem = {}};
}

}  // namespace
}  // namespace mnist

extern "C" __attribute__((visibility("default"))) mnist::HttpClient* mnist_new_http_client(
    const mnist::HttpLimits& limits) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL* curl = started == CURLE_OK ? curl_easy_init() : nullptr;
    return curl == nullptr ? nullptr : new mnist::CurlClient(curl, limits);
}
