// The JSON header is read event by event rather than into a document: duplicate keys are seen, deep nesting
// stops at its first surplus bracket, and memory stays in proportion to what the format allows.
#include "safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <istream>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian and read without swapping");

constexpr std::uint64_t kLengthBytes = 8;

[[noreturn]] void refuse(const std::string& where, std::uint64_t offset, std::string expected,
                         std::string found, std::string remedy = "") {
    throw InputError({.where = where,
                      .offset = offset,
                      .expected = std::move(expected),
                      .found = std::move(found),
                      .remedy = std::move(remedy)});
}

// Accepts exactly {name: {dtype, shape, data_offsets}, "__metadata__": {text: text}}.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    explicit HeaderReader(std::string path) : path_(std::move(path)) {}

    // What was read; `data_offset` is left to the caller.
    [[nodiscard]] SafetensorsHeader take() { return std::move(header_); }

    bool null() override { surplus("null"); }
    bool boolean(bool /*value*/) override { surplus("true or false"); }
    bool number_integer(number_integer_t value) override { surplus(fmt::format("{}", value)); }
    bool number_float(number_float_t /*value*/, const string_t& text) override { surplus(in_quotes(text)); }
    bool binary(binary_t& /*value*/) override { surplus("binary data"); }

    bool number_unsigned(number_unsigned_t value) override {
        if (place_ == Place::shape) {
            tensor_.shape.push_back(value);
        } else if (place_ == Place::offsets && offsets_ < 2) {
            (offsets_ == 0 ? tensor_.begin : tensor_.end) = value;
            ++offsets_;
        } else {
            surplus(fmt::format("{}", value));
        }
        return true;
    }

    bool string(string_t& value) override {
        if (place_ == Place::metadata) {
            header_.metadata.emplace(field_, value);
            return true;
        }
        if (place_ != Place::tensor || field_ != "dtype") surplus(in_quotes(value));
        tensor_.dtype = value;
        return true;
    }

    bool start_object(std::size_t /*elements*/) override {
        if (place_ == Place::outside) {
            place_ = Place::header;
        } else if (place_ == Place::header) {
            place_ = name_ == "__metadata__" ? Place::metadata : Place::tensor;
            tensor_ = {};
            offsets_ = 0;
            fields_.clear();
        } else {
            surplus("an object");
        }
        return true;
    }

    bool key(string_t& value) override {
        if (place_ == Place::header) {
            unique(names_, value);
            name_ = value;
        } else {
            if (place_ == Place::tensor && value != "dtype" && value != "shape" && value != "data_offsets")
                fault(fmt::format("dtype, shape and data_offsets of tensor {}", in_quotes(name_)),
                      fmt::format("the key {}", in_quotes(value)));
            unique(fields_, value);
            field_ = value;
        }
        return true;
    }

    bool end_object() override {
        if (place_ == Place::tensor) {
            for (const char* field : {"dtype", "shape", "data_offsets"}) {
                if (!fields_.contains(field))
                    fault(fmt::format("the key \"{}\" in tensor {}", field, in_quotes(name_)), "none");
            }
            header_.tensors.emplace(name_, std::move(tensor_));
        }
        place_ = place_ == Place::header ? Place::outside : Place::header;
        return true;
    }

    bool start_array(std::size_t /*elements*/) override {
        if (place_ == Place::tensor && field_ == "shape") {
            place_ = Place::shape;
        } else if (place_ == Place::tensor && field_ == "data_offsets") {
            place_ = Place::offsets;
        } else {
            surplus("an array");
        }
        return true;
    }

    bool end_array() override {
        if (place_ == Place::offsets && offsets_ != 2)
            fault(fmt::format("two data_offsets of tensor {}", in_quotes(name_)),
                  fmt::format("{}", offsets_));
        place_ = Place::tensor;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*last_token*/,
                     const nlohmann::json::exception& /*error*/) override {
        refuse(path_, kLengthBytes + position - std::min<std::size_t>(position, 1), "a JSON header",
               "malformed JSON");
    }

  private:
    enum class Place { outside, header, metadata, tensor, shape, offsets };

    [[noreturn]] void fault(std::string expected, std::string found) const {
        refuse(path_, kLengthBytes, std::move(expected), std::move(found));
    }

    // A value where the format has none of this kind.
    [[noreturn]] void surplus(std::string found) const {
        switch (place_) {
            case Place::outside:
                fault("a JSON object as header", std::move(found));
            case Place::header:
                fault(fmt::format("an object for {}", in_quotes(name_)), std::move(found));
            case Place::metadata:
                fault("texts in \"__metadata__\"", std::move(found));
            case Place::tensor:
                fault(fmt::format("dtype (text), shape and data_offsets (arrays) of tensor {}",
                                  in_quotes(name_)),
                      std::move(found));
            case Place::shape:
                fault(fmt::format("extents (integers from 0 up) in the shape of tensor {}", in_quotes(name_)),
                      std::move(found));
            case Place::offsets:
                break;
        }
        fault(fmt::format("two data_offsets (integers from 0 up) of tensor {}", in_quotes(name_)),
              std::move(found));
    }

    void unique(std::set<std::string>& seen, const std::string& key) const {
        if (!seen.insert(key).second) fault("every key once", fmt::format("{} twice", in_quotes(key)));
    }

    std::string path_;
    Place place_ = Place::outside;
    std::string name_;
    std::string field_;
    TensorInfo tensor_;
    std::size_t offsets_ = 0;
    std::set<std::string> names_;
    std::set<std::string> fields_;
    SafetensorsHeader header_;
};

