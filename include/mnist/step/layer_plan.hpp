// How a layer lies in memory, and how the work on it is cut into chains, strips, groups, tiles and blocks:
// docs/engine.md. Widths are padded to 16, so that no vector remainder and no padding inside a oneDNN layout
// is left: dead inputs and outputs have zero weights and get zero gradients, so they stay zero. All follows
// from the network and the kernels alone, so that no number of workers changes the order of a sum.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mnist {

/// Element order inside a panel of weights, or a chain's gradient.
enum class WeightsLayout {
    blocked,       ///< oneDNN's OI16i{64,32,16}o: what its AVX-512 matrix kernels read directly
    input_major,   ///< io: the outputs of an input side by side
    output_major,  ///< oi: the inputs of an output side by side, as PyTorch has them; of gradients alone
};

/// Which of oneDNN's implementations the layouts are chosen for.
enum class KernelFamily {
    blocked,  ///< matrix kernels for blocked weights (brgemm)
    amx,      ///< the same on AMX's tiles, in bf16 alone: inputs come in blocks of 32
    plain,    ///< matrix products of row-major matrices, the fastest that oneDNN has without AVX-512
};

inline constexpr std::size_t kLane = 16;       ///< floats in a cache line; every padded extent is a multiple
inline constexpr std::size_t kAmxInputs = 32;  ///< bf16 numbers in a row of an AMX tile, a cache line

/// Some weights of one chain: inputs [first_in, end_in) of the layer, outputs [first_out, end_out).
struct Strip {
    std::size_t chain = 0;
    std::size_t first_in = 0, end_in = 0;
    std::size_t first_out = 0, end_out = 0;

    [[nodiscard]] std::size_t inputs() const { return end_in - first_in; }
    [[nodiscard]] std::size_t outputs() const { return end_out - first_out; }
    [[nodiscard]] bool operator==(const Strip&) const = default;
};

struct LayerPlan {
    std::size_t in = 0;           ///< real inputs
    std::size_t out = 0;          ///< real outputs
    std::size_t in_padded = 0;    ///< multiple of kLane; of kAmxInputs in the family amx
    std::size_t out_padded = 0;   ///< multiple of kLane
    std::size_t panel_width = 0;  ///< outputs that lie together in the weights, [panel][inputs][panel_width]
    std::vector<std::size_t> cuts;  ///< the first input of each chain, and behind them in_padded
    /// Of the first layer, whose rows a step gathers: they lie chain by chain, [chain][rows][chain width],
    /// and the forward pass goes chain by chain as well. Others' rows are the results of the layer below.
    bool gathered = false;
    WeightsLayout layout = WeightsLayout::input_major;
    std::size_t bf16_block = kLane;  ///< inputs in a block of blocked weights in bf16: kLane or kAmxInputs
    /// Of a chain's gradient, a matrix, where training is f32, or bf16 on AMX. It is output_major beside
    /// blocked weights: as the product of gradients and rows it reads the rows as the forward pass does, and
    /// turning it on its way into the optimizer costs less than transposing the rows.
    WeightsLayout gradient_layout = WeightsLayout::input_major;

    [[nodiscard]] std::size_t panels() const { return out_padded / panel_width; }
    [[nodiscard]] std::size_t chains() const { return cuts.size() - 1; }
    [[nodiscard]] std::size_t chain_width(std::size_t chain) const { return cuts[chain + 1] - cuts[chain]; }
    [[nodiscard]] std::size_t widest_chain() const;
    [[nodiscard]] std::size_t weight_floats() const { return out_padded * in_padded; }
    /// Position of the weight from input i to output o in the layer's storage of weight_floats() floats.
    [[nodiscard]] std::size_t offset(std::size_t o, std::size_t i) const {
        return (o / panel_width * in_padded + i) * panel_width + o % panel_width;
    }
    /// Position of its gradient.
    [[nodiscard]] std::size_t gradient_offset(std::size_t o, std::size_t i) const;
    /// Every chain cut into `count` strips of its gradient, or into fewer where it is narrow: the product
    /// that computes it is cut along the rows of its result, inputs where these lie side by side, else
    /// outputs.
    [[nodiscard]] std::vector<Strip> gradient_strips(std::size_t count) const;
    /// Every chain of the forward pass: input-major ones as for the gradient, blocked ones by panels.
    [[nodiscard]] std::vector<Strip> forward_strips(std::size_t count) const;
};

/// Plans for all layers of a network with extents dims = {in, hidden..., classes}, with layouts for `family`.
/// Throws ShapeError on fewer than two extents or an extent 0.
[[nodiscard]] std::vector<LayerPlan> plan_layers(const std::vector<std::size_t>& dims, KernelFamily family);

inline constexpr std::size_t kLargestGroup = 256;  ///< rows that a step works on at a time
inline constexpr std::size_t kMostLeaves = 64;     ///< of a batch

/// How the rows of a batch are cut: into groups that the step walks through one after the other, whose
/// numbers stay in the cores' caches; a group into tiles for the first layer, and into blocks for the layers
/// above it. The last of each may be smaller. Heights follow from the batch alone: a row's last bits depend
/// on the height of the product that it is computed in. A leaf is a group, or a run of groups where there are
/// many: gradients are added up within a leaf, and then those of the leaves as a tree.
struct BatchCut {
    std::size_t rows = 0;   ///< all
    std::size_t group = 0;  ///< rows of a group
    std::size_t tile = 0;   ///< of a tile; divides group
    std::size_t block = 0;  ///< of a block; divides group

    [[nodiscard]] std::size_t groups() const { return (rows + group - 1) / group; }
    [[nodiscard]] std::size_t blocks() const { return (rows + block - 1) / block; }
    [[nodiscard]] std::size_t groups_of_leaf() const { return (groups() + kMostLeaves - 1) / kMostLeaves; }
    [[nodiscard]] std::size_t leaves() const { return (groups() + groups_of_leaf() - 1) / groups_of_leaf(); }
    /// Of a group, or of the groups from it on, as many as there are.
    [[nodiscard]] std::size_t rows_of(std::size_t of_group, std::size_t count = 1) const {
        return std::min(rows - of_group * group, count * group);
    }
    [[nodiscard]] std::size_t tiles_of(std::size_t of_group, std::size_t count = 1) const {
        return (rows_of(of_group, count) + tile - 1) / tile;
    }
    [[nodiscard]] std::size_t blocks_of(std::size_t of_group, std::size_t count = 1) const {
        return (rows_of(of_group, count) + block - 1) / block;
    }
};

/// The cut of a batch of `rows` rows.
[[nodiscard]] BatchCut cut_batch(std::size_t rows);

/// Shards of a batch's leaves that a team walks through side by side, a group of each at a time: as many as
/// give each worker a block, and a gradient of a chain or of a piece of it that is worth a product of its
/// own; one, two or four, as the tree of leaves has branches, or one for each leaf where there are fewer. A
/// small batch has two for more than two workers, among whom the blocks of one come out uneven.
[[nodiscard]] std::size_t shards_of(const LayerPlan& first, const BatchCut& cut, std::size_t team);

}  // namespace mnist
