// Strict reading of a JSON value that knows where it stands: every conversion that fails is an InputError
// with the path of the key, what was expected and what was found. Only inside this room.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mnist {

class JsonRows;

/// The remedy for a schema of the future.
inline constexpr const char* kNewerProgram = "A newer program wrote this file: read it with that one";

class JsonCursor {
  public:
    /// `root` is not owned and must outlive the cursor and all cursors taken from it.
    JsonCursor(const nlohmann::json& root, std::string source) : value_(&root), where_(std::move(source)) {}

    /// Member `key` of an object. Throws InputError: not an object, no such key.
    [[nodiscard]] JsonCursor at(const std::string& key) const;
    /// The same, empty where the object has no such key.
    [[nodiscard]] std::optional<JsonCursor> find(const std::string& key) const;
    /// All elements of an array. Throws InputError: not an array.
    [[nodiscard]] std::vector<JsonCursor> elements() const;
    [[nodiscard]] bool is_null() const { return value_->is_null(); }

    /// Conversions throw InputError where type or range do not fit.
    [[nodiscard]] std::string string() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::uint64_t unsigned_integer() const;
    [[nodiscard]] int integer(int least = std::numeric_limits<int>::min()) const;
    [[nodiscard]] double number(double least = std::numeric_limits<double>::lowest(),
                                double greatest = std::numeric_limits<double>::max()) const;

    /// Throws the InputError of this place. `expected` reads on from "expected".
    [[noreturn]] void fail(const std::string& expected, const std::string& remedy = {}) const;
    /// The same where one of these words was expected.
    [[noreturn]] void fail_of(std::vector<std::string> words) const;

  private:
    JsonCursor(const nlohmann::json& value, const std::string& parent, bool parent_is_root,
               const std::string& step);
    [[nodiscard]] JsonCursor child(const nlohmann::json& value, const std::string& step) const {
        return {value, where_, is_root_, step};
    }

    const nlohmann::json* value_;
    std::string where_;
    bool is_root_ = true;
};

/// What a reader of a message recognises in the file: short values themselves, of others the type.
[[nodiscard]] std::string described(const nlohmann::json& value);

/// The text as JSON. Throws InputError with the byte where it stops being JSON, and where it is nested deeper
/// than `max_depth` or has more than five million values.
[[nodiscard]] nlohmann::json parse_json(const std::string& text, const std::string& where, int max_depth);

/// The same, with the elements of one array given to `rows` and left out of what is returned.
[[nodiscard]] nlohmann::json parse_json_rows(const std::string& text, const std::string& where, int max_depth,
                                             JsonRows& rows);

}  // namespace mnist
