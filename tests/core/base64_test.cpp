// Known vectors, every byte value, and what a careful decoder refuses.
#include "mnist/core/base64.hpp"

#include <numeric>

#include "catch.hpp"

namespace mnist {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("base64: the vectors of RFC 4648, section 10, both ways") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : vectors) {
        CHECK(to_base64(bytes_of(plain)) == coded);
        REQUIRE(from_base64(coded).has_value());
        CHECK(*from_base64(coded) == bytes_of(plain));
    }
}

TEST_CASE("base64: all byte values come back") {
    std::vector<std::uint8_t> bytes(256);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    CHECK(from_base64(to_base64(bytes)) == bytes);
}

TEST_CASE("base64: text that the coder does not write is refused") {
    for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9v\n", " Zm9vYg==", "Z===", "====", "Zm 9", "Zm9-",
                             "Zg==Zg==", "\xc3\xa4\xc3\xa4"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text).has_value());
    }
}

}  // namespace mnist
