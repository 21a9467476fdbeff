// One training step for one batch size, ready to run: what there is to do for a strip of weights and for a
// block of rows. Who does which, and when, is the engine's. Private to this room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

#include "first_layer.hpp"
#include "mnist/step/engine.hpp"
#include "upper_layers.hpp"

namespace mnist {

/// How the work of a step is divided; the bits do not depend on it.
struct StepStrips {
    std::vector<Strip> forward;                ///< of the first layer
    std::vector<std::vector<Strip>> gradient;  ///< [layers]
    std::size_t span = 1;                      ///< groups of rows that are walked through together
};

/// How an optimizer changes weights in one step.
struct Update {
    UpdateFn weights;
    UpdateFn bias;
    UpdateScalars scalars;
};

/// What the programs of the full and of the last batch share: numbers of the groups of a span.
struct StepBuffers {
    FirstLayerBuffers first;
    RowBuffers rows;
};

class StepProgram {
  public:
    /// `strips`, `layers` and `buffers` are not owned.
    StepProgram(const BatchCut& cut, const StepStrips& strips, std::vector<LayerMemory>& layers,
                StepBuffers& buffers, Products& products, Precision type, Isa isa);
    StepProgram(const StepProgram&) = delete;
    StepProgram& operator=(const StepProgram&) = delete;

    [[nodiscard]] const BatchCut& cut() const noexcept { return cut_; }

    /// A strip's part of the first layer's sums for the rows of a tile.
    void forward(std::size_t strip, std::size_t group, std::size_t tile, const StepInput& input,
                 std::size_t worker) {
        first_.forward(strip, group, tile, input, worker);
    }
    /// The rows of a block of a group, from those parts through all layers and back. Returns the sum of their
    /// losses.
    double rows(std::size_t group, std::size_t block, const StepInput& input, std::size_t worker);
    /// The gradient of a strip over the rows of a group: the step's first group's overwrites, the others' are
    /// added. The first strip of a layer includes its biases.
    void gradient(std::size_t layer, std::size_t strip, std::size_t group, const StepInput& input,
                  std::size_t worker);
    /// The optimizer's update from it.
    void update(std::size_t layer, std::size_t strip, const Update& update);

    [[nodiscard]] std::vector<PrimitiveFacts> facts() const;

  private:
    /// Of a strip, for a whole group and what is left: the first group's, and the others'.
    struct Gradient {
        ProductsByRows overwrite, add;
    };
    [[nodiscard]] Gradient make_gradient(std::size_t layer, const Strip& strip, Products& products) const;

    BatchCut cut_;
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
