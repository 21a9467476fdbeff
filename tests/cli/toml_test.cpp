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
    CHECK(entries[1].values[0].text == "2.5e-3");
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

TEST_CASE("toml: control characters in strings are refused, tabs are not") {
    using namespace std::string_literals;
    for (const std::string& text : {"a = \"x\0y\""s, "a = 'x\x1by'"s, "a = \"\x7f\""s}) {
        CAPTURE(text);
        CHECK(refusal(text).starts_with("f.toml, line 1: expected printable characters in a string"));
    }
    CHECK(parse_toml("a = \"x\ty\"", "f.toml").at(0).values.at(0).text == "x\ty");
}

TEST_CASE("toml: mistakes are refused with their line") {
    CHECK(refusal("a = 1\n[table]\n") ==
          "f.toml, line 2: expected key = value (the file is flat, without [tables]), found \"[table]\"");
    CHECK(refusal("a = 1\na = 2") == "f.toml, line 2: expected key a once, found it on line 1 already");
    CHECK(refusal("a") == "f.toml, line 1: expected = behind key a, found the end of the line");
    CHECK(refusal("= 3") == "f.toml, line 1: expected key = value, found \"= 3\"");
    CHECK(refusal("a = ") ==
          "f.toml, line 1: expected a number, true, false, or a string in quotes, found the end of the line");
    CHECK(refusal("a = word") ==
          "f.toml, line 1: expected a number, true, false, or a string in quotes, found \"word\"");
    CHECK(refusal("a = 1 2") ==
          "f.toml, line 1: expected the end of the line behind the value of a, found \"2\"");
    CHECK(refusal("a = \"x\nb = 1") ==
          "f.toml, line 1: expected \" at the end of the string, found the end of the line");
    CHECK(refusal("a = [1,\n") ==
          "f.toml, line 1: expected ] at the end of the array, found the end of the file");
    CHECK(refusal("a = [1 2]") ==
          "f.toml, line 1: expected , or ] behind a value of the array, found \"2]\"");
    CHECK(refusal("a = \"\\x\"").find("found \\x") != std::string::npos);
    CHECK(refusal("a = \"\\u00").find("four hexadecimal digits") != std::string::npos);
    CHECK(refusal(std::string("\0\1", 2)) == "f.toml, line 1: expected key = value, found \"??\"");
    CHECK(refusal("a = 1, 2") != "accepted");
    CHECK(refusal("a = \"\"\"x\"\"\"") != "accepted");
}

TEST_CASE("toml: every string that is written is read back to the same bytes") {
    std::string all;
    for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
    for (const std::string& text :
         {all, std::string{}, std::string("a\"b\\c # d'e"), std::string("\xc3\xbc")}) {
        const std::vector<TomlEntry> entries = parse_toml("k = " + toml_string(text), "f.toml");
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].values[0].text == text);
    }
}
