// One training step for one batch size, ready to run: what there is to do for a strip of weights and for a
// block of rows. Who does which, and when, is the engine's. Private to this room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "first_layer.hpp"
#include "mnist/step/engine.hpp"
#include "own_leaves.hpp"
#include "upper_layers.hpp"
#include "weights_update.hpp"

namespace mnist {

/// How the work of a step is divided; the bits do not depend on it.
struct StepStrips {
    std::vector<Strip> forward;                ///< of the first layer
    std::vector<std::vector<Strip>> gradient;  ///< [layers], of a shard's gradient
    std::vector<std::vector<Strip>> update;    ///< [layers]
    std::size_t shards = 1;                    ///< that are walked through side by side
};

/// The first of them that is of a chain, and the one behind the last: they follow each other.
[[nodiscard]] std::pair<std::size_t, std::size_t> strips_of_chain(const std::vector<Strip>& strips,
                                                                  std::size_t chain);

/// What the programs of the full and of the last batch share: numbers of the groups of a turn.
struct StepBuffers {
    FirstLayerBuffers first;
    RowBuffers rows;
};

class StepProgram {
  public:
    /// `strips`, `layers` and `buffers` are not owned; the layers have room for the buffers of `own`.
    StepProgram(const BatchCut& cut, OwnLeaves own, const StepStrips& strips,
                std::vector<LayerMemory>& layers, StepBuffers& buffers, Products& products, Precision type,
                Isa isa);
    StepProgram(const StepProgram&) = delete;
    StepProgram& operator=(const StepProgram&) = delete;

    [[nodiscard]] const BatchCut& cut() const noexcept { return cut_; }
    [[nodiscard]] const OwnLeaves& own() const noexcept { return own_; }
    [[nodiscard]] std::size_t turns() const noexcept { return turns_; }
    /// What a shard works on in a turn, if it has so many.
    [[nodiscard]] std::optional<GroupPlace> place(std::size_t shard, std::size_t turn) const {
        const std::optional<std::size_t> group = own_.group(cut_, shard, turn);
        return group ? std::optional(GroupPlace{.group = *group, .shard = shard, .turn = turn})
                     : std::nullopt;
    }

    /// A strip's part of the first layer's sums for the rows of a tile.
    void forward(std::size_t strip, const GroupPlace& place, std::size_t tile, const StepInput& input,
                 std::size_t worker) {
        first_.forward(strip, place, tile, input, worker);
    }
    /// The rows of a block of a group, from those parts through all layers and back. Returns the sum of their
    /// losses.
    double rows(const GroupPlace& place, std::size_t block, const StepInput& input, std::size_t worker);
    /// The gradient of a strip over the rows of a group, added to those of the shard's groups before it as
    /// sum_tree.hpp says. The first strip of a layer includes its biases.
    void gradient(std::size_t layer, std::size_t strip, const GroupPlace& place, const StepInput& input,
                  std::size_t worker);
    /// Joins the shards' gradients of an update's strip; and the optimizer's update from it, if there is one.
    void finish(std::size_t layer, std::size_t strip, const std::optional<Update>& update);

    [[nodiscard]] std::vector<PrimitiveFacts> facts() const;

  private:
    /// Of a strip, for a whole group and what is left: that of a leaf's first group, and of the others.
    struct Gradient {
        ProductsByRows overwrite, add;
    };
    [[nodiscard]] Gradient make_gradient(std::size_t layer, const Strip& strip, Products& products) const;
    void join(LayerMemory& layer, const Strip& strip, bool bias, SumJoin buffers) const;

    BatchCut cut_;
    OwnLeaves own_;
    std::size_t turns_;
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
