// Which file of root certificates HTTPS trusts. The libcurl that a program was built with knows one name,
// Debian's; the same program runs on systems that keep the file elsewhere.
#pragma once

#include <array>
#include <span>
#include <string>

namespace mnist {

/// Debian and Alpine, Fedora and Red Hat, the same where the older name is gone, Alpine and OpenBSD,
/// openSUSE.
inline constexpr std::array kUsualCertificates{
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem"};

struct RootCertificates {
    std::string file;
    std::string problem;  ///< what was looked for; empty when there is a file
};

/// The file that SSL_CERT_FILE names, or the first of `usual` that can be read.
[[nodiscard]] RootCertificates root_certificates(std::span<const char* const> usual = kUsualCertificates);

}  // namespace mnist
