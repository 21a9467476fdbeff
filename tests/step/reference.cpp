// The reference operations as plain loops over pointers. The loop order keeps the innermost index contiguous,
// which is all the tuning that there is.
#include "step/reference.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mnist/core/bf16.hpp"

namespace mnist::reference {
namespace {

double dot(const double* a, const double* b, std::size_t n) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
}

void add_scaled(double factor, const double* src, double* dst, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) dst[i] += factor * src[i];
}

std::vector<Layer> layers_of(const ModelParameters& model) {
    std::vector<Layer> layers;
    for (const LayerParameters& layer : model.layers) {
        layers.push_back({.weight = Tensor(layer.weight.begin(), layer.weight.end()),
                          .bias = Tensor(layer.bias.begin(), layer.bias.end())});
    }
    return layers;
}

}  // namespace

Tensor rounded_to_bf16(const Tensor& values) {
    Tensor rounded(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        rounded[i] = static_cast<double>(to_f32(to_bf16(static_cast<float>(values[i]))));
    return rounded;
}

Tensor normalised(std::span<const std::uint8_t> pixels) {
    Tensor values(pixels.size());
    for (std::size_t i = 0; i < pixels.size(); ++i) values[i] = (pixels[i] / 255.0 - 0.5) / 0.5;
    return values;
}

Tensor inner_product_forward(const InnerProductShape& shape, const Tensor& src, const Tensor& weights,
                             const Tensor& bias) {
    Tensor dst(shape.batch * shape.out);
    for (std::size_t n = 0; n < shape.batch; ++n) {
        for (std::size_t o = 0; o < shape.out; ++o) {
            dst[n * shape.out + o] =
                bias[o] + dot(src.data() + n * shape.in, weights.data() + o * shape.in, shape.in);
        }
    }
    return dst;
}

Tensor inner_product_backward_data(const InnerProductShape& shape, const Tensor& diff_dst,
                                   const Tensor& weights) {
    Tensor diff_src(shape.batch * shape.in, 0.0);
    for (std::size_t n = 0; n < shape.batch; ++n) {
        for (std::size_t o = 0; o < shape.out; ++o) {
            add_scaled(diff_dst[n * shape.out + o], weights.data() + o * shape.in,
                       diff_src.data() + n * shape.in, shape.in);
        }
    }
    return diff_src;
}

Layer inner_product_backward_weights(const InnerProductShape& shape, const Tensor& src,
                                     const Tensor& diff_dst) {
    Layer gradient{.weight = Tensor(shape.out * shape.in, 0.0), .bias = Tensor(shape.out, 0.0)};
    for (std::size_t n = 0; n < shape.batch; ++n) {
        for (std::size_t o = 0; o < shape.out; ++o) {
            const double diff = diff_dst[n * shape.out + o];
            add_scaled(diff, src.data() + n * shape.in, gradient.weight.data() + o * shape.in, shape.in);
            gradient.bias[o] += diff;
        }
    }
    return gradient;
}

Tensor relu_forward(const Tensor& src) {
    Tensor dst(src.size());
    for (std::size_t i = 0; i < src.size(); ++i) dst[i] = std::max(src[i], 0.0);
    return dst;
}

Tensor relu_backward(const Tensor& diff_dst, const Tensor& src) {
    Tensor diff_src(src.size());
    for (std::size_t i = 0; i < src.size(); ++i) diff_src[i] = src[i] > 0 ? diff_dst[i] : 0.0;
    return diff_src;
}

CrossEntropy softmax_cross_entropy(const Tensor& logits, std::span<const std::uint8_t> labels,
                                   std::size_t classes) {
    const auto batch = static_cast<double>(labels.size());
    CrossEntropy result{.loss = 0, .diff_logits = Tensor(logits.size())};
    for (std::size_t n = 0; n < labels.size(); ++n) {
        const double* row = logits.data() + n * classes;
        const double largest = *std::max_element(row, row + classes);
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) sum += std::exp(row[c] - largest);
        const std::size_t label = labels[n];
        result.loss += (std::log(sum) - (row[label] - largest)) / batch;
        for (std::size_t c = 0; c < classes; ++c) {
            const double probability = std::exp(row[c] - largest) / sum;
            result.diff_logits[n * classes + c] = (probability - (c == label ? 1.0 : 0.0)) / batch;
        }
    }
    return result;
}

