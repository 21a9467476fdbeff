// OpenSSL on a plain socket; key and certificate are made anew for each server.
#include "tls_server.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "catch.hpp"

namespace mnist {
namespace {

constexpr long kDay = 24L * 60 * 60;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate self_signed(EVP_PKEY* key) {
    Certificate certificate(X509_new(), X509_free);
    X509* x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(x), kDay);
    X509_set_pubkey(x, key);
    X509_NAME* name = X509_get_subject_name(x);
    const auto* host = reinterpret_cast<const unsigned char*>("127.0.0.1");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_EXTENSION* address = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    REQUIRE(address != nullptr);
    X509_add_ext(x, address, -1);
    X509_EXTENSION_free(address);
    REQUIRE(X509_sign(x, key, EVP_sha256()) != 0);
    return certificate;
}

}  // namespace

TlsServer::TlsServer()
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), listener_(listen_on_loopback()) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    REQUIRE(key != nullptr);
    const Certificate certificate = self_signed(key.get());
    REQUIRE(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);

    thread_ = std::thread([this] { run(); });
}

TlsServer::~TlsServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_.socket);
}

std::string TlsServer::url() const {
    return "https://127.0.0.1:" + std::to_string(listener_.port);
}

std::string TlsServer::certificate_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    REQUIRE(PEM_write_bio_X509(memory.get(), SSL_CTX_get0_certificate(context_.get())) == 1);
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

void TlsServer::run() {
    // A client that went away must not end the test program.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (!stopping_) {
        if (!readable(listener_.socket)) continue;
        const int connection = ::accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        ++connections_;
        const std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(tls.get(), connection);
        // A client that refuses the certificate may do so behind its part of the handshake: what it sends
        // next tells.
        std::array<char, 1024> request{};
        if (SSL_accept(tls.get()) == 1 && SSL_read(tls.get(), request.data(), request.size()) > 0) {
            ++trusted_;
            constexpr std::string_view kNothing =
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            SSL_write(tls.get(), kNothing.data(), static_cast<int>(kNothing.size()));
        }
        ::close(connection);
    }
}

}  // namespace mnist
