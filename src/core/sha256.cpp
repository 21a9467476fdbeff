// OpenSSL's EVP interface behind a small class, so that its headers stay out of ours.
#include "mnist/core/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "mnist/core/error.hpp"

namespace mnist {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() = default;
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void start() const {
        if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1)
            throw BackendError("OpenSSL: SHA-256 is not available");
    }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    state_->start();
}
Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
    if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1)
        throw BackendError("OpenSSL: SHA-256 update failed");
}

std::string Sha256::hex() {
    std::array<unsigned char, 32> digest{};
    if (EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) != 1)
        throw BackendError("OpenSSL: SHA-256 final failed");
    state_->start();
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string sha256_hex(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

}  // namespace mnist
