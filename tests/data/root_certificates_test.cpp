// Which file of root certificates is taken, and that it is the one whose certificates are trusted.
#include "root_certificates.hpp"

#include <stdlib.h>

#include "catch.hpp"
#include "fetching.hpp"
#include "tls_server.hpp"

using namespace mnist;

namespace {

// SSL_CERT_FILE for one test.
class CertFile {
  public:
    explicit CertFile(const std::string& file) { REQUIRE(::setenv("SSL_CERT_FILE", file.c_str(), 1) == 0); }
    ~CertFile() { ::unsetenv("SSL_CERT_FILE"); }
    CertFile(const CertFile&) = delete;
    CertFile& operator=(const CertFile&) = delete;
};

std::string new_file(const std::filesystem::path& path, const std::string& text) {
    write_file(path, text);
    return path.string();
}

}  // namespace

TEST_CASE(
    "root certificates: the first of the usual files that is there is taken, and SSL_CERT_FILE goes before "
    "them") {
    const TemporaryFolder folder;
    const std::string second = new_file(folder.path() / "second.pem", "x");
    const std::string third = new_file(folder.path() / "third.pem", "x");
    const char* const usual[] = {"/nonexistent/first.pem", second.c_str(), third.c_str()};
    ::unsetenv("SSL_CERT_FILE");
    CHECK(root_certificates(usual).file == second);
    const CertFile named(third);
    CHECK(root_certificates(usual).file == third);
}

TEST_CASE("root certificates: where there are none, the problem names what was looked for") {
    const char* const usual[] = {"/nonexistent/one.pem", "/nonexistent/two.pem"};
    ::unsetenv("SSL_CERT_FILE");
    CHECK(root_certificates(usual).problem ==
          "no root certificates, none of /nonexistent/one.pem, /nonexistent/two.pem: install them "
          "(ca-certificates), or name a file of "
          "them in SSL_CERT_FILE");
    const CertFile named("/nonexistent/mine.pem");
    CHECK(root_certificates(usual).problem ==
          "SSL_CERT_FILE names /nonexistent/mine.pem, which cannot be read");
}

TEST_CASE(
    "fetch: a server is trusted by the certificates in SSL_CERT_FILE, and asked for nothing without them") {
    const TlsServer server;
    Fetching fetching;
    {
        const CertFile named(new_file(fetching.root.path() / "server.pem", server.certificate_pem()));
        CHECK(contains(fetching.fault_from(server.url()).found, "HTTP 404"));
        CHECK(server.trusted() == 1);
    }
    const CertFile named("/nonexistent/mine.pem");
    CHECK(contains(fetching.fault_from(server.url()).found, "SSL_CERT_FILE names /nonexistent/mine.pem"));
    CHECK(server.connections() == 1);
}

TEST_CASE("fetch: a proxy that speaks HTTPS is trusted by the same certificates") {
    const TlsServer proxy;
    Fetching fetching;
    const CertFile named(new_file(fetching.root.path() / "proxy.pem", proxy.certificate_pem()));
    REQUIRE(::setenv("https_proxy", proxy.url().c_str(), 1) == 0);
    static_cast<void>(
        fetching.fault_from("https://no.such.host.invalid/"));  // the proxy says 404 to the wish
    ::unsetenv("https_proxy");
    CHECK(proxy.trusted() == 1);
}
