// One training step for one batch size, ready to run: what there is to do for a strip of weights and for a
// block of rows. Who does which, and when, is the engine's. Private to this room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

#include "first_layer.hpp"
#include "mnist/step/engine.hpp"
#include "sum_tree.hpp"
#include "upper_layers.hpp"
#include "weights_update.hpp"

namespace mnist {

/// How the work of a step is divided; the bits do not depend on it.
struct StepStrips {
    std::vector<Strip> forward;                ///< of the first layer
    std::vector<std::vector<Strip>> gradient;  ///< [layers]
    std::size_t span = 1;                      ///< groups of rows that are walked through together
};

/// The leaves of a batch that this process computes, and how it adds them: one after the other, each on top
/// of what is there.
struct OwnLeaves {
    std::size_t first = 0, end = 0;
    SumPlan sums;

    [[nodiscard]] std::size_t first_group(const BatchCut& cut) const { return first * cut.groups_of_leaf(); }
    [[nodiscard]] std::size_t end_group(const BatchCut& cut) const {
        return std::min(cut.groups(), end * cut.groups_of_leaf());
    }
};

/// All of a batch.
[[nodiscard]] OwnLeaves all_leaves(const BatchCut& cut);

/// What the programs of the full and of the last batch share: numbers of the groups of a span.
struct StepBuffers {
    FirstLayerBuffers first;
    RowBuffers rows;
};

class StepProgram {
  public:
    /// `strips`, `layers` and `buffers` are not owned; the layers have room for the sums of `own`.
    StepProgram(const BatchCut& cut, OwnLeaves own, const StepStrips& strips,
                std::vector<LayerMemory>& layers, StepBuffers& buffers, Products& products, Precision type,
                Isa isa);
    StepProgram(const StepProgram&) = delete;
    StepProgram& operator=(const StepProgram&) = delete;

    [[nodiscard]] const BatchCut& cut() const noexcept { return cut_; }
    /// The groups of its own leaves.
    [[nodiscard]] std::size_t first_group() const { return own_.first_group(cut_); }
    [[nodiscard]] std::size_t end_group() const { return own_.end_group(cut_); }

    /// A strip's part of the first layer's sums for the rows of a tile.
    void forward(std::size_t strip, std::size_t group, std::size_t tile, const StepInput& input,
                 std::size_t worker) {
        first_.forward(strip, group, tile, input, worker);
    }
    /// The rows of a block of a group, from those parts through all layers and back. Returns the sum of their
    /// losses.
    double rows(std::size_t group, std::size_t block, const StepInput& input, std::size_t worker);
    /// The gradient of a strip over the rows of a group, added to those of the groups before it as
    /// sum_tree.hpp says. The first strip of a layer includes its biases.
    void gradient(std::size_t layer, std::size_t strip, std::size_t group, const StepInput& input,
                  std::size_t worker);
    /// The optimizer's update from it.
    void update(std::size_t layer, std::size_t strip, const Update& update);

    [[nodiscard]] std::vector<PrimitiveFacts> facts() const;

  private:
    /// Of a strip, for a whole group and what is left: that of a leaf's first group, and of the others.
    struct Gradient {
        ProductsByRows overwrite, add;
    };
    [[nodiscard]] Gradient make_gradient(std::size_t layer, const Strip& strip, Products& products) const;
    void merge(LayerMemory& layer, const Strip& strip, std::size_t slot) const;

    BatchCut cut_;
    OwnLeaves own_;
    const StepStrips& strips_;
    std::vector<LayerMemory>& layers_;
    StepBuffers& buffers_;
    Precision type_;
    Isa isa_;
    FirstLayer first_;
    UpperLayers upper_;
    std::vector<std::vector<Gradient>> gradients_;  ///< [layers] of [strips]
};

}  // namespace mnist
