// oneDNN chooses the layout of the weights ("any"), because each precision and CPU has its own.
#include "low_precision_layer.hpp"

#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/onednn/threads.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;
using type = dnnl::memory::data_type;

dnnl::memory::desc matrix(std::size_t rows, std::size_t columns, type data_type, tag format) {
    return {
        {static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(columns)}, data_type, format};
}

struct Built {
    onednn::Primitive primitive;
    dnnl::memory::desc weights;  ///< in oneDNN's layout
};

// Called on one thread.
Built inner_product(const LayerShape& s, NumberFormat format) {
    const std::string what = fmt::format("inner_product_forward ({}) of {}x{} by {}x{}",
                                         format == NumberFormat::int8 ? "u8 x s8" : name(format), s.rows,
                                         s.in, s.out_padded, s.in);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (format != NumberFormat::int8 && !s.last) {
        dnnl::post_ops ops;
#if DNNL_VERSION_MAJOR >= 3
        ops.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
#else
        ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
#endif
        attributes.set_post_ops(ops);
    }
    const LayerDescriptors md = layer_descriptors(s, format);
    const auto kind = dnnl::prop_kind::forward_inference;
    try {
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::inner_product_forward::primitive_desc pd(onednn::cpu_engine(), kind, md.src, md.weights,
                                                             md.bias, md.dst, attributes);
#else
        const dnnl::inner_product_forward::primitive_desc pd({kind, md.src, md.weights, md.bias, md.dst},
                                                             attributes, onednn::cpu_engine());
#endif
        return {.primitive = {.prim = dnnl::inner_product_forward(pd),
                              .scratchpad_md = pd.scratchpad_desc(),
                              .what = what,
                              .implementation = pd.impl_info_str()},
                .weights = pd.weights_desc()};
    } catch (const dnnl::error& error) {
        throw BackendError(fmt::format("oneDNN cannot build {}: {} (status {})", what, error.what(),
                                       static_cast<int>(error.status)));
    }
}

}  // namespace

LayerDescriptors layer_descriptors(const LayerShape& s, NumberFormat format) {
    if (format == NumberFormat::int8)
        return {.src = matrix(s.rows, s.in, type::u8, tag::ab),
                .weights = matrix(s.out_padded, s.in, type::s8, tag::any),
                .bias = {},
                .dst = matrix(s.rows, s.out_padded, type::s32, tag::ab)};
    const type numbers = format == NumberFormat::bf16 ? type::bf16 : type::f32;
    return {.src = matrix(s.rows, s.in, numbers, tag::ab),
            .weights = matrix(s.out_padded, s.in, numbers, tag::any),
            .bias = onednn::vector(s.out_padded),
            .dst = matrix(s.rows, s.out_padded, s.last ? type::f32 : numbers, tag::ab)};
}

LowPrecisionLayer make_layer(const LayerShape& shape, NumberFormat format, void* dense_weights) {
    Built built;
    onednn::on_one_thread([&] { built = inner_product(shape, format); });
    LowPrecisionLayer layer{.shape = shape,
                            .primitive = std::move(built.primitive),
                            .weights = AlignedVector<std::byte>(built.weights.get_size()),
                            .weights_md = built.weights,
                            .factor = AlignedVector<float>(shape.out_padded, 0.0F),
                            .offset = AlignedVector<float>(shape.out_padded, 0.0F),
                            .scratchpads = {}};
    dnnl::memory from(
        matrix(shape.out_padded, shape.in, format == NumberFormat::int8 ? type::s8 : type::f32, tag::ab),
        onednn::cpu_engine(), dense_weights);
    dnnl::memory to = onednn::view(layer.weights_md, layer.weights.data());
    onednn::on_one_thread([&] { dnnl::reorder(from, to).execute(onednn::cpu_stream(), from, to); });
    return layer;
}

}  // namespace mnist
