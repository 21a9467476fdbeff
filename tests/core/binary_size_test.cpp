// Bytes as people read them.
#include "mnist/core/binary_size.hpp"

#include "catch.hpp"

namespace mnist {

TEST_CASE("binary size: the largest unit of which there is one, to four digits") {
    CHECK(binary_size(0.0) == "0 B");
    CHECK(binary_size(1023.0) == "1023 B");
    CHECK(binary_size(1024.0) == "1 KiB");
    CHECK(binary_size(1.25 * 1024 * 1024) == "1.25 MiB");
    CHECK(binary_size(25275486208.0) == "23.54 GiB");
    CHECK(binary_size(2048.0 * 1024 * 1024 * 1024 * 1024) == "2048 TiB");
}

TEST_CASE("binary size: a text that is no number of bytes stays what it is") {
    CHECK(binary_size("49152") == "48 KiB");
    for (const char* const text : {"", "?", "-5", "nan", "inf", "48 KiB"}) CHECK(binary_size(text) == text);
}

}  // namespace mnist
