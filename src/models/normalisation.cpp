// A pixel is p / 255 = (x + 1) / 2 in our x, so a network that reads (p / 255 - mean) / std reads
// x / (2 std) + (0.5 - mean) / std.
#include "mnist/models/normalisation.hpp"

#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/core/parsed.hpp"
#include "safetensors.hpp"

namespace mnist {

std::optional<double> stored_number(const ModelMetadata& metadata, const std::string& key, double low,
                                    double high, const std::string& where) {
    const auto entry = metadata.find(key);
    if (entry == metadata.end()) return std::nullopt;
    const std::string& text = entry->second;
    const auto number = parsed<double>(text);
    if (!number || !(*number >= low && *number <= high))
        throw InputError(
            {.where = where,
             .expected = fmt::format("a number from {} to {} as \"{}\" in \"__metadata__\"", low, high, key),
             .found = in_quotes(text),
             .remedy = "It is of pixels from 0 to 1, as PyTorch's ToTensor gives them"});
    return number;
}

std::optional<Normalisation> stored_normalisation(const ModelMetadata& metadata, const std::string& where) {
    const auto mean = stored_number(metadata, kMeanKey, -kMostMean, kMostMean, where);
    const auto std = stored_number(metadata, kStdKey, kLeastStd, kMostStd, where);
    if (mean.has_value() != std.has_value())
        throw InputError(
            {.where = where,
             .expected = fmt::format("both \"{}\" and \"{}\" in \"__metadata__\"", kMeanKey, kStdKey),
             .found = "one of them"});
    if (!mean) return std::nullopt;
    return Normalisation{.mean = *mean, .std = *std};
}

LayerParameters with_other_inputs(const LayerParameters& layer, double factor, double offset) {
    LayerParameters result = layer;
    for (std::size_t o = 0; o < layer.out; ++o) {
        double sum = 0;
        for (std::size_t i = 0; i < layer.in; ++i) {
            const float weight = layer.weight[o * layer.in + i];
            sum += weight;
            result.weight[o * layer.in + i] = static_cast<float>(weight * factor);
        }
        result.bias[o] = static_cast<float>(layer.bias[o] + offset * sum);
    }
    return result;
}

LayerParameters with_our_pixels(const LayerParameters& first, const Normalisation& read) {
    if (read == Normalisation{}) return first;
    return with_other_inputs(first, 1 / (2 * read.std), (0.5 - read.mean) / read.std);
}

}  // namespace mnist
