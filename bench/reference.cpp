// Loops as one would write them down.
#include "reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mnist/core/error.hpp"
#include "mnist/core/rng.hpp"

namespace mnist::bench {

Reference product(const Operand& a, const Operand& b, std::size_t m, std::size_t k, std::size_t n) {
    Reference c{.values = std::vector<double>(m * n), .magnitudes = std::vector<double>(m * n)};
    for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t p = 0; p < k; ++p) {
            const double left = a.data[i * a.row + p * a.column];
            for (std::size_t j = 0; j < n; ++j) {
                const double term = left * b.data[p * b.row + j * b.column];
                c.values[i * n + j] += term;
                c.magnitudes[i * n + j] += std::abs(term);
            }
        }
    }
    return c;
}

void add_bias(Reference& reference, std::span<const float> bias) {
    for (std::size_t i = 0; i < reference.values.size(); ++i) {
        reference.values[i] += bias[i % bias.size()];
        reference.magnitudes[i] += std::abs(bias[i % bias.size()]);
    }
}

Reference reference_logits(const ModelParameters& model, const LabelledRows& rows) {
    Reference activations;
    for (std::size_t i = 0; i < rows.count * rows.pixels; ++i) {
        activations.values.push_back((rows.images[i] / 255.0 - 0.5) / 0.5);
        activations.magnitudes.push_back(1.0);
    }
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const LayerParameters& layer = model.layers[l];
        Reference next{.values = std::vector<double>(rows.count * layer.out),
                       .magnitudes = std::vector<double>(rows.count * layer.out)};
        for (std::size_t at = 0; at < next.values.size(); ++at) {
            const std::size_t row = at / layer.out * layer.in;
            const std::size_t o = at % layer.out;
            double sum = layer.bias[o];
            double magnitude = std::abs(sum);
            for (std::size_t i = 0; i < layer.in; ++i) {
                const double weight = layer.weight[o * layer.in + i];
                sum += weight * activations.values[row + i];
                magnitude += std::abs(weight) * activations.magnitudes[row + i];
            }
            next.values[at] = l + 1 < model.layers.size() ? std::max(sum, 0.0) : sum;
            next.magnitudes[at] = magnitude;
        }
        activations = std::move(next);
    }
    return activations;
}

Reference reference_logits(const QuantizedModel& model, const LabelledRows& rows) {
    std::vector<int> input(rows.images, rows.images + rows.count * rows.pixels);
    Reference logits;
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const QuantizedLayer& layer = model.layers[l];
        const bool last = l + 1 == model.layers.size();
        const float next = last ? 1 : model.layers[l + 1].input_scale;
        std::vector<int> output(rows.count * layer.out);
        for (std::size_t at = 0; at < output.size(); ++at) {
            const std::size_t o = at % layer.out;
            int sum = 0;
            for (std::size_t i = 0; i < layer.in; ++i)
                sum += layer.weight[o * layer.in + i] * input[at / layer.out * layer.in + i];
            const float value =
                static_cast<float>(sum) * (layer.input_scale * layer.scale[o] / next) + layer.bias[o] / next;
            const float raised = std::clamp(value, 0.0F, 255.0F) + 0.5F;
            output[at] = static_cast<int>(raised);
            if (!last) continue;
            logits.values.push_back(value);
            logits.magnitudes.push_back(std::abs(value) + std::abs(layer.bias[o]));
        }
        input = std::move(output);
    }
    return logits;
}

Reference reference_loss(std::span<const float> logits, std::span<const std::uint8_t> labels,
                         std::size_t classes) {
    Reference result;
    const auto rows = static_cast<double>(labels.size());
    double loss = 0;
    for (std::size_t r = 0; r < labels.size(); ++r) {
        const auto row = logits.subspan(r * classes, classes);
        const double most = *std::ranges::max_element(row);
        double sum = 0;
        for (const float logit : row) sum += std::exp(logit - most);
        loss += most + std::log(sum) - row[labels[r]];
        for (std::size_t c = 0; c < classes; ++c) {
            const double share = std::exp(row[c] - most) / sum;
            result.values.push_back((share - (c == labels[r] ? 1 : 0)) / rows);
            result.magnitudes.push_back(1 / rows);
        }
    }
    result.values.push_back(loss / rows);
    result.magnitudes.push_back(1 + loss / rows);
    return result;
}

void require_close(std::span<const float> found, const Reference& reference, const std::string& what,
                   double tolerance) {
    if (found.size() != reference.values.size())
        throw Error(fmt::format("{}: {} numbers where the reference has {}", what, found.size(),
                                reference.values.size()));
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double allowed = tolerance * reference.magnitudes[i] + 1e-30;
        if (std::abs(found[i] - reference.values[i]) <= allowed) continue;
        throw Error(fmt::format("{}: number {} is {}, the reference says {} (+- {:.1e}); not timed", what, i,
                                found[i], reference.values[i], allowed));
    }
}

std::vector<float> random_floats(std::size_t count, std::uint32_t stream) {
    CounterRng rng(1, RandomPurpose::synthetic, stream);
    std::vector<float> numbers(count);
    for (float& number : numbers) number = 2 * rng.next_unit() - 1;
    return numbers;
}

}  // namespace mnist::bench
