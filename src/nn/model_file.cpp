// What the tensors of a model file mean: fcN.weight [out, in] and fcN.bias [out], f32, layer after layer. The
// container itself is in safetensors.cpp. Tensors are read one by one straight into their vectors, so that a
// load needs no second copy of the model.
#include "mnist/nn/model_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string_view>
#include <system_error>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/core/sha256.hpp"
#include "safetensors.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNamesRemedy = "Name the tensors fc1.weight, fc1.bias, fc2.weight, ... as PyTorch does";

struct NamedTensor {
    std::string name;
    std::vector<std::size_t> shape;
    std::span<const float> values;
};

// All tensors in PyTorch's order, their extents checked against their sizes.
std::vector<NamedTensor> tensors_of(const ModelParameters& model) {
    std::vector<NamedTensor> tensors;
    std::size_t previous_out = model.layers.empty() ? 0 : model.layers.front().in;
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const LayerParameters& layer = model.layers[l];
        if (layer.in != previous_out || layer.weight.size() != checked_product({layer.in, layer.out}) ||
            layer.bias.size() != layer.out)
            throw ShapeError(fmt::format(
                "model: layer {} is [{}, {}] with {} weights and {} biases behind {} outputs", l + 1,
                layer.out, layer.in, layer.weight.size(), layer.bias.size(), previous_out));
        tensors.push_back({fmt::format("fc{}.weight", l + 1), {layer.out, layer.in}, layer.weight});
        tensors.push_back({fmt::format("fc{}.bias", l + 1), {layer.out}, layer.bias});
        previous_out = layer.out;
    }
    return tensors;
}

std::string joined(const std::vector<std::size_t>& dims) {
    return fmt::format("{}", fmt::join(dims, "-"));
}

// "fc3.weight" or "fc3.bias", for any number without a leading zero.
bool is_layer_tensor(const std::string& name) {
    if (!name.starts_with("fc") || !(name.ends_with(".weight") || name.ends_with(".bias"))) return false;
    const std::string_view number = std::string_view(name).substr(2, name.rfind('.') - 2);
    return !number.empty() && number.front() != '0' &&
           number.find_first_not_of("0123456789") == std::string_view::npos;
}

