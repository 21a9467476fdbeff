// How a layer lies in memory. Widths are padded to 16, so that no vector remainder and no padding inside a
// oneDNN layout is left: dead inputs and outputs have zero weights and get zero gradients, so they stay zero
// and cost only arithmetic. A layer's weights are cut by output channels into panels of equal width. A panel
// is contiguous, is itself a valid weights tensor of (width, in), and belongs to one thread at a time. The
// gradients of large batches are two sums, each of half the rows, that are added at the end.
#pragma once

#include <cstddef>
#include <vector>

namespace mnist {

/// Element order inside a panel.
enum class WeightsLayout {
    blocked,       ///< oneDNN's OI16i{64,32,16}o: what its AVX-512 matrix kernels read directly
    output_major,  ///< oi: the inputs of an output side by side, as PyTorch has them
    input_major,   ///< io: the outputs of an input side by side; a layer of several panels runs forward panel
                   ///< by panel
};

/// Which of oneDNN's implementations the layouts are chosen for.
enum class KernelFamily {
    blocked,  ///< matrix kernels for blocked weights (brgemm): every layer blocked
    amx,      ///< the same on AMX's tiles, in bf16 alone: inputs come in blocks of 32
    gemm,  ///< general matrix multiplication: first layer input_major, which its forward reads fastest; the
           ///< others output_major
};

inline constexpr std::size_t kLane = 16;       ///< floats in a cache line; every padded extent is a multiple
inline constexpr std::size_t kAmxInputs = 32;  ///< bf16 numbers in a row of an AMX tile, a cache line

struct LayerPlan {
    std::size_t in = 0;           ///< real inputs
    std::size_t out = 0;          ///< real outputs
    std::size_t in_padded = 0;    ///< multiple of kLane; of kAmxInputs in the family amx
    std::size_t out_padded = 0;   ///< multiple of kLane
    std::size_t panel_width = 0;  ///< outputs of a panel: 64, 32 or 16; divides out_padded
    std::size_t slices = 1;  ///< into which the inputs are cut for training: the panels of the layer below,
                             ///< or 1. A layer of several slices has one panel, so that a slice is contiguous
    WeightsLayout layout = WeightsLayout::output_major;
    std::size_t bf16_block = kLane;  ///< inputs in a block of blocked weights in bf16: kLane or kAmxInputs
    /// Of the gradient where training is f32, or bf16 on AMX. It is output_major also beside blocked weights,
    /// unless these are sliced: as the product of gradients and rows it reads the rows as the forward pass
    /// does, and turning it on its way into the optimizer costs less than transposing the rows.
    WeightsLayout gradient_layout = WeightsLayout::output_major;

    [[nodiscard]] std::size_t panels() const { return out_padded / panel_width; }
    [[nodiscard]] std::size_t panel_floats() const { return panel_width * in_padded; }
    [[nodiscard]] std::size_t weight_floats() const { return out_padded * in_padded; }
    [[nodiscard]] std::size_t slice_width() const { return in_padded / slices; }
    [[nodiscard]] std::size_t slice_floats() const { return out_padded * slice_width(); }
    /// Position of the weight from input i to output o in the layer's storage of weight_floats() floats.
    [[nodiscard]] std::size_t offset(std::size_t o, std::size_t i) const { return offset(o, i, layout); }
    /// The same where the elements lie in another order.
    [[nodiscard]] std::size_t offset(std::size_t o, std::size_t i, WeightsLayout order) const;
};

/// Plans for all layers of a network with extents dims = {in, hidden..., classes}, with layouts for `family`.
/// Throws ShapeError on fewer than two extents or an extent 0. The panel widths depend on the extents alone,
/// never on the number of threads.
[[nodiscard]] std::vector<LayerPlan> plan_layers(const std::vector<std::size_t>& dims, KernelFamily family);

/// How the rows of a batch are cut: into tiles for the row-wise phase, into chunks over which gradients are
/// summed at a time (where the second layer is sliced, a chunk is a tile), and, where it is large, into two
/// shards, consecutive chunks whose gradients are summed apart and added at the end. Two threads then walk
/// through a batch each with rows of its own, and exchange gradients and weights once a step.
struct BatchCut {
    std::size_t rows = 0;    ///< all
    std::size_t tile = 0;    ///< of a tile; the last one may be smaller
    std::size_t chunk = 0;   ///< of a chunk; the last one may be smaller
    std::size_t shards = 1;  ///< 1 or 2

    [[nodiscard]] std::size_t tiles() const { return (rows + tile - 1) / tile; }
    [[nodiscard]] std::size_t chunks() const { return (rows + chunk - 1) / chunk; }
    /// A shard's first chunk; of shard `shards`, the number of chunks.
    [[nodiscard]] std::size_t first_chunk(std::size_t shard) const {
        return (shard * chunks() + shards - 1) / shards;
    }
    [[nodiscard]] std::size_t shard_of(std::size_t of_chunk) const { return of_chunk * shards / chunks(); }
    [[nodiscard]] bool begins_shard(std::size_t at_chunk) const {
        return at_chunk == first_chunk(shard_of(at_chunk));
    }
};

/// The cut of `rows` rows, in a training with batches of `batch` rows of which the last one may be smaller.
/// Depends on these and on whether the second layer is sliced, never on the number of threads.
[[nodiscard]] BatchCut cut_batch(std::size_t rows, std::size_t batch, bool sliced);

}  // namespace mnist
