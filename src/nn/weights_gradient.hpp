// The gradient of a panel's (or a slice's) weights and biases, summed over chunks of a shard's rows: the
// first chunk overwrites, the others are added, in their order. A matrix product with a sum and not oneDNN's
// inner product, which knows no sum and copies the whole source into its scratchpad. Private to this room.
#pragma once

#include <cstddef>
#include <vector>

#include "mnist/core/isa.hpp"
#include "rows_primitives.hpp"

namespace mnist {

class WeightsGradient {
  public:
    struct Shape {
        BatchCut cut;                     ///< the chunks
        std::size_t in = 0;               ///< inputs, padded
        std::size_t out = 0;              ///< outputs of the panel
        bool by_output = false;           ///< diff_weights lie as [out][in]; otherwise as [in][out]
        Precision type = Precision::f32;  ///< of src and diff_dst
    };
    /// Where a chunk's numbers lie; diff_bias may be null.
    struct Data {
        void* src = nullptr;            ///< [rows, in], read
        void* diff_dst = nullptr;       ///< [rows, out], read
        float* diff_weights = nullptr;  ///< [in * out]
        float* diff_bias = nullptr;     ///< [out]
    };

    /// Throws BackendError.
    WeightsGradient(const Shape& shape, std::size_t threads, Isa isa);
    WeightsGradient(const WeightsGradient&) = delete;
    WeightsGradient& operator=(const WeightsGradient&) = delete;

    [[nodiscard]] std::vector<TeamPrimitive*> primitives();
    [[nodiscard]] const onednn::Primitive& primitive() const { return sizes_.front().first.primitive; }
    [[nodiscard]] std::size_t rows_of(std::size_t chunk) const;

    /// Cost: no allocation.
    void run(std::size_t chunk, const Data& data, std::size_t thread);

  private:
    /// For one number of rows: a shard's first chunk overwrites, the others add.
    struct Primitives {
        TeamPrimitive first;
        TeamPrimitive add;
    };
    struct Calls {
        TeamCall first;
        TeamCall add;
    };
    [[nodiscard]] Calls bind_size(const Primitives& primitives, std::size_t rows) const;

    Shape shape_;
    Isa isa_;
    std::vector<Primitives> sizes_;          ///< of a whole chunk, and of the rest where there is one
    std::vector<std::vector<Calls>> calls_;  ///< [threads] of [sizes_]; pointed at the data before they run
};

}  // namespace mnist
