// Widths, numbers, lines and tables.
#include "mnist/report/text.hpp"

#include <limits>

#include "catch.hpp"

using mnist::grouped;
using mnist::printable;
using mnist::wrapped;

TEST_CASE("text: printable drops what steers a terminal and keeps letters") {
    CHECK(printable("AMD EPYC™ 7763 – größe") == "AMD EPYC™ 7763 – größe");
    CHECK(printable("a\x1b[31mb\x07\x7f") == "a[31mb");
    CHECK(printable("a\tb\nc\r") == "a b c ");
    CHECK(printable("a\xC2\x9B"
                    "31mb") == "a31mb");  // C1: control sequence introducer
    const std::string right_to_left_override{'\xE2', '\x80', '\xAE'};
    CHECK(printable("a" + right_to_left_override + "b\xEF\xBB\xBF") == "ab");  // with a byte order mark
    CHECK(printable(std::string_view("a\0b", 3)) == "ab");
}

TEST_CASE("text: printable replaces bytes that are not UTF-8") {
    CHECK(printable("caf\xE9") == "caf?");
    CHECK(printable("\xE2\x82") == "??");
    CHECK(printable("\xC0\xAF") == "??");            // overlong
    CHECK(printable("\xED\xA0\x80") == "???");       // surrogate
    CHECK(printable("\xF5\x80\x80\x80") == "????");  // beyond U+10FFFF
    CHECK(printable("\xF0\x9F\x99\x82") == "\xF0\x9F\x99\x82");
}

TEST_CASE("text: width counts characters, not bytes") {
    CHECK(mnist::display_width("97.18 ± 0.05") == 12);
    CHECK(mnist::display_width("") == 0);
}

TEST_CASE("text: numbers are grouped by thousands") {
    CHECK(grouped(std::uint64_t{0}) == "0");
    CHECK(grouped(std::uint64_t{999}) == "999");
    CHECK(grouped(std::uint64_t{1000}) == "1,000");
    CHECK(grouped(std::uint64_t{1234567}) == "1,234,567");
    CHECK(grouped(245299.6) == "245,300");
    CHECK(grouped(std::numeric_limits<double>::quiet_NaN()) == "-");
    CHECK(grouped(std::numeric_limits<double>::infinity()) == "-");
    CHECK(grouped(-1.0) == "-");
}

TEST_CASE("text: lines break at spaces and hang under their opening") {
    CHECK(wrapped("one two three", 9, "- ") == "- one two\n  three\n");
    CHECK(wrapped("about 97.5 %, so", 12) == "about\n97.5 %, so\n");
    CHECK(wrapped("one two three", 100) == "one two three\n");
    CHECK(wrapped("unbreakable no", 4) == "unbreakable\nno\n");
    CHECK(wrapped("", 10, "- ") == "- \n");
    CHECK(wrapped("±±± ±±±", 7) == "±±± ±±±\n");
}

TEST_CASE("text: lists read as sentences") {
    CHECK(mnist::listed({}).empty());
    CHECK(mnist::listed({"a"}) == "a");
    CHECK(mnist::listed({"a", "b"}) == "a and b");
    CHECK(mnist::listed({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("text: a table aligns its columns under a rule") {
    const std::string table =
        mnist::table_text({{"Name", {"a", "bcd"}, true}, {"Mean\n(s)", {"1 ± 2", "10"}}}, 40);
    CHECK(table ==
          "       Mean\n"
          "Name    (s)\n"
          "───────────\n"
          "a     1 ± 2\n"
          "bcd      10\n");
}

TEST_CASE("text: a table that is too wide continues below with its first column again") {
    const std::string table = mnist::table_text({{"N", {"x"}, true}, {"aaaa", {"1"}}, {"bbbb", {"2"}}}, 8);
    CHECK(table ==
          "N  aaaa\n"
          "───────\n"
          "x     1\n"
          "\n"
          "N  bbbb\n"
          "───────\n"
          "x     2\n");
    CHECK(mnist::table_text({}, 80).empty());
}
