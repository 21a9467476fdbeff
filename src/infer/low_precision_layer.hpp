// A layer in int8, bf16 or f32: oneDNN's inner product with its weights in oneDNN's own layout, and what the
// sums are multiplied with and added to. Private to this room.
#pragma once

#include <cstddef>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/onednn/primitives.hpp"
#include "mnist/step/precision.hpp"

namespace mnist {

struct LayerShape {
    std::size_t rows = 0;
    std::size_t in = 0;
    std::size_t out = 0;
    std::size_t out_padded = 0;
    bool last = false;
};

/// Of the dense operands: u8 x s8 -> s32, f32 x f32 -> f32, or bf16 x bf16 -> bf16 (f32 behind the last
/// layer). Weights in any layout.
struct LayerDescriptors {
    dnnl::memory::desc src, weights, bias, dst;
};
[[nodiscard]] LayerDescriptors layer_descriptors(const LayerShape& shape, NumberFormat format);

struct LowPrecisionLayer {
    LayerShape shape;
    onednn::Primitive primitive;
    AlignedVector<std::byte> weights;
    dnnl::memory::desc weights_md;
    AlignedVector<float> factor;  ///< [out_padded]; int8 alone
    AlignedVector<float> offset;  ///< [out_padded]; but for int8 the primitive adds it
    std::vector<dnnl::memory> scratchpads;
};

/// `dense_weights` [out_padded, in], s8 for int8, else f32; factor and offset are left 0. Throws
/// BackendError.
[[nodiscard]] LowPrecisionLayer make_layer(const LayerShape& shape, NumberFormat format, void* dense_weights);

}  // namespace mnist
