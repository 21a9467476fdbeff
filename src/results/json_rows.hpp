// A parser that hands out the elements of one array of the root object one by one and keeps the rest: a file
// of 64 MiB as a tree of values would take half a gigabyte, and longer to build and to take down than all
// that is read from it. Only inside this room.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mnist {

/// Called for each element, in order.
using OnJsonRow = std::function<void(nlohmann::json&&)>;

/// nlohmann::json's SAX interface. Errors of the parser are thrown as json::parse() throws them.
class JsonRows {
  public:
    using json = nlohmann::json;

    /// `on_start` is called where the array begins: a key that stands twice counts as it stands last.
    JsonRows(std::string key, std::function<void()> on_start, OnJsonRow on_row)
        : rows_key_(std::move(key)), on_start_(std::move(on_start)), on_row_(std::move(on_row)) {}

    /// The document; the array is empty in it.
    [[nodiscard]] json take_root() { return std::move(root_); }

    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(std::int64_t value) { return put(value); }
    bool number_unsigned(std::uint64_t value) { return put(value); }
    bool number_float(double value, const std::string& /*text*/) { return put(value); }
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(json::binary_t& /*value*/) { return false; }  // of no JSON text
    bool key(std::string& name) {
        begins_rows_ = open_.size() == 1 && name == rows_key_;
        element_ = &(*open_.back())[name];
        return true;
    }
    bool start_object(std::size_t /*size*/) {
        open_.push_back(place(json::object()));
        begins_rows_ = false;
        return true;
    }
    bool start_array(std::size_t /*size*/) {
        open_.push_back(place(json::array()));
        if (std::exchange(begins_rows_, false)) {
            rows_ = open_.back();
            on_start_();
        }
        return true;
    }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    template <class Error>
    bool parse_error(std::size_t /*byte*/, const std::string& /*token*/, const Error& error) {
        throw Error(error);
    }

  private:
    [[nodiscard]] bool in_rows() const { return rows_ != nullptr && open_.back() == rows_; }

    /// Where the value stands from now on.
    json* place(json value) {
        json* const to = open_.empty()              ? &root_
                         : in_rows()                ? &row_
                         : open_.back()->is_array() ? &open_.back()->emplace_back()
                                                    : element_;
        *to = std::move(value);
        return to;
    }
    template <class Value>
    bool put(Value&& value) {
        place(std::forward<Value>(value));
        begins_rows_ = false;
        if (!open_.empty() && in_rows()) on_row_(std::move(row_));
        return true;
    }
    bool close() {
        if (in_rows()) rows_ = nullptr;
        open_.pop_back();
        if (!open_.empty() && in_rows()) on_row_(std::move(row_));
        return true;
    }

    std::string rows_key_;
    std::function<void()> on_start_;
    OnJsonRow on_row_;
    json root_;
    json row_;                  // the element that is being read
    std::vector<json*> open_;   // objects and arrays around what comes next
    json* element_ = nullptr;   // of the innermost object
    json* rows_ = nullptr;      // the array, as long as it is open
    bool begins_rows_ = false;  // the key of the array was the last token
};

}  // namespace mnist
