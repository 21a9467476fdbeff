// SHA-256 (FIPS 180-4) over bytes, by OpenSSL. Used for data files and for the fingerprint of trained
// weights.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace mnist {

/// Hashes what is added, in order. Throws BackendError where OpenSSL refuses.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::span<const std::byte> bytes);
    /// 64 lower-case hexadecimal digits. The object starts over afterwards.
    [[nodiscard]] std::string hex();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Hash of one contiguous range.
[[nodiscard]] std::string sha256_hex(std::span<const std::byte> bytes);

}  // namespace mnist
