// Structs as JSON objects: fields() of a struct lists its keys once, and a JsonWriter or a JsonReader goes
// through them, so that what is written and what is read cannot differ. Only inside this room.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "json_cursor.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

/// Of an enumeration the words in files, each at its enumerator's place.
[[nodiscard]] inline std::vector<std::string> words_of(OptimizerKind /*kind*/) {
    return optimizer_words();
}
[[nodiscard]] inline std::vector<std::string> words_of(Precision /*precision*/) {
    return precision_words();
}
[[nodiscard]] inline std::vector<std::string> words_of(ScheduleKind /*kind*/) {
    return schedule_words();
}
[[nodiscard]] inline std::vector<std::string> words_of(RunStatus /*status*/) {
    return {"completed", "diverged", "interrupted"};
}

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

/// Adds members to an object, in the order of the calls. What is missing, or no finite number, is null.
class JsonWriter {
  public:
    static constexpr bool kReads = false;
    explicit JsonWriter(nlohmann::ordered_json& object) : object_(&object) {}

    template <class T, class... Limits>
    void operator()(const std::string& key, const T& value, Limits... /*limits*/) const {
        (*object_)[key] = written(value);
    }
    template <class T, class... Limits>
    void newer(const std::string& key, const T& value, Limits... /*limits*/) const {
        (*object_)[key] = written(value);
    }

    template <class T>
    [[nodiscard]] static nlohmann::ordered_json written(const T& value) {
        nlohmann::ordered_json json;
        if constexpr (kIsOptional<T>) {
            if (value) json = written(*value);
        } else if constexpr (kIsVector<T>) {
            json = nlohmann::ordered_json::array();
            for (const auto& element : value) json.push_back(written(element));
        } else if constexpr (std::is_enum_v<T>) {
            json = words_of(value).at(static_cast<std::size_t>(value));
        } else if constexpr (std::is_same_v<T, double>) {
            if (std::isfinite(value)) json = value;
        } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
            json = value;
        } else {
            json = nlohmann::ordered_json::object();
            fields(JsonWriter(json), value);
        }
        return json;
    }

  private:
    nlohmann::ordered_json* object_;
};

/// Reads members of an object, within limits where they have any. Throws InputError.
class JsonReader {
  public:
    static constexpr bool kReads = true;
    explicit JsonReader(const JsonCursor& object) : object_(object) {}

    template <class T, class... Limits>
    void operator()(const std::string& key, T& value, Limits... limits) const {
        read(object_.at(key), value, limits...);
    }
    /// The same for a key that older files do not have: then the value stays.
    template <class T, class... Limits>
    void newer(const std::string& key, T& value, Limits... limits) const {
        if (const auto found = object_.find(key)) read(*found, value, limits...);
    }

    template <class T, class... Limits>
    static void read(const JsonCursor& cursor, T& value, Limits... limits) {
        if constexpr (kIsOptional<T>) {
            value.reset();
            if (!cursor.is_null()) read(cursor, value.emplace(), limits...);
        } else if constexpr (kIsVector<T>) {
            value.clear();
            for (const JsonCursor& element : cursor.elements())
                read(element, value.emplace_back(), limits...);
        } else if constexpr (std::is_enum_v<T>) {
            const std::vector<std::string> words = words_of(value);
            const auto found = std::find(words.begin(), words.end(), cursor.string());
            if (found == words.end()) cursor.fail_of(words);
            value = static_cast<T>(found - words.begin());
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = cursor.string();
        } else if constexpr (std::is_same_v<T, bool>) {
            value = cursor.boolean();
        } else if constexpr (std::is_same_v<T, std::uint64_t>) {
            value = cursor.unsigned_integer();
        } else if constexpr (std::is_same_v<T, int>) {
            value = cursor.integer(limits...);
        } else if constexpr (std::is_same_v<T, double>) {
            value = cursor.number(limits...);
        } else {
            fields(JsonReader(cursor), value);
        }
    }

  private:
    JsonCursor object_;
};

}  // namespace mnist
