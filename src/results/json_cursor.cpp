// What a strict reader says. Values in messages are shortened and never dumped whole: the file may hold
// anything.
#include "json_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_rows.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/values.hpp"

namespace mnist {
namespace {

// A value that is parsed takes up to a hundred bytes and more where its text takes three: without a limit 192
// MiB of text become gigabytes. 150,000 rows of mnist_bench, which are not kept as a tree, have 4.7 million.
constexpr std::size_t kMostValues = 5'000'000;

/// What the brackets and commas outside strings add up to.
struct Extent {
    int depth = 0;           ///< of the deepest level; counted no further than just above the limit
    std::size_t values = 1;  ///< at least as many as there are
};

/// Counted before parsing and not in a callback of the parser: with a callback it looks through the whole
/// enclosing array after every object.
Extent extent_of(const std::string& text, int max_depth) {
    Extent extent;
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size() && extent.depth <= max_depth; ++i) {
        const char c = text[i];
        if (c == '"') in_string = !in_string;
        if (in_string) {
            if (c == '\\') ++i;
        } else if (c == '{' || c == '[') {
            extent.depth = std::max(extent.depth, ++depth);
            ++extent.values;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ',') {
            ++extent.values;
        }
    }
    return extent;
}

void require_extent(const std::string& text, const std::string& where, int max_depth) {
    const Extent extent = extent_of(text, max_depth);
    if (extent.depth > max_depth)
        throw InputError({.where = where,
                          .expected = fmt::format("at most {} levels of nesting", max_depth),
                          .found = "more",
                          .remedy = "This is not a file of this program"});
    if (extent.values > kMostValues)
        throw InputError({.where = where,
                          .expected = fmt::format("at most {} values", kMostValues),
                          .found = fmt::format("{}", extent.values),
                          .remedy = "Measure fewer benchmarks into one file (--benchmark_filter)"});
}

/// Of `parse()`, with its errors as ours.
template <class Parse>
nlohmann::json parsed(const std::string& text, const std::string& where, int max_depth, Parse parse) {
    require_extent(text, where, max_depth);
    try {
        return parse();
    } catch (const nlohmann::json::parse_error& error) {
        throw InputError({.where = where,
                          .offset = error.byte > 0 ? error.byte - 1 : 0,
                          .expected = "JSON",
                          .found = text.empty() ? "an empty file" : "something else",
                          .remedy = "The file may be truncated or of another kind"});
    } catch (const nlohmann::json::out_of_range&) {
        throw InputError(
            {.where = where, .expected = "numbers that a double holds", .found = "a greater one"});
    }
}

}  // namespace

using nlohmann::json;

std::string described(const json& value) {
    constexpr std::size_t kLongest = 40;
    switch (value.type()) {
        case json::value_t::null:
            return "null";
        case json::value_t::object:
            return "an object";
        case json::value_t::array:
            return fmt::format("an array of {} elements", value.size());
        case json::value_t::string:
            if (value.get_ref<const std::string&>().size() > kLongest) return "a long string";
            break;
        default:
            break;
    }
    return value.dump();
}

JsonCursor::JsonCursor(const json& value, const std::string& parent, bool parent_is_root,
                       const std::string& step)
    : value_(&value), is_root_(false) {
    if (parent_is_root) {
        where_ = parent + ", " + step;
    } else {
        where_ = parent + (step.front() == '[' ? "" : ".") + step;
    }
}

JsonCursor JsonCursor::at(const std::string& key) const {
    std::optional<JsonCursor> found = find(key);
    if (!found) {
        const json nothing;
        throw InputError({.where = child(nothing, key).where_,
                          .expected = "this key",
                          .found = "an object without it",
                          .remedy = "Write the file again with this program"});
    }
    return *std::move(found);
}

std::optional<JsonCursor> JsonCursor::find(const std::string& key) const {
    if (!value_->is_object()) fail("an object");
    const auto member = value_->find(key);
    if (member == value_->end()) return std::nullopt;
    return child(*member, key);
}

std::vector<JsonCursor> JsonCursor::elements() const {
    if (!value_->is_array()) fail("an array");
    std::vector<JsonCursor> cursors;
    cursors.reserve(value_->size());
    for (const json& element : *value_)
        cursors.push_back(child(element, fmt::format("[{}]", cursors.size())));
    return cursors;
}

std::string JsonCursor::string() const {
    if (!value_->is_string()) fail("a string");
    return value_->get<std::string>();
}

bool JsonCursor::boolean() const {
    if (!value_->is_boolean()) fail("true or false");
    return value_->get<bool>();
}

std::uint64_t JsonCursor::unsigned_integer() const {
    // The parser calls every whole number without a sign "unsigned".
    if (!value_->is_number_unsigned()) fail("a whole number of at least 0");
    return value_->get<std::uint64_t>();
}

int JsonCursor::integer(int least) const {
    constexpr int kMost = std::numeric_limits<int>::max();
    const auto fits = [&](auto number) {
        return std::cmp_greater_equal(number, least) && std::cmp_less_equal(number, kMost);
    };
    const bool good = value_->is_number_unsigned()
                          ? fits(value_->get<std::uint64_t>())
                          : value_->is_number_integer() && fits(value_->get<std::int64_t>());
    if (!good) fail(fmt::format("a whole number from {} to {}", least, kMost));
    return value_->get<int>();
}

double JsonCursor::number(double least, double greatest) const {
    if (!value_->is_number()) fail("a number");
    const auto number = value_->get<double>();
    if (number >= least && number <= greatest) return number;
    if (greatest == std::numeric_limits<double>::max()) fail(fmt::format("a number of at least {}", least));
    fail(fmt::format("a number from {} to {}", least, greatest));
}

void JsonCursor::fail_of(std::vector<std::string> words) const {
    for (std::string& word : words) word = "\"" + word + "\"";
    fail(either_of(words));
}

void JsonCursor::fail(const std::string& expected, const std::string& remedy) const {
    throw InputError({.where = where_, .expected = expected, .found = described(*value_), .remedy = remedy});
}

json parse_json(const std::string& text, const std::string& where, int max_depth) {
    return parsed(text, where, max_depth, [&] { return json::parse(text); });
}

json parse_json_rows(const std::string& text, const std::string& where, int max_depth, JsonRows& rows) {
    return parsed(text, where, max_depth, [&] {
        json::sax_parse(text, &rows);
        return rows.take_root();
    });
}

}  // namespace mnist
