// Messages name the file, the byte and the tensor; names from the file are made printable.
#include "model_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <set>
#include <system_error>

#include "layer_names.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNamesRemedy = "Name the tensors fc1.weight, fc1.bias, fc2.weight, ... as PyTorch does";

template <class T>
struct Dtype;
template <>
struct Dtype<float> {
    static constexpr const char* name = "F32";
    static constexpr const char* remedy = "Save the model in float32";
};
template <>
struct Dtype<std::int8_t> {
    static constexpr const char* name = "I8";
    static constexpr const char* remedy = "mnist quantize writes such a model";
};

}  // namespace

ModelReader::ModelReader(const fs::path& path) : where_(path.string()) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (error) unreadable(error.message());
    if (!fs::is_regular_file(status)) unreadable(fs::is_directory(status) ? "a folder" : "no regular file");
    const std::uint64_t bytes = fs::file_size(path, error);
    if (error) unreadable(error.message());
    file_.open(path, std::ios::binary);
    if (!file_) unreadable(std::generic_category().message(errno));
    header_ = read_safetensors_header(file_, bytes, path);
}

std::vector<std::string> ModelReader::layers(const std::vector<std::string>& parts) const {
    std::set<std::string> layers;
    for (const auto& [name, tensor] : header_.tensors) {
        const std::size_t dot = name.rfind('.');
        if (dot == std::string::npos ||
            std::find(parts.begin(), parts.end(), name.substr(dot + 1)) == parts.end())
            fault(name, fmt::format("only LAYER.{} for each layer", fmt::join(parts, " and LAYER.")),
                  in_quotes(name), kNamesRemedy);
        layers.insert(name.substr(0, dot));
    }
    if (layers.empty()) layers.insert("fc1");
    for (const std::string& layer : layers) {
        for (const std::string& part : parts) {
            const std::string tensor = fmt::format("{}.{}", layer, part);
            if (!has(tensor))
                throw InputError({.where = where_,
                                  .expected = "a tensor " + in_quotes(tensor),
                                  .found = listed_names(),
                                  .remedy = kNamesRemedy});
        }
    }
    return layers_in_order(layers, where_);
}

template <class T>
std::vector<std::size_t> ModelReader::shape(const std::string& name, std::size_t rank) const {
    const TensorInfo& tensor = info(name);
    if (tensor.dtype != Dtype<T>::name)
        fault(name, fmt::format("{} as {}", in_quotes(name), Dtype<T>::name), in_quotes(tensor.dtype),
              Dtype<T>::remedy);
    const std::string found = fmt::format("shape [{}]", fmt::join(tensor.shape, ", "));
    if (tensor.shape.size() != rank)
        fault(name, fmt::format("{} with {} extents", in_quotes(name), rank), found);
    std::optional<std::size_t> bytes = sizeof(T);
    for (const std::uint64_t extent : tensor.shape) {
        if (extent == 0) fault(name, fmt::format("{} with extents from 1 up", in_quotes(name)), found);
        if (bytes) bytes = checked_product({*bytes, extent});
    }
    if (bytes != tensor.end - tensor.begin)
        fault(name,
              fmt::format("{} with the {} bytes of its data_offsets", in_quotes(name),
                          tensor.end - tensor.begin),
              found + (bytes ? fmt::format(", which is {} bytes", *bytes) : ", which overflows"));
    return {tensor.shape.begin(), tensor.shape.end()};
}

template <class T>
AlignedVector<T> ModelReader::values(const std::string& name) {
    const TensorInfo& tensor = info(name);
    AlignedVector<T> values((tensor.end - tensor.begin) / sizeof(T));
    file_.seekg(static_cast<std::streamoff>(header_.data_offset + tensor.begin));
    // The format is little-endian, as this machine's numbers are.
    if (!file_.read(reinterpret_cast<char*>(values.data()),
                    static_cast<std::streamsize>(tensor.end - tensor.begin)))
        fault(name, fmt::format("{} bytes of {}", tensor.end - tensor.begin, in_quotes(name)),
              "the end of the file");
    return values;
}

AlignedVector<float> ModelReader::finite(const std::string& name) {
    AlignedVector<float> values = this->values<float>(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i]))
            fault(name, fmt::format("finite values in {}", in_quotes(name)),
                  std::isnan(values[i]) ? "NaN" : "infinity", "The model comes from a training that diverged",
                  i * sizeof(float));
    }
    return values;
}

void ModelReader::fault(const std::string& tensor, const std::string& expected, const std::string& found,
                        const std::string& remedy, std::size_t byte) const {
    throw InputError({.where = where_,
                      .offset = header_.data_offset + info(tensor).begin + byte,
                      .expected = expected,
                      .found = found,
                      .remedy = remedy});
}

void ModelReader::unreadable(const std::string& found) const {
    throw InputError({.where = where_,
                      .expected = "a readable safetensors file",
                      .found = found,
                      .remedy = "Check the path and its permissions"});
}

std::string ModelReader::listed_names() const {
    if (header_.tensors.empty()) return "no tensors";
    std::vector<std::string> names;
    for (const auto& entry : header_.tensors) names.push_back(entry.first);
    return quoted_list(names);
}

template std::vector<std::size_t> ModelReader::shape<float>(const std::string&, std::size_t) const;
template std::vector<std::size_t> ModelReader::shape<std::int8_t>(const std::string&, std::size_t) const;
template AlignedVector<float> ModelReader::values<float>(const std::string&);
template AlignedVector<std::int8_t> ModelReader::values<std::int8_t>(const std::string&);

}  // namespace mnist
