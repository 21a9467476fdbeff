// Numbers that are a whole text.
#include "mnist/core/parsed.hpp"

#include <cstdint>
#include <limits>

#include "catch.hpp"

namespace mnist {

TEST_CASE("parsed: a text that is a number and nothing else") {
    CHECK(parsed<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(parsed<std::int64_t>("-7") == -7);
    CHECK(parsed<std::uint32_t>("d0b", 16) == 0xd0bU);
    CHECK(parsed<double>("-2.5e-3") == -2.5e-3);
    CHECK(parsed<double>("inf") == std::numeric_limits<double>::infinity());
}

TEST_CASE("parsed: nothing where something is before or behind the number, or it does not fit") {
    for (const char* const text : {"", " 1", "1 ", "+1", "1,000", "0x1", "-1", "one", "4294967296"}) {
        CAPTURE(text);
        CHECK(!parsed<std::uint32_t>(text));
    }
    for (const char* const text : {"", "1.5x", "1,5", ".", "1e999"}) {
        CAPTURE(text);
        CHECK(!parsed<double>(text));
    }
}

}  // namespace mnist
