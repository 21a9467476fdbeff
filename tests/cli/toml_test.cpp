// The reader of configuration files alone: what it takes, what it refuses and where it says the mistake is.
#include "toml.hpp"

#include "catch.hpp"
#include "mnist/core/error.hpp"

using namespace mnist;

namespace {

std::string refusal(const std::string& text) {
    try {
        static_cast<void>(parse_toml(text, "f.toml"));
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("toml: numbers, booleans, strings and arrays keep their types") {
    const std::vector<TomlEntry> entries = parse_toml(
        "# comment\n"
        "whole = 1_000 # behind a value\n"
        "real = +2.5e-3\r\n"
        "yes = true\n"
        "text = \"a # is no comment\"\n"
        "literal = 'C:\\x'\n"
        "list = [ 1, # one\n  2,\n]\n"
        "\"quoted-key\" = []",
        "f.toml");
    REQUIRE(entries.size() == 7);
    CHECK(entries[0].key == "whole");
    CHECK(entries[0].values[0].type == TomlType::integer);
    CHECK(entries[0].values[0].text == "1000");
    CHECK(entries[1].values[0].type == TomlType::real);
    CHECK(entries[1].values[0].text == "0.0025");
    CHECK(entries[2].values[0].type == TomlType::boolean);
    CHECK(entries[3].values[0].text == "a # is no comment");
    CHECK(entries[4].values[0].text == "C:\\x");
    CHECK(entries[5].is_array);
    CHECK(entries[5].values.size() == 2);
    CHECK(entries[6].key == "quoted-key");
    CHECK(entries[6].line == 10);
    CHECK(entries[6].values.empty());
}

TEST_CASE("toml: an empty file has no entries") {
    CHECK(parse_toml("", "f.toml").empty());
    CHECK(parse_toml("\xef\xbb\xbf\n # nothing\n", "f.toml").empty());
}

TEST_CASE("toml: control characters and zero bytes in strings are refused, tabs are not") {
    using namespace std::string_literals;
    for (const std::string& text :
         {"a = \"x\0y\""s, "a = 'x\x1by'"s, "a = \"\x7f\""s, "a = \"x\\u0000y\""s}) {
        CAPTURE(text);
        CHECK(refusal(text).starts_with("f.toml, line 1, column "));
    }
    CHECK(parse_toml("a = \"x\ty\"", "f.toml").at(0).values.at(0).text == "x\ty");
}

TEST_CASE("toml: mistakes are refused with their line and column") {
    constexpr const char* kRemedy =
        ". Texts stand in quotes, mnist train --print-config shows a file that is right";
    CHECK(refusal("a = word") ==
          "f.toml, line 1, column 5: expected TOML, found \"a = word\" (value: could not determine value "
          "type)" +
              std::string(kRemedy));
    CHECK(refusal("b = 3\na = 1\r\na = 2 # \xc3\xbc") ==
          "f.toml, line 3, column 5: expected TOML, found \"a = 2 # ??\" (key-value pair: cannot redefine "
          "existing "
          "integer 'a')" +
              std::string(kRemedy));
    CHECK(refusal("a = 1\n[table]\n") ==
          "f.toml, line 2, column 2: expected key = value (the file is flat, without [tables]), found the "
          "table table");
    CHECK(refusal("a.b = 1").find("found the table a") != std::string::npos);
    CHECK(refusal("a = [1, [2]]") ==
          "f.toml, line 1, column 9: expected a number, true, false, or a string in quotes, found an array");
    CHECK(refusal("a = 2026-11-29").find("found a date") != std::string::npos);
    for (const std::string text :
         {"a", "= 3", "a = ", "a = 1 2", "a = \"x\nb = 1", "a = [1,\n", "a = [1 2]", "a = \"\\x\"",
          "a = \"\\u00", "a = 1, 2", "\1\2", "[|rain]", "\xc3\xbc = 1"}) {
        CAPTURE(text);
        CHECK(refusal(text).starts_with("f.toml, line 1, column "));
    }
}

TEST_CASE("toml: whole numbers end at 2^63 - 1, and the refusal of larger ones says what to do") {
    CHECK(parse_toml("a = 9223372036854775807", "f.toml").at(0).values.at(0).text == "9223372036854775807");
    CHECK(refusal("a = 9223372036854775808") ==
          "f.toml, line 1, column 24: expected TOML, found \"a = 9223372036854775808\" (decimal integer: "
          "'9223372036854775808' is not representable in 64 bits). A whole number above 9223372036854775807 "
          "stands "
          "in quotes");
}

TEST_CASE("toml: bytes that are not UTF-8 are refused as such") {
    CHECK(refusal("\na = \"x\xff\"")
              .starts_with(
                  "f.toml, line 2, column 6: expected UTF-8, as all of TOML is, found \"a = \"x?\"\" ("));
}

TEST_CASE("toml: every string that is written is read back to the same bytes") {
    std::string all;
    for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
    for (const std::string& text :
         {all, std::string{}, std::string("a\"b\\c # d'e"), std::string("\xc3\xbc")}) {
        const std::vector<TomlEntry> entries = parse_toml("k = " + toml_string(text), "f.toml");
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].values[0].text == text);
    }
}