// A model file that is open, with its checked header.
class ModelReader {
  public:
    explicit ModelReader(const fs::path& path) : path_(path), where_(path.string()) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (error) unreadable(error.message());
        if (!fs::is_regular_file(status))
            unreadable(fs::is_directory(status) ? "a folder" : "no regular file");
        const std::uint64_t bytes = fs::file_size(path, error);
        if (error) unreadable(error.message());
        file_.open(path, std::ios::binary);
        if (!file_) unreadable(std::generic_category().message(errno));
        header_ = read_safetensors_header(file_, bytes, path_);
    }

    [[nodiscard]] const ModelMetadata& metadata() const { return header_.metadata; }
    [[nodiscard]] bool has(const std::string& name) const { return header_.tensors.contains(name); }

    // Shape of an f32 tensor of `rank` whose extents fit its bytes.
    [[nodiscard]] std::vector<std::size_t> shape(const std::string& name, std::size_t rank) const {
        const TensorInfo& tensor = info(name);
        if (tensor.dtype != "F32")
            fault(tensor, fmt::format("{} as F32", name), in_quotes(tensor.dtype),
                  "Save the model in float32");
        const std::string found = fmt::format("shape [{}]", fmt::join(tensor.shape, ", "));
        if (tensor.shape.size() != rank) fault(tensor, fmt::format("{} with {} extents", name, rank), found);
        std::optional<std::size_t> bytes = sizeof(float);
        for (const std::uint64_t extent : tensor.shape) {
            if (extent == 0) fault(tensor, fmt::format("{} with extents from 1 up", name), found);
            if (bytes) bytes = checked_product({*bytes, extent});
        }
        if (bytes != tensor.end - tensor.begin)
            fault(tensor,
                  fmt::format("{} with the {} bytes of its data_offsets", name, tensor.end - tensor.begin),
                  found + (bytes ? fmt::format(", which is {} bytes", *bytes) : ", which overflows"));
        return {tensor.shape.begin(), tensor.shape.end()};
    }

    // Values of a tensor whose shape has been checked.
    [[nodiscard]] AlignedVector<float> values(const std::string& name) {
        const TensorInfo& tensor = info(name);
        AlignedVector<float> values((tensor.end - tensor.begin) / sizeof(float));
        file_.seekg(static_cast<std::streamoff>(header_.data_offset + tensor.begin));
        // The format is little-endian f32, as this machine's floats are.
        if (!file_.read(reinterpret_cast<char*>(values.data()),
                        static_cast<std::streamsize>(tensor.end - tensor.begin)))
            fault(tensor, fmt::format("{} bytes of {}", tensor.end - tensor.begin, name),
                  "the end of the file");
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!std::isfinite(values[i]))
                throw InputError({.where = where_,
                                  .offset = header_.data_offset + tensor.begin + i * sizeof(float),
                                  .expected = fmt::format("finite values in {}", name),
                                  .found = std::isnan(values[i]) ? "NaN" : "infinity",
                                  .remedy = "The model comes from a training that diverged"});
        }
        return values;
    }

    // Number of layers; throws where fcN.weight and fcN.bias for N = 1, 2, ... are not all that there is.
    [[nodiscard]] std::size_t count_layers() const {
        std::set<std::string> known;
        std::size_t layers = 0;
        while (true) {
            const std::string weight = fmt::format("fc{}.weight", layers + 1);
            const std::string bias = fmt::format("fc{}.bias", layers + 1);
            if (layers > 0 && !has(weight) && !has(bias)) break;
            for (const std::string& name : {weight, bias}) {
                if (!has(name))
                    throw InputError({.where = where_,
                                      .expected = fmt::format("a tensor \"{}\"", name),
                                      .found = listed_names(),
                                      .remedy = kNamesRemedy});
                known.insert(name);
            }
            ++layers;
        }
        const std::string next = fmt::format("fc{}.weight", layers + 1);
        for (const auto& [name, tensor] : header_.tensors) {
            if (known.contains(name)) continue;
            if (is_layer_tensor(name))
                fault(tensor, fmt::format("a tensor \"{}\" before it", next), in_quotes(name), kNamesRemedy);
            fault(tensor, fmt::format("only fcN.weight and fcN.bias, N = 1 to {}", layers), in_quotes(name),
                  kNamesRemedy);
        }
        return layers;
    }

    [[noreturn]] void fault(const TensorInfo& tensor, const std::string& expected, const std::string& found,
                            const std::string& remedy = "") const {
        throw InputError({.where = where_,
                          .offset = header_.data_offset + tensor.begin,
                          .expected = expected,
                          .found = found,
                          .remedy = remedy});
    }

    [[nodiscard]] const TensorInfo& info(const std::string& name) const { return header_.tensors.at(name); }

  private:
    [[noreturn]] void unreadable(const std::string& found) const {
        throw InputError({.where = where_,
                          .expected = "a readable safetensors file",
                          .found = found,
                          .remedy = "Check the path and its permissions"});
    }

    [[nodiscard]] std::string listed_names() const {
        constexpr std::size_t kListed = 6;
        if (header_.tensors.empty()) return "no tensors";
        std::string list;
        std::size_t n = 0;
        for (const auto& entry : header_.tensors) {
            if (n == kListed) return list + ", ...";
            list += (n++ == 0 ? "" : ", ") + in_quotes(entry.first);
        }
        return list;
    }

    fs::path path_;
    std::string where_;
    std::ifstream file_;
    SafetensorsHeader header_;
};

}  // namespace

std::vector<std::size_t> ModelParameters::dims() const {
    std::vector<std::size_t> extents;
    if (!layers.empty()) extents.push_back(layers.front().in);
    for (const LayerParameters& layer : layers) extents.push_back(layer.out);
    return extents;
}

