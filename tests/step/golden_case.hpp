// Training trajectories that PyTorch computed in float64 (tests/golden/pytorch_float64.json), and the
// formulas that give their inputs, so that no binary data is needed. The file describes the formulas in
// words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mnist/models/model_file.hpp"
#include "step/reference.hpp"

namespace mnist {

struct GoldenCase {
    std::string name;
    reference::OptimizerRule optimizer;
    std::vector<std::size_t> dims;  ///< {in, hidden..., classes}
    std::size_t batch = 0;          ///< samples a step; step s trains on batch s mod kBatches, in order
    std::size_t steps = 0;
    std::uint32_t seed = 0;
    std::uint32_t data_seed = 0;
    std::vector<double> losses;               ///< [steps], nats, before each step's update
    std::vector<double> gradient_norms;       ///< of step 1: L2 of fc1.weight, fc1.bias, fc2.weight, ...
    std::vector<double> parameter_norms;      ///< after the last step, in the same order
    std::vector<std::vector<double>> logits;  ///< after the last step, of the first samples [2][classes]

    static constexpr std::size_t kBatches = 4;

    /// Initial weights in double, as PyTorch had them.
    [[nodiscard]] std::vector<reference::Layer> initial_layers() const;
    /// The same rounded to float, for the engine.
    [[nodiscard]] ModelParameters initial_model() const;
    /// [kBatches * batch, dims[0]] u8.
    [[nodiscard]] std::vector<std::uint8_t> images() const;
    /// [kBatches * batch] u8.
    [[nodiscard]] std::vector<std::uint8_t> labels() const;
};

/// All cases of the file. Throws std::runtime_error where it cannot be read.
[[nodiscard]] std::vector<GoldenCase> golden_cases();

}  // namespace mnist
