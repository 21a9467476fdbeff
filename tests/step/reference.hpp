// Every operation of the training step once more, in double precision and written to be read: the yardstick
// for the fast code. No blocking, no threads, no vector tricks. In a namespace of its own, because the fast
// operations have the same names. All tensors are dense row-major std::vector<double>; extents are passed
// beside them and trusted (tests only).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mnist/core/train_config.hpp"
#include "mnist/models/model_file.hpp"

namespace mnist::reference {

using Tensor = std::vector<double>;

/// Extents of one inner product over a batch.
struct InnerProductShape {
    std::size_t batch = 0;
    std::size_t in = 0;
    std::size_t out = 0;
};

/// Weights [out, in] and bias [out] of one layer, or their gradients.
struct Layer {
    Tensor weight;
    Tensor bias;
};

/// Every value rounded to the nearest bf16.
[[nodiscard]] Tensor rounded_to_bf16(const Tensor& values);

/// Pixels as the network reads them: (x/255 - 0.5)/0.5.
[[nodiscard]] Tensor normalised(std::span<const std::uint8_t> pixels);

/// dst[n][o] = bias[o] + sum over i of src[n][i] weights[o][i]. Returns dst [batch, out].
[[nodiscard]] Tensor inner_product_forward(const InnerProductShape& shape, const Tensor& src,
                                           const Tensor& weights, const Tensor& bias);

/// diff_src[n][i] = sum over o of diff_dst[n][o] weights[o][i]. Returns diff_src [batch, in].
[[nodiscard]] Tensor inner_product_backward_data(const InnerProductShape& shape, const Tensor& diff_dst,
                                                 const Tensor& weights);

/// diff_weights[o][i] = sum over n of diff_dst[n][o] src[n][i]; diff_bias[o] = sum over n of diff_dst[n][o].
[[nodiscard]] Layer inner_product_backward_weights(const InnerProductShape& shape, const Tensor& src,
                                                   const Tensor& diff_dst);

/// max(0, x).
[[nodiscard]] Tensor relu_forward(const Tensor& src);

/// diff_dst where src > 0, else 0. `src` may as well be the result of relu_forward: the sign decides alike.
[[nodiscard]] Tensor relu_backward(const Tensor& diff_dst, const Tensor& src);

struct CrossEntropy {
    double loss = 0;     ///< nats, mean over the batch
    Tensor diff_logits;  ///< [batch, classes], divided by the batch
};

/// Softmax cross-entropy, stable for any finite logits (the row's maximum is subtracted first). Source:
/// Goodfellow et al. 2016, 6.2.2.3.
[[nodiscard]] CrossEntropy softmax_cross_entropy(const Tensor& logits, std::span<const std::uint8_t> labels,
                                                 std::size_t classes);

/// What an optimizer does with a gradient; fields that a kind does not use are ignored.
struct OptimizerRule {
    OptimizerKind kind = OptimizerKind::sgd;
    double lr = 0;
    double momentum = 0.9;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0.01;
    double alpha = 0.99;
};

/// Running values of one parameter tensor; zeros before the first step.
struct OptimizerState {
    Tensor first;          ///< momentum's v, Adam's m
    Tensor second;         ///< Adam's v
    std::size_t step = 0;  ///< steps done
};

/// One step of PyTorch's rules, in place:
///   sgd       w -= lr g
///   momentum  v = momentum v + g;  w -= lr v
///   adam      m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
///             w -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
///   adamw     w -= lr weight_decay w;  then Adam's step
///   rmsprop   m = alpha m + (1 - alpha) g^2;  w -= lr g / (sqrt(m) + epsilon)
/// Sources: Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2.
void optimizer_update(const OptimizerRule& rule, const Tensor& gradient, Tensor& weights,
                      OptimizerState& state);

/// The whole perceptron: inner products with ReLU between them, cross-entropy on top, any extents. In bf16
/// what the inner products multiply is rounded: images, weights, results of hidden layers, the gradient in
/// the logits and those in the hidden layers; not the weights that are updated, biases, gradients of weights,
/// logits and loss.
class ReferenceNet {
  public:
    /// `layers` as initial values; dims = {in, hidden..., classes}.
    ReferenceNet(std::vector<std::size_t> dims, std::vector<Layer> layers, const OptimizerRule& rule);
    /// The same from a float model.
    ReferenceNet(const ModelParameters& model, const OptimizerRule& rule,
                 Precision precision = Precision::f32);

    /// Loss of this batch before the update; leaves its gradient in gradients(); does not update.
    ///   images  [batch, in], normalised
    ///   labels  [batch]
    double compute_gradients(const Tensor& images, std::span<const std::uint8_t> labels);
    /// compute_gradients, then one optimizer update of every tensor. Returns the loss before the update.
    double step(const Tensor& images, std::span<const std::uint8_t> labels);
    /// [batch, classes].
    [[nodiscard]] Tensor logits(const Tensor& images) const;

    [[nodiscard]] const std::vector<Layer>& gradients() const noexcept { return gradients_; }
    [[nodiscard]] const std::vector<Layer>& layers() const noexcept { return layers_; }
    /// For finite differences.
    [[nodiscard]] std::vector<Layer>& layers() noexcept { return layers_; }
    [[nodiscard]] const std::vector<std::size_t>& dims() const noexcept { return dims_; }

  private:
    // What a product multiplies: rounded in bf16, the same in f32.
    [[nodiscard]] Tensor factor(const Tensor& values) const;
    // Input of every layer, then the logits: layers + 1 tensors.
    [[nodiscard]] std::vector<Tensor> activations(const Tensor& images) const;
    [[nodiscard]] InnerProductShape shape(std::size_t layer, std::size_t batch) const;

    struct LayerState {
        OptimizerState weight;
        OptimizerState bias;
    };

    std::vector<std::size_t> dims_;
    std::vector<Layer> layers_;
    std::vector<Layer> gradients_;
    std::vector<LayerState> states_;
    OptimizerRule rule_;
    Precision precision_ = Precision::f32;
};

}  // namespace mnist::reference