ModelParameters initial_parameters(const std::vector<std::size_t>& dims, std::uint64_t seed) {
    if (dims.size() < 2) throw ShapeError("model: at least an input and an output extent are needed");
    ModelParameters model;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) {
        const std::size_t in = dims[l];
        const std::size_t out = dims[l + 1];
        const auto weights = checked_product({in, out, sizeof(float)});
        if (!weights || *weights == 0) throw ShapeError("model: impossible extents " + joined(dims));
        CounterRng rng(seed, RandomPurpose::initial_weights, static_cast<std::uint32_t>(l));
        const double bound = 1.0 / std::sqrt(static_cast<double>(in));
        // 2u - 1 is exact for the 53 bits of u, so that fused or separate operations give the same bits.
        const auto draw = [&] { return static_cast<float>((2.0 * rng.next_unit_f64() - 1.0) * bound); };
        LayerParameters layer{.in = in,
                              .out = out,
                              .weight = AlignedVector<float>(in * out),
                              .bias = AlignedVector<float>(out)};
        for (float& value : layer.weight) value = draw();
        for (float& value : layer.bias) value = draw();
        model.layers.push_back(std::move(layer));
    }
    return model;
}

std::string weights_sha256(const ModelParameters& model) {
    Sha256 hash;
    for (const NamedTensor& tensor : tensors_of(model)) hash.add(std::as_bytes(tensor.values));
    return hash.hex();
}

void save_model(const ModelParameters& model, const fs::path& path, bool replace,
                const ModelMetadata& metadata) {
    const std::vector<NamedTensor> tensors = tensors_of(model);
    nlohmann::ordered_json header;
    header["__metadata__"]["format"] = "pt";
    for (const auto& [key, text] : metadata) header["__metadata__"][key] = text;
    std::size_t end = 0;
    for (const NamedTensor& tensor : tensors) {
        const std::size_t begin = end;
        end += tensor.values.size_bytes();
        header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    }
    std::string content = safetensors_prefix(header.dump());
    content.reserve(content.size() + end);
    for (const NamedTensor& tensor : tensors)
        content.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size_bytes());
    write_file_atomically(path, content, replace ? IfExists::replace : IfExists::fail);
}

ModelMetadata load_metadata(const fs::path& path) {
    return ModelReader(path).metadata();
}

ModelParameters load_model(const fs::path& path,
                           const std::optional<std::vector<std::size_t>>& expected_dims) {
    ModelReader reader(path);
    ModelParameters model;
    const std::size_t layers = reader.count_layers();
    for (std::size_t l = 0; l < layers; ++l) {
        const std::string weight = fmt::format("fc{}.weight", l + 1);
        const std::string bias = fmt::format("fc{}.bias", l + 1);
        const std::vector<std::size_t> extents = reader.shape(weight, 2);
        const std::size_t outputs = reader.shape(bias, 1).front();
        if (outputs != extents[0])
            reader.fault(reader.info(bias),
                         fmt::format("{} with the {} outputs of {}", bias, extents[0], weight),
                         fmt::format("{}", outputs));
        if (l > 0 && extents[1] != model.layers.back().out)
            reader.fault(reader.info(weight),
                         fmt::format("{} with the {} inputs that the layer before gives", weight,
                                     model.layers.back().out),
                         fmt::format("{}", extents[1]));
        model.layers.push_back({.in = extents[1], .out = extents[0], .weight = {}, .bias = {}});
    }
    if (expected_dims && model.dims() != *expected_dims)
        throw InputError(
            {.where = path.string(),
             .expected = fmt::format("a network {}", joined(*expected_dims)),
             .found = joined(model.dims()),
             .remedy = "Choose a model of that shape, or the data set and hidden sizes of this model"});
    for (std::size_t l = 0; l < layers; ++l) {
        model.layers[l].weight = reader.values(fmt::format("fc{}.weight", l + 1));
        model.layers[l].bias = reader.values(fmt::format("fc{}.bias", l + 1));
    }
    return model;
}

}  // namespace mnist
