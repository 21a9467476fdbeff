// The checksum stands in the header and covers the file with zeros in its own place, so that no byte is left
// out, not even the header's blanks. It protects against damage, not against forgery.
#include "mnist/models/training_state.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <istream>
#include <nlohmann/json.hpp>
#include <span>
#include <streambuf>

#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "model_tensors.hpp"

namespace mnist {
namespace {

constexpr const char* kTextKey = "mnist.state";
constexpr std::string_view kChecksumStart = R"({"__metadata__":{"mnist.sha256":")";
constexpr std::size_t kHeaderLengthBytes = 8;
constexpr std::size_t kChecksumAt = kHeaderLengthBytes + kChecksumStart.size();
constexpr std::size_t kChecksumSize = 64;
constexpr const char* kDamaged = "The file is damaged";

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::string checksum_of(std::string_view content) {
    Sha256 hash;
    hash.add(bytes_of(content.substr(0, kChecksumAt)));
    hash.add(bytes_of(std::string(kChecksumSize, '0')));
    hash.add(bytes_of(content.substr(kChecksumAt + kChecksumSize)));
    return hash.hex();
}

void require_checksum(std::string_view content, const std::string& where) {
    if (content.size() < kChecksumAt + kChecksumSize ||
        content.substr(kHeaderLengthBytes, kChecksumStart.size()) != kChecksumStart)
        throw InputError(
            {.where = where,
             .expected = "a checkpoint",
             .found = content.empty() ? "an empty file" : "another kind of file, or a damaged one"});
    const std::string computed = checksum_of(content);
    if (content.substr(kChecksumAt, kChecksumSize) == computed) return;
    throw InputError({.where = where,
                      .expected = "the content that its checksum is of",
                      .found = fmt::format("another, with SHA-256 {}", computed),
                      .remedy = kDamaged});
}

// A stream over bytes that somebody else keeps.
class ViewBuffer final : public std::streambuf {
  public:
    explicit ViewBuffer(std::string_view view) {
        char* const begin = const_cast<char*>(view.data());  // the get area is never written to
        setg(begin, begin, begin + view.size());
    }
};

constexpr const char* kFirst = "first.";
constexpr const char* kSecond = "second.";

// A file of one state is a model file for whoever reads those.
std::string run_prefix(std::size_t run) {
    return run == 0 ? "" : fmt::format("run{}.", run + 1);
}

}  // namespace

std::string training_state_content(const std::string& text, std::span<const TrainingState> states) {
    std::vector<TensorBytes> tensors;
    const auto add = [&](const ModelParameters& model, const std::string& prefix) {
        for (TensorBytes& tensor : tensors_of(model, prefix.c_str())) tensors.push_back(std::move(tensor));
    };
    for (std::size_t r = 0; r < states.size(); ++r) {
        add(states[r].weights, run_prefix(r));
        add(states[r].first, run_prefix(r) + kFirst);
        add(states[r].second, run_prefix(r) + kSecond);
    }
    std::string content = safetensors_content(
        {{"mnist.sha256", std::string(kChecksumSize, '0')}, {"format", "pt"}, {kTextKey, text}}, tensors);
    content.replace(kChecksumAt, kChecksumSize, checksum_of(content));
    return content;
}

struct TrainingStateReader::Parts {
    std::string_view content;
    std::string where;
    SafetensorsHeader header;
    std::string text;

    // What the tensors of one kind hold; counts them.
    [[nodiscard]] ModelParameters model(const std::vector<std::size_t>& dims, const std::string& prefix,
                                        std::size_t& count) const {
        ModelParameters model;
        for (std::size_t l = 0; l + 1 < dims.size(); ++l) {
            const std::string name = fmt::format("{}fc{}", prefix, l + 1);
            model.layers.push_back({.in = dims[l],
                                    .out = dims[l + 1],
                                    .weight = values(name + ".weight", {dims[l + 1], dims[l]}),
                                    .bias = values(name + ".bias", {dims[l + 1]})});
            count += 2;
        }
        return model;
    }

    [[nodiscard]] AlignedVector<float> values(const std::string& name,
                                              const std::vector<std::uint64_t>& shape) const {
        const std::string expected = fmt::format("a tensor {} [{}] as F32", name, fmt::join(shape, ", "));
        const auto found = header.tensors.find(name);
        if (found == header.tensors.end())
            throw InputError({.where = where, .expected = expected, .found = "none of that name"});
        const TensorInfo& tensor = found->second;
        std::optional<std::size_t> bytes = sizeof(float);
        for (const std::uint64_t extent : shape) {
            if (bytes) bytes = checked_product({*bytes, extent});
        }
        if (tensor.dtype != "F32" || tensor.shape != shape || bytes != tensor.end - tensor.begin)
            throw InputError({.where = where,
                              .offset = header.data_offset + tensor.begin,
                              .expected = expected,
                              .found = fmt::format("[{}] as {}, {} bytes", fmt::join(tensor.shape, ", "),
                                                   in_quotes(tensor.dtype), tensor.end - tensor.begin)});
        AlignedVector<float> values(*bytes / sizeof(float));
        if (*bytes > 0)
            std::memcpy(values.data(), content.data() + header.data_offset + tensor.begin, *bytes);
        return values;
    }
};

TrainingStateReader::TrainingStateReader(std::string_view content, std::string where)
    : parts_(std::make_unique<Parts>()) {
    parts_->content = content;
    parts_->where = std::move(where);
    require_checksum(content, parts_->where);
    ViewBuffer buffer(content);
    std::istream file(&buffer);
    parts_->header = read_safetensors_header(file, content.size(), parts_->where);
    const auto text = parts_->header.metadata.find(kTextKey);
    if (text == parts_->header.metadata.end())
        throw InputError({.where = parts_->where,
                          .expected = fmt::format("a text \"{}\"", kTextKey),
                          .found = "a safetensors file without it"});
    parts_->text = std::move(text->second);
}

TrainingStateReader::~TrainingStateReader() = default;

const std::string& TrainingStateReader::text() const noexcept {
    return parts_->text;
}

std::vector<TrainingState> TrainingStateReader::states(const std::vector<std::size_t>& dims,
                                                       std::span<const OptimizerKind> optimizers) const {
    std::size_t count = 0;
    std::vector<TrainingState> states;
    for (std::size_t r = 0; r < optimizers.size(); ++r) {
        const std::string prefix = run_prefix(r);
        TrainingState& state = states.emplace_back();
        state.weights = parts_->model(dims, prefix, count);
        const std::size_t kept = optimizer(optimizers[r]).states;
        if (kept > 0) state.first = parts_->model(dims, prefix + kFirst, count);
        if (kept > 1) state.second = parts_->model(dims, prefix + kSecond, count);
    }
    if (parts_->header.tensors.size() != count)
        throw InputError({.where = parts_->where,
                          .expected = fmt::format("{} tensors for {} present runs", count, optimizers.size()),
                          .found = fmt::format("{}", parts_->header.tensors.size())});
    return states;
}

}  // namespace mnist
