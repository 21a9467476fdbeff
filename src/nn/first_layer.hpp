// The first layer's part of a step. It holds nine tenths of a usual network's weights, so its work is cut by
// outputs, not by rows: a thread keeps its panels of weights, gradient and optimizer state in its own cache
// from step to step, and only the small results of the layer travel between the cores. Each thread normalises
// the rows that it needs itself (once a step and thread), which is cheaper than fetching the floats from
// another core. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "batch_rows.hpp"
#include "rows_primitives.hpp"
#include "weights_gradient.hpp"

namespace mnist {

/// Whether a core's second-level cache holds 2 MB or more, as far as the system says.
[[nodiscard]] bool has_roomy_cache();

/// Normalised rows of one chunk of one step, tile by tile.
struct ChunkRows {
    Numbers rows;              ///< [chunk, in_padded]
    std::uint64_t serial = 0;  ///< the step that they belong to
    std::size_t chunk = 0;
    std::uint32_t present = 0;  ///< one bit for each tile of the chunk that is there
};

/// Rows of one thread: the chunk that it works on and, where the cache has room, the one behind it, which is
/// gathered while the thread would wait for others.
struct ThreadRows {
    /// `count`: numbers of a chunk. `ahead`: whether the thread gathers before it waits.
    ThreadRows(Precision type, std::size_t count, bool ahead, std::pmr::memory_resource* memory);
    /// The place of a chunk: where it is already, else where the older one was.
    [[nodiscard]] ChunkRows& place_of(std::uint64_t serial, std::size_t chunk);

    std::vector<ChunkRows> chunks;  ///< one or two
    std::size_t latest = 0;         ///< the one that was filled last
};

/// Where the first layer reads and writes; shared by the programs of the full and of the last batch.
struct FirstLayerBuffers {
    FirstLayerBuffers(Precision results, std::size_t count, std::pmr::memory_resource* memory)
        : dst(results, count, memory) {}

    std::vector<ThreadRows> threads;  ///< empty where the step reads a feed's slots
    std::vector<float*> slots;        ///< the feed's; empty without one
    /// Whether there is room for one tile at a time instead of a whole batch.
    bool by_tile = false;
    /// Rows from a panel to the next in dst and diff_dst: those of the full batch (or its tile), also for a
    /// smaller last one, so that a thread that begins it overwrites nobody's panel of the step before.
    std::size_t panel_rows = 0;
    /// Where a row of the batch lies, given the first row of its tile or chunk.
    [[nodiscard]] std::size_t place_of(std::size_t first_row) const { return by_tile ? 0 : first_row; }
    Numbers dst;                  ///< [panel][panel_rows][panel width], results after ReLU
    Numbers* diff_dst = nullptr;  ///< [panel][panel_rows][panel width], gradients; not owned
};

class FirstLayer {
  public:
    /// `full` and `rest`: primitives of the tiles; rest is null where the tiles come out even.
    FirstLayer(const BatchCut& cut, LayerMemory& layer, FirstLayerBuffers& buffers,
               const RowsPrimitives& full, const RowsPrimitives* rest, std::size_t threads, Isa isa);

    /// Primitives of the weights phase; those of the tiles are the caller's.
    [[nodiscard]] std::vector<TeamPrimitive*> primitives() { return gradient_.primitives(); }
    [[nodiscard]] const onednn::Primitive& backward_weights() const { return gradient_.primitive(); }

    /// Gathers the rows of a tile that the thread will need soon, where there is room for them.
    void prepare(std::size_t tile, const StepInput& input, std::size_t thread);
    /// Results of panels [begin, end) for the rows of tile t.
    void forward(std::size_t tile, std::pair<std::size_t, std::size_t> panels, const StepInput& input,
                 std::size_t thread);
    /// Gradients of panels [begin, end) over the rows of a chunk: the first chunk's of a shard overwrite the
    /// layer's of that shard, those of the others are added. All chunks of a shard, in their order.
    void backward(std::size_t chunk, std::pair<std::size_t, std::size_t> panels, const StepInput& input,
                  std::size_t thread);

  private:
    /// A thread's forward calls, of a full tile, and of the rest where there is one; they are pointed at the
    /// data just before they run.
    using ThreadCalls = std::vector<TeamCall>;
    [[nodiscard]] ThreadCalls make_calls(const RowsPrimitives& full, const RowsPrimitives* rest);
    [[nodiscard]] std::size_t rows_of_tile(std::size_t tile) const;
    void fetch(std::size_t tile, const StepInput& input, void* dst) const;
    [[nodiscard]] void* rows_from(std::size_t tile, const StepInput& input, std::size_t thread);
    [[nodiscard]] void* chunk_from(std::size_t first_row, const StepInput& input, std::size_t thread);
    BatchCut cut_;
    LayerMemory& layer_;
    FirstLayerBuffers& buffers_;
    Precision precision_;
    RowGather gather_;
    WeightsGradient gradient_;        ///< of a panel
    std::vector<ThreadCalls> calls_;  ///< [threads]
};

}  // namespace mnist
