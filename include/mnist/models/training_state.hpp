// Where a training stands between two epochs, and its file: weights, the optimizer's state and the number of
// its steps, beside one text of the caller's. The file is safetensors (any reader of those finds fc1.weight
// in it), with a SHA-256 over every byte of itself, so that a damaged one is told from a whole one before a
// word of it is believed. No generator's position is needed: shuffles are drawn by (seed, epoch), see
// core/rng.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

/// The whole file: `text`, and the tensors where there is a state: fcN.weight, fcN.bias and the same names
/// behind "first." and "second.". `steps` is not in the tensors, the caller's text keeps it. Throws
/// ShapeError where extents do not fit. Cost: one copy of the state in memory and one pass of SHA-256.
[[nodiscard]] std::string training_state_content(const std::string& text,
                                                 const std::optional<TrainingState>& state);

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
    /// Whether there are tensors.
    [[nodiscard]] bool has_state() const noexcept;
    /// The tensors of a network {in, hidden..., classes} that `optimizer` trains; `steps` is left to the
    /// caller. Throws InputError where the file has others, or others besides. Values may be anything that a
    /// float can be.
    [[nodiscard]] TrainingState state(const std::vector<std::size_t>& dims, OptimizerKind optimizer) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mnist