void optimizer_update(const OptimizerRule& rule, const Tensor& gradient, Tensor& weights,
                      OptimizerState& state) {
    state.first.resize(weights.size(), 0.0);
    state.second.resize(weights.size(), 0.0);
    ++state.step;
    const auto t = static_cast<double>(state.step);
    const double correction1 = 1.0 - std::pow(rule.beta1, t);
    const double correction2 = 1.0 - std::pow(rule.beta2, t);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double g = gradient[i];
        double& first = state.first[i];
        double& second = state.second[i];
        switch (rule.kind) {
            case OptimizerKind::sgd:
                weights[i] -= rule.lr * g;
                break;
            case OptimizerKind::momentum:
                first = rule.momentum * first + g;
                weights[i] -= rule.lr * first;
                break;
            case OptimizerKind::rmsprop:
                first = rule.alpha * first + (1.0 - rule.alpha) * g * g;
                weights[i] -= rule.lr * g / (std::sqrt(first) + rule.epsilon);
                break;
            case OptimizerKind::adamw:
                weights[i] -= rule.lr * rule.weight_decay * weights[i];
                [[fallthrough]];
            case OptimizerKind::adam:
                first = rule.beta1 * first + (1.0 - rule.beta1) * g;
                second = rule.beta2 * second + (1.0 - rule.beta2) * g * g;
                weights[i] -=
                    rule.lr * (first / correction1) / (std::sqrt(second / correction2) + rule.epsilon);
                break;
        }
    }
}

ReferenceNet::ReferenceNet(std::vector<std::size_t> dims, std::vector<Layer> layers,
                           const OptimizerRule& rule)
    : dims_(std::move(dims)), layers_(std::move(layers)), states_(layers_.size()), rule_(rule) {}

ReferenceNet::ReferenceNet(const ModelParameters& model, const OptimizerRule& rule, Precision precision)
    : ReferenceNet(model.dims(), layers_of(model), rule) {
    precision_ = precision;
}

Tensor ReferenceNet::factor(const Tensor& values) const {
    return precision_ == Precision::bf16 ? rounded_to_bf16(values) : values;
}

InnerProductShape ReferenceNet::shape(std::size_t layer, std::size_t batch) const {
    return {.batch = batch, .in = dims_[layer], .out = dims_[layer + 1]};
}

std::vector<Tensor> ReferenceNet::activations(const Tensor& images) const {
    const std::size_t batch = images.size() / dims_.front();
    std::vector<Tensor> values{factor(images)};
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        Tensor dst =
            inner_product_forward(shape(l, batch), values.back(), factor(layers_[l].weight), layers_[l].bias);
        const bool last = l + 1 == layers_.size();
        values.push_back(last ? std::move(dst) : factor(relu_forward(dst)));
    }
    return values;
}

Tensor ReferenceNet::logits(const Tensor& images) const {
    return activations(images).back();
}

double ReferenceNet::compute_gradients(const Tensor& images, std::span<const std::uint8_t> labels) {
    const std::vector<Tensor> values = activations(images);
    CrossEntropy top = softmax_cross_entropy(values.back(), labels, dims_.back());
    Tensor diff_dst = factor(top.diff_logits);
    gradients_.resize(layers_.size());
    for (std::size_t l = layers_.size(); l-- > 0;) {
        const InnerProductShape extents = shape(l, labels.size());
        gradients_[l] = inner_product_backward_weights(extents, values[l], diff_dst);
        if (l == 0) break;  // nobody needs the gradient in the pixels
        diff_dst = factor(inner_product_backward_data(extents, diff_dst, factor(layers_[l].weight)));
        diff_dst = relu_backward(diff_dst, values[l]);
    }
    return top.loss;
}

double ReferenceNet::step(const Tensor& images, std::span<const std::uint8_t> labels) {
    const double loss = compute_gradients(images, labels);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        optimizer_update(rule_, gradients_[l].weight, layers_[l].weight, states_[l].weight);
        optimizer_update(rule_, gradients_[l].bias, layers_[l].bias, states_[l].bias);
    }
    return loss;
}

}  // namespace mnist::reference
