// The primitives of the row-wise phase for one number of rows: forward through all layers and, for training,
// backward-data. ReLU's gradient is a loop of our own (part_sums). Private to this room.
#pragma once

#include <cstddef>
#include <vector>

#include "layer_memory.hpp"
#include "mnist/core/facts.hpp"
#include "onednn.hpp"

namespace mnist {

/// A primitive with its scratchpads of all threads.
struct TeamPrimitive {
    onednn::Primitive primitive;
    std::vector<dnnl::memory> scratchpads;
};

/// A call bound to buffers; run it as thread t.
struct TeamCall {
    onednn::Call call;
    const std::vector<dnnl::memory>* scratchpads;
    void run(std::size_t thread) const { call.run((*scratchpads)[thread]); }
};

/// Binds `primitive` to its arguments. The primitive must outlive the call.
[[nodiscard]] TeamCall bind(const TeamPrimitive& primitive, std::vector<onednn::Call::Argument> arguments);

/// What the primitives of a number of rows are for.
enum class RowsUse {
    evaluation,       ///< forward alone
    panel_training,   ///< the first layer's forward is that of one panel
    sliced_training,  ///< as panel_training, and the second layer is that of one slice, without ReLU
};

/// The type of a layer's results in a network that computes in `precision`: logits are f32 always.
[[nodiscard]] inline Precision results_type(std::size_t layer, std::size_t layers, Precision precision) {
    return layer + 1 == layers ? Precision::f32 : precision;
}

struct RowsPrimitives {
    RowsPrimitives(std::size_t rows_in_tile, const std::vector<LayerMemory>& layers, RowsUse use,
                   Precision type);
    /// Every primitive, for scratchpads.
    [[nodiscard]] std::vector<TeamPrimitive*> all();

    std::size_t rows;
    Precision precision;
    std::vector<TeamPrimitive> forward;       ///< [layers]; ReLU as a post-op in all but the last
    std::vector<TeamPrimitive> later_slices;  ///< of sliced training: the second layer's forward without bias
    std::vector<TeamPrimitive> backward_data;  ///< [layers - 1]; entry l is layer l + 1's
};

/// The layers of a network, first to last, wherever each lies; not owned.
using LayerList = std::vector<LayerMemory*>;

/// Where the rows of a tile lie; each pointer is the tile's first row. Types as the primitives have them.
struct TileBuffers {
    std::size_t first_layer = 0;  ///< that is left to run: those below it have run already
    void* src = nullptr;          ///< [rows, in_padded of the first layer]; null where that has run
    std::vector<void*> dst;       ///< [layers] of [rows, out_padded]
    std::vector<void*>
        panel_dst;  ///< [panels of the first layer] of [rows, panel_width]; empty where no merge is needed
    std::vector<void*> diff_dst;  ///< [layers] of [rows, out_padded]; empty without training
};

/// Forward of a tile, first layer to last. Where the first layer runs panel by panel, or has run so before,
/// its panels are merged.
class TileForward {
  public:
    TileForward(const RowsPrimitives& primitives, const LayerList& layers, const TileBuffers& buffers);
    void run(std::size_t thread) const;

  private:
    void bind_panels(const RowsPrimitives& primitives, LayerMemory& layer, const TileBuffers& buffers);
    void bind_layer(const RowsPrimitives& primitives, LayerMemory& layer, std::size_t index, void* src,
                    void* dst);

    std::size_t rows_;
    std::size_t panel_bytes_;  ///< of a row
    std::vector<void*> panel_dst_;
    void* merged_;
    std::vector<TeamCall> panels_;
    std::vector<TeamCall> layers_;
};

/// Backward-data of a tile in the order of execution: each layer from the last to first_layer (at least the
/// second). Entry k leaves diff_dst of layer (layers - 2 - k) complete but for ReLU's gradient.
[[nodiscard]] std::vector<TeamCall> bind_backward(const RowsPrimitives& primitives, const LayerList& layers,
                                                  const TileBuffers& buffers);

/// Splits the columns of row-major rows into panels: panels[p * panel_rows + r][c] = rows[r][p * width + c].
///   rows    [n, out_padded], read; numbers of `type`
///   panels  points at the first row in panel 0; a panel has `panel_rows` rows
void split_into_panels(const LayerPlan& plan, Precision type, const void* rows, std::size_t n, void* panels,
                       std::size_t panel_rows);

/// What oneDNN runs for each operation of a training step. `backward_weights` has an entry a layer.
[[nodiscard]] std::vector<PrimitiveFacts> describe(
    const RowsPrimitives& rows, const std::vector<const onednn::Primitive*>& backward_weights,
    const std::vector<LayerMemory>& layers);

}  // namespace mnist