std::uint64_t header_length(std::istream& file, std::uint64_t file_bytes, const std::string& where) {
    std::array<char, kLengthBytes> bytes{};
    if (file_bytes < kLengthBytes || !file.read(bytes.data(), bytes.size()))
        refuse(where, 0, "a safetensors file, at least 8 bytes", fmt::format("{} bytes", file_bytes));
    const auto length = std::bit_cast<std::uint64_t>(bytes);
    const std::uint64_t limit = std::min(kMaxSafetensorsHeader, file_bytes - kLengthBytes);
    if (length > limit)
        refuse(where, 0, fmt::format("a header length of at most {} bytes", limit), fmt::format("{}", length),
               "The file is truncated or not a safetensors file");
    return length;
}

// The tensors, in the order of their bytes, must follow each other from the first byte of the data to the
// last.
void check_tiling(const SafetensorsHeader& header, std::uint64_t data_bytes, const std::string& where) {
    std::vector<const std::pair<const std::string, TensorInfo>*> order;
    for (const auto& entry : header.tensors) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
    });
    std::uint64_t position = 0;
    std::string place = "at 0, the start of the data";
    for (const auto* entry : order) {
        const std::string& name = entry->first;
        const TensorInfo& tensor = entry->second;
        const std::string found = fmt::format("data_offsets [{}, {}]", tensor.begin, tensor.end);
        const auto fault = [&](const std::string& expected, const std::string& remedy) {
            refuse(where, header.data_offset + position,
                   fmt::format("tensor {} {}", in_quotes(name), expected), found, remedy);
        };
        if (tensor.end < tensor.begin) fault("to end behind its begin", "");
        if (tensor.end > data_bytes)
            fault(fmt::format("within the {} bytes of data", data_bytes), "The file is truncated or damaged");
        if (tensor.begin < position)
            fault(fmt::format("to begin {}", place), "The two overlap: one of their data_offsets is wrong");
        if (tensor.begin > position)
            fault(fmt::format("to begin {}", place),
                  "One of their data_offsets is wrong, or a tensor between them is not in the header");
        position = tensor.end;
        // Names the one before, which may as well be the one that is wrong.
        place = fmt::format("at {}, where {} with data_offsets [{}, {}] ends", position, in_quotes(name),
                            tensor.begin, tensor.end);
    }
    if (position != data_bytes)
        refuse(where, header.data_offset + position, "the end of the file",
               fmt::format("{} bytes that belong to no tensor", data_bytes - position),
               "A tensor is not in the header, or the file has been appended to");
}

}  // namespace

SafetensorsHeader read_safetensors_header(std::istream& file, std::uint64_t file_bytes,
                                          const std::filesystem::path& path) {
    const std::string where = path.string();
    std::string text(header_length(file, file_bytes, where), '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size())))
        refuse(where, kLengthBytes, fmt::format("{} bytes of header", text.size()),
               fmt::format("{}", file.gcount()));
    if (text.empty() || text.front() != '{')
        refuse(where, kLengthBytes, "a JSON header that starts with {",
               text.empty() ? "nothing" : in_quotes(text.substr(0, 1)));
    // The JSON parser takes a zero byte for the end of the text and would never look at what stands behind
    // it.
    if (const std::size_t zero = text.find('\0'); zero != std::string::npos)
        refuse(where, kLengthBytes + zero, "a JSON header", "malformed JSON");
    HeaderReader reader(where);
    nlohmann::json::sax_parse(text, &reader);
    SafetensorsHeader header = reader.take();
    header.data_offset = kLengthBytes + text.size();
    check_tiling(header, file_bytes - header.data_offset, where);
    return header;
}

std::string safetensors_content(const nlohmann::ordered_json& metadata,
                                const std::vector<TensorBytes>& tensors) {
    nlohmann::ordered_json entries;
    entries["__metadata__"] = metadata;
    std::size_t end = 0;
    for (const TensorBytes& tensor : tensors) {
        const std::size_t begin = end;
        end += tensor.bytes.size();
        entries[tensor.name] = {
            {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    }
    std::string header = entries.dump();
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const auto length = std::bit_cast<std::array<char, kLengthBytes>>(std::uint64_t{header.size()});
    std::string content(length.data(), length.size());
    content.reserve(content.size() + header.size() + end);
    content += header;
    for (const TensorBytes& tensor : tensors)
        content.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    return content;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    const bool cut = text.size() > kLongest;
    const nlohmann::json value = std::string(text.substr(0, kLongest)) + (cut ? "..." : "");
    return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace mnist
