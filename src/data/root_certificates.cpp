// SSL_CERT_FILE is OpenSSL's own variable; libcurl's library, unlike its program, does not look at it.
#include "root_certificates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdlib>

namespace mnist {

RootCertificates root_certificates(std::span<const char* const> usual) {
    const char* named = std::getenv("SSL_CERT_FILE");
    if (named != nullptr && named[0] != '\0') {
        if (::access(named, R_OK) == 0) return {.file = named, .problem = {}};
        return {.file = {}, .problem = fmt::format("SSL_CERT_FILE names {}, which cannot be read", named)};
    }
    for (const char* file : usual)
        if (::access(file, R_OK) == 0) return {.file = file, .problem = {}};
    return {.file = {},
            .problem = fmt::format("no root certificates, none of {}: install them (ca-certificates), or "
                                   "name a file of them in SSL_CERT_FILE",
                                   fmt::join(usual, ", "))};
}

}  // namespace mnist
