// Reads the golden file and carries out its formulas.
#include "step/golden_case.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace mnist {
namespace {

// x <- (1664525 x + 1013904223) mod 2^32, value x / 2^32 (Numerical Recipes' constants).
class Lcg {
  public:
    explicit Lcg(std::uint32_t seed) : x_(seed) {}
    double next() {
        x_ = 1664525U * x_ + 1013904223U;
        return x_ * 0x1p-32;
    }

  private:
    std::uint32_t x_;
};

reference::OptimizerRule rule_of(const nlohmann::json& entry) {
    const auto kind = optimizer_named(entry.at("name").get<std::string>());
    if (!kind) throw std::runtime_error("golden file: unknown optimizer " + entry.at("name").dump());
    reference::OptimizerRule rule{.kind = *kind, .lr = entry.at("lr").get<double>()};
    rule.momentum = entry.value("momentum", rule.momentum);
    rule.alpha = entry.value("alpha", rule.alpha);
    rule.weight_decay = entry.value("weight_decay", rule.weight_decay);
    return rule;
}

}  // namespace

std::vector<reference::Layer> GoldenCase::initial_layers() const {
    Lcg lcg(seed);
    std::vector<reference::Layer> layers;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) {
        const double root = std::sqrt(static_cast<double>(dims[l]));
        reference::Layer layer{.weight = reference::Tensor(dims[l] * dims[l + 1]),
                               .bias = reference::Tensor(dims[l + 1])};
        for (double& value : layer.weight) value = (2.0 * lcg.next() - 1.0) / root;
        for (double& value : layer.bias) value = (2.0 * lcg.next() - 1.0) / root;
        layers.push_back(std::move(layer));
    }
    return layers;
}

ModelParameters GoldenCase::initial_model() const {
    const auto rounded = [](const reference::Tensor& values) {
        AlignedVector<float> result;
        result.reserve(values.size());
        for (const double value : values) result.push_back(static_cast<float>(value));
        return result;
    };
    ModelParameters model;
    const std::vector<reference::Layer> layers = initial_layers();
    for (std::size_t l = 0; l < layers.size(); ++l) {
        model.layers.push_back({.in = dims[l],
                                .out = dims[l + 1],
                                .weight = rounded(layers[l].weight),
                                .bias = rounded(layers[l].bias)});
    }
    return model;
}

std::vector<std::uint8_t> GoldenCase::images() const {
    Lcg lcg(data_seed);
    std::vector<std::uint8_t> pixels(kBatches * batch * dims.front());
    for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(256.0 * lcg.next());
    return pixels;
}

std::vector<std::uint8_t> GoldenCase::labels() const {
    std::vector<std::uint8_t> classes(kBatches * batch);
    for (std::size_t n = 0; n < classes.size(); ++n) classes[n] = static_cast<std::uint8_t>((7 * n + 3) % 10);
    return classes;
}

std::vector<GoldenCase> golden_cases() {
    std::ifstream file(MNIST_TEST_DATA_DIR "/pytorch_float64.json");
    if (!file) throw std::runtime_error("cannot open " MNIST_TEST_DATA_DIR "/pytorch_float64.json");
    const nlohmann::json document = nlohmann::json::parse(file);
    std::vector<GoldenCase> cases;
    for (const nlohmann::json& entry : document.at("cases")) {
        cases.push_back(
            {.name = entry.at("name").get<std::string>(),
             .optimizer = rule_of(entry.at("optimizer")),
             .dims = entry.at("dims").get<std::vector<std::size_t>>(),
             .batch = entry.at("batch").get<std::size_t>(),
             .steps = entry.at("steps").get<std::size_t>(),
             .seed = entry.at("seed").get<std::uint32_t>(),
             .data_seed = entry.at("data_seed").get<std::uint32_t>(),
             .losses = entry.at("loss_per_step").get<std::vector<double>>(),
             .gradient_norms = entry.at("grad_l2_norm_step1").get<std::vector<double>>(),
             .parameter_norms = entry.at("param_l2_norm_final").get<std::vector<double>>(),
             .logits = entry.at("logits_final_first_two_samples").get<std::vector<std::vector<double>>>()});
    }
    return cases;
}

}  // namespace mnist
