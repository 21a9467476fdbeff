// Forward over a tile of rows with buffers of one thread: what evaluation runs. In f32 whatever the training
// computes in, so that the accuracy is that of the weights that are saved. Private to this room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <vector>

#include "first_layer.hpp"
#include "mnist/core/pixels.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/loss.hpp"
#include "products.hpp"

namespace mnist {

class EvalProgram {
  public:
    /// `lenders`: what training keeps for each thread and evaluation may use, or null; not owned.
    EvalProgram(std::size_t tile_rows, std::vector<LayerMemory>& layers, std::size_t threads, Isa isa,
                Products& products, std::vector<WorkerRows>* lenders, std::pmr::memory_resource* memory);
    EvalProgram(const EvalProgram&) = delete;
    EvalProgram& operator=(const EvalProgram&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t tiles(std::size_t count) const { return (count + rows_ - 1) / rows_; }

    /// Logits of tile t's rows, [rows, out_padded], in thread `thread`'s buffer. A last, smaller tile is
    /// computed as a whole tile; the rows beyond the data are left over from before and belong to nobody.
    const float* run_tile(std::size_t t, const LabelledRows& data, std::size_t thread);

    /// Sum of the losses of tile t's rows out of the logits that run_tile left.
    [[nodiscard]] double loss(std::size_t t, const LabelledRows& data, const float* logits) const;
    /// Rows of tile t that hold data.
    [[nodiscard]] std::size_t live_rows(std::size_t t, std::size_t count) const;

  private:
    /// Outputs that one product computes: a panel, where these lie input-major, else all.
    [[nodiscard]] static std::size_t width_of(const LayerPlan& plan) {
        return plan.layout == WeightsLayout::input_major ? plan.panel_width : plan.out_padded;
    }

    struct Values {
        float* rows = nullptr;  ///< lent, or own ones
        std::optional<AlignedVector<float>> own_rows{};
        std::vector<AlignedVector<float>> results;  ///< [layers]
    };
    /// Made by the thread itself, in memory near it, when it has its first tile.
    [[nodiscard]] Values& values_of(std::size_t thread);

    std::size_t rows_;
    std::vector<LayerMemory>& layers_;
    NormalizeFn normalize_;
    LossFn loss_;
    std::pmr::memory_resource* memory_;  ///< that the threads ask
    std::vector<TeamProduct*> forward_;  ///< [layers]
    std::vector<WorkerRows>* lenders_;
    std::vector<Values> values_;  ///< [threads]; none where a thread had no tile
};

}  // namespace mnist
