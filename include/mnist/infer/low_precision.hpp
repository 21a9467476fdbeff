// Inference in fewer bits than f32: int8 (u8 activations, s8 weights, 32-bit sums) and bf16 (f32 sums). Both
// read the pixels as they are: normalisation is part of the first layer (see with_raw_pixels). As in Engine,
// a thread takes a tile of rows through all layers, with one-thread primitives and buffers of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mnist/models/quantized_file.hpp"
#include "mnist/step/engine.hpp"

namespace mnist {

class LowPrecisionEngine {
  public:
    /// In int8, on any CPU, with the same bits on each. `tile`: rows that a thread computes at a time,
    /// from 1. `team` is not owned and must outlive the engine. Throws ShapeError, BackendError. Cost:
    /// milliseconds.
    LowPrecisionEngine(Team& team, const QuantizedModel& model, std::size_t tile);
    /// In bf16: weights and activations rounded to it. Throws BackendError where
    /// precision_obstacle(Precision::bf16) names something.
    LowPrecisionEngine(Team& team, const ModelParameters& model, std::size_t tile);
    ~LowPrecisionEngine();
    LowPrecisionEngine(const LowPrecisionEngine&) = delete;
    LowPrecisionEngine& operator=(const LowPrecisionEngine&) = delete;

    /// Logits of all rows, [count, classes] row-major.
    [[nodiscard]] std::vector<float> logits(const LabelledRows& rows);
    /// Loss, predictions and confusion matrix, as Engine::evaluate.
    [[nodiscard]] EvalOutcome evaluate(const LabelledRows& rows);
    /// What oneDNN runs for each layer.
    [[nodiscard]] std::vector<PrimitiveFacts> primitives() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mnist
