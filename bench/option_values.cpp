// The library's words, refused in this project's.
#include "option_values.hpp"

#include <algorithm>

#include "mnist/core/error.hpp"

namespace mnist::bench {
namespace {

std::string lower_case(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
    return word;
}

}  // namespace

bool truth(const GivenValue& given) {
    const std::string word = lower_case(given.text());
    GivenValue{given.where, {word}}.require_one_of({"true", "false", "1", "0", "yes", "no", "on", "off"});
    return word == "true" || word == "1" || word == "yes" || word == "on";
}

Format format_of(const GivenValue& given) {
    if (given.text() == "csv") {
        throw InputError({.where = given.where,
                          .expected = "console or json",
                          .found = "csv, which has no place for counters that only some benchmarks have",
                          .remedy = "Use json; any spreadsheet reads it with a short script"});
    }
    given.require_one_of({"console", "json"});
    return given.text() == "json" ? Format::json : Format::console;
}

double seconds_of(const GivenValue& given) {
    std::string word = given.text();
    if (word.ends_with('s')) word.pop_back();
    return word == "0" || word == "0.0" ? 0.0 : GivenValue{given.where, {word}}.positive();
}

std::string colour_of(const GivenValue& given) {
    const std::string word = lower_case(given.text());
    if (word == "auto") return "auto";
    GivenValue{given.where, {word}}.require_one_of(
        {"auto", "true", "false", "1", "0", "yes", "no", "on", "off"});
    return truth(given) ? "true" : "false";
}

std::filesystem::path out_of(const GivenValue& given) {
    if (given.text() == "-") {
        throw InputError({.where = given.where,
                          .expected = "a file name",
                          .found = "-",
                          .remedy = "--benchmark_format=json writes the result to standard output; a file of "
                                    "that name is ./-"});
    }
    std::filesystem::path path = given.text();
    if (!path.has_filename() || path.filename() == "." || path.filename() == "..") {
        throw InputError({.where = given.where,
                          .expected = "a file name",
                          .found = path.string() + ", the name of a folder",
                          .remedy = "For example " + (path / "result.json").string()});
    }
    return path;
}

void require_pairs(const GivenValue& given) {
    for (const GivenValue& pair : given.elements("facts")) {
        const std::size_t sign = pair.text().find('=');
        if (sign != std::string::npos && sign > 0) continue;
        throw InputError({.where = given.where,
                          .expected = "KEY=VALUE[,KEY=VALUE...]",
                          .found = pair.text(),
                          .remedy = "For example --benchmark_context=cooling=passive"});
    }
}

}  // namespace mnist::bench
