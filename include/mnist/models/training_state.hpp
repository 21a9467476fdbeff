// Where trainings stand between two epochs, and their file: weights, the optimizer's state and the number of
// its steps of each, beside one text of the caller's. The file is safetensors (any reader of those finds
// fc1.weight in it), with a SHA-256 over every byte of itself, so that a damaged one is told from a whole one
// before a word of it is believed. No generator's position is needed: shuffles are drawn by (seed, epoch),
// see core/rng.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/core/train_config.hpp"
#include "mnist/models/model_file.hpp"

namespace mnist {

struct TrainingState {
    ModelParameters weights;
    ModelParameters first;    ///< momentum's v, Adam's m; no layers for SGD
    ModelParameters second;   ///< Adam's v; no layers for the others
    std::uint64_t steps = 0;  ///< that the optimizer has taken
};

/// The whole file: `text`, and the tensors of each state: fcN.weight, fcN.bias and the same names behind
/// "first." and "second."; those of the second and later states behind "run2.", "run3.", ... as well. `steps`
/// is not in the tensors, the caller's text keeps it. Throws ShapeError where extents do not fit. Cost: one
/// copy of the states in memory and one pass of SHA-256.
[[nodiscard]] std::string training_state_content(const std::string& text,
                                                 std::span<const TrainingState> states);

/// A file's content, checked as a whole: the checksum first, then the container.
class TrainingStateReader {
  public:
    /// `content` is not owned and must outlive the reader. Throws InputError: no such file at all, a checksum
    /// that does not fit, or a container that is none. Memory: in proportion to the header.
    TrainingStateReader(std::string_view content, std::string where);
    ~TrainingStateReader();
    TrainingStateReader(const TrainingStateReader&) = delete;
    TrainingStateReader& operator=(const TrainingStateReader&) = delete;

    [[nodiscard]] const std::string& text() const noexcept;
    /// The states of a network {in, hidden..., classes} that `optimizers` train, one each; their `steps` are
    /// left to the caller. Throws InputError where the file has others, or others besides. Values may be
    /// anything that a float can be.
    [[nodiscard]] std::vector<TrainingState> states(const std::vector<std::size_t>& dims,
                                                    std::span<const OptimizerKind> optimizers) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mnist
