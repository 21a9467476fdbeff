// Known answers: NIST's examples for FIPS 180-4.
#include "mnist/core/sha256.hpp"

#include <string_view>

#include "catch.hpp"

namespace {

std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("sha256: known vectors") {
    CHECK(mnist::sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(mnist::sha256_hex(bytes("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(mnist::sha256_hex(bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(mnist::sha256_hex(bytes(std::string(1'000'000, 'a'))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256: parts give the hash of the whole, wherever it is cut") {
    const std::string text(200, 'x');
    const std::string whole = mnist::sha256_hex(bytes(text));
    for (const std::size_t cut : {0U, 1U, 55U, 63U, 64U, 65U, 128U, 200U}) {
        mnist::Sha256 hash;
        hash.add(bytes(text).first(cut));
        hash.add(bytes(text).subspan(cut));
        CHECK(hash.hex() == whole);
    }
}

TEST_CASE("sha256: the object starts over after its result was read") {
    mnist::Sha256 hash;
    hash.add(bytes("something before"));
    static_cast<void>(hash.hex());
    hash.add(bytes("abc"));
    CHECK(hash.hex() == mnist::sha256_hex(bytes("abc")));
    CHECK(hash.hex() == mnist::sha256_hex({}));
}
