// Forward over a tile of rows with buffers of one thread: what evaluation runs. In f32 whatever the training
// computes in, so that the accuracy is that of the weights that are saved. Private to this room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <vector>

#include "mnist/core/pixels.hpp"
#include "mnist/nn/engine.hpp"
#include "mnist/nn/loss.hpp"
#include "rows_primitives.hpp"

namespace mnist {

class EvalProgram {
  public:
    EvalProgram(std::size_t tile_rows, std::vector<LayerMemory>& layers, std::size_t threads, Isa isa,
                std::pmr::memory_resource* memory);
    EvalProgram(const EvalProgram&) = delete;
    EvalProgram& operator=(const EvalProgram&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return primitives_.rows; }
    [[nodiscard]] std::vector<TeamPrimitive*> primitives() { return primitives_.all(); }
    [[nodiscard]] std::size_t tiles(std::size_t count) const { return (count + rows() - 1) / rows(); }

    /// Logits of tile t's rows, [rows, out_padded], in thread `thread`'s buffer. A last, smaller tile is
    /// computed as a whole tile; the rows beyond the data are left over from before and belong to nobody.
    const float* run_tile(std::size_t t, const LabelledRows& data, std::size_t thread);

    /// Sum of the losses of tile t's rows out of the logits that run_tile left.
    [[nodiscard]] double loss(std::size_t t, const LabelledRows& data, const float* logits) const;
    /// Rows of tile t that hold data.
    [[nodiscard]] std::size_t live_rows(std::size_t t, std::size_t count) const;

  private:
    struct ThreadBuffers {
        explicit ThreadBuffers(std::pmr::memory_resource* memory) : src(memory), panel_dst(memory) {}
        AlignedVector<float> src;
        std::vector<AlignedVector<float>> dst;
        AlignedVector<float> panel_dst;
        std::optional<TileForward> forward;
    };

    std::vector<LayerMemory>& layers_;
    NormalizeFn normalize_;
    LossFn loss_;
    RowsPrimitives primitives_;
    std::vector<ThreadBuffers> threads_;
};

}  // namespace mnist
