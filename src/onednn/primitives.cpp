// Descriptors of both API generations, and errors with shapes. What runs primitives is in execution.cpp.
#include "mnist/onednn/primitives.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "blas.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/core/error.hpp"
#include "mnist/onednn/threads.hpp"

namespace mnist::onednn {
namespace {

using tag = dnnl::memory::format_tag;

dnnl::primitive_attr base_attributes() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

void append_relu(dnnl::post_ops& ops) {
#if DNNL_VERSION_MAJOR >= 3
    ops.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
#else
    ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
#endif
}

// primitive_desc(engine, x..., attr) in 3.x is primitive_desc(desc(x...), attr, engine) in 2.x, with the same
// x...
template <class P, class... X>
auto forward_pd(const dnnl::primitive_attr& attributes, const X&... x) {
#if DNNL_VERSION_MAJOR >= 3
    return typename P::primitive_desc(cpu_engine(), x..., attributes);
#else
    return typename P::primitive_desc(typename P::desc(x...), attributes, cpu_engine());
#endif
}

template <class P, class Hint, class... X>
auto backward_pd(const dnnl::primitive_attr& attributes, const Hint& hint, const X&... x) {
#if DNNL_VERSION_MAJOR >= 3
    return typename P::primitive_desc(cpu_engine(), x..., hint, attributes);
#else
    return typename P::primitive_desc(typename P::desc(x...), attributes, cpu_engine(), hint);
#endif
}

template <class P, class Pd>
Primitive finish(const Pd& pd, const std::vector<Operand>& operands) {
    return {.prim = P(pd),
            .scratchpad_md = pd.scratchpad_desc(),
            .what = {},
            .implementation = pd.impl_info_str(),
            .operands = operands};
}

// Runs `make` and turns oneDNN's error into ours.
Primitive guarded(const std::string& what, const std::function<Primitive()>& make) {
    Primitive primitive;
    try {
        on_one_thread([&] { primitive = make(); });
    } catch (const dnnl::error& error) {
        throw BackendError(fmt::format("oneDNN cannot build {}: {} (status {})", what, error.what(),
                                       static_cast<int>(error.status)));
    }
    primitive.what = what;
    return primitive;
}

std::string words(const char* operation, const ProductShape& s) {
    return fmt::format("{} of {}x{} by {}x{}", operation, s.rows, s.in, s.out, s.in);
}

dnnl::memory::data_type data_type(Precision type) {
    return type == Precision::f32 ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16;
}

dnnl::memory::desc strided(std::size_t rows, std::size_t columns, std::size_t row_stride,
                           std::size_t column_stride, Precision type) {
    const auto dim = [](std::size_t n) { return static_cast<dnnl::memory::dim>(n); };
    return {
        {dim(rows), dim(columns)}, data_type(type), dnnl::memory::dims{dim(row_stride), dim(column_stride)}};
}

std::size_t stride_of(std::size_t stride, std::size_t columns) {
    return stride == 0 ? columns : stride;
}

/// [rows, columns] row-major, `stride` numbers from a row to the next, or as many as a row has where it is 0;
/// and the same memory as the matrix's transpose.
dnnl::memory::desc rows_md(std::size_t rows, std::size_t columns, std::size_t stride, Precision type) {
    return strided(rows, columns, stride_of(stride, columns), 1, type);
}
dnnl::memory::desc turned_md(std::size_t rows, std::size_t columns, std::size_t stride, Precision type) {
    return strided(columns, rows, 1, stride_of(stride, columns), type);
}

Primitive matmul(const dnnl::primitive_attr& attributes, const dnnl::memory::desc& left,
                 const dnnl::memory::desc& right, const dnnl::memory::desc& result) {
    return finish<dnnl::matmul>(forward_pd<dnnl::matmul>(attributes, left, right, result),
                                {{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, right}, {DNNL_ARG_DST, result}});
}

// On ARM64 oneDNN's kernels are named after SVE or the Compute Library. All else is loops in C++, of matrices
// too, whatever it is called ("gemm:jit:f32"). `divided`: workers may share the product by strips of its
// columns, which oneDNN has kernels for less often than for the whole, and those sum in another order.
void let_blas_multiply(Primitive& primitive, Precision type, bool divided, const BlasProduct& product) {
    if constexpr (!kX86) {
        const auto named = [&](const char* word) {
            return primitive.implementation.find(word) != std::string::npos;
        };
        if (type != Precision::f32 || (!divided && (named("sve") || named("acl")))) return;
        primitive.blas = std::make_shared<const BlasProduct>(product);
        primitive.implementation = blas_name();
    }
}

struct InnerProductMds {
    dnnl::memory::desc src, weights, bias, dst;
    InnerProductMds(const ProductShape& s, Precision dst_type)
        : src(matrix(s.rows, s.in, tag::ab, s.type)),
          weights(matrix(s.out, s.in, s.weights_tag, s.type)),
          bias(s.bias ? vector(s.out) : dnnl::memory::desc()),
          dst(matrix(s.rows, s.out, tag::ab, dst_type)) {}
};

auto inner_product_pd(const InnerProductMds& md, const dnnl::primitive_attr& attributes) {
    return forward_pd<dnnl::inner_product_forward>(attributes, dnnl::prop_kind::forward_training, md.src,
                                                   md.weights, md.bias, md.dst);
}

auto relu_pd(const dnnl::primitive_attr& attributes, dnnl::algorithm relu, const dnnl::memory::desc& md) {
    const auto kind = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
    return forward_pd<dnnl::eltwise_forward>(attributes, kind, relu, md, md, 0.0F, 0.0F);
#else
    return forward_pd<dnnl::eltwise_forward>(attributes, kind, relu, md, 0.0F, 0.0F);
#endif
}

}  // namespace

dnnl::memory::desc matrix(std::size_t rows, std::size_t columns, tag format, Precision type) {
    return {{static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(columns)},
            data_type(type),
            format};
}

dnnl::memory::desc vector(std::size_t length) {
    return {{static_cast<dnnl::memory::dim>(length)}, dnnl::memory::data_type::f32, tag::a};
}

Primitive forward_product(const ProductShape& shape, bool relu) {
    return guarded(words("forward", shape), [&] {
        dnnl::primitive_attr attributes = base_attributes();
        if (relu) {
            dnnl::post_ops ops;
            append_relu(ops);
            attributes.set_post_ops(ops);
        }
        if (shape.weights_tag != tag::io) {
            const InnerProductMds md(shape, shape.dst_type);
            std::vector<Operand> operands{
                {DNNL_ARG_SRC, md.src}, {DNNL_ARG_WEIGHTS, md.weights}, {DNNL_ARG_DST, md.dst}};
            if (shape.bias) operands.push_back({DNNL_ARG_BIAS, md.bias});
            return finish<dnnl::inner_product_forward>(inner_product_pd(md, attributes), operands);
        }
        const auto src = rows_md(shape.rows, shape.in, shape.src_stride, shape.type);
        const auto weights = rows_md(shape.in, shape.out, shape.weights_stride, shape.type);
        const auto dst = rows_md(shape.rows, shape.out, shape.dst_stride, shape.dst_type);
        Primitive primitive;
        if (shape.bias) {
            const auto bias = rows_md(1, shape.out, 0, Precision::f32);
            primitive = finish<dnnl::matmul>(forward_pd<dnnl::matmul>(attributes, src, weights, bias, dst),
                                             {{DNNL_ARG_SRC, src},
                                              {DNNL_ARG_WEIGHTS, weights},
                                              {DNNL_ARG_DST, dst},
                                              {DNNL_ARG_BIAS, bias}});
        } else {
            primitive = matmul(attributes, src, weights, dst);
        }
        // Without a bias it is a part of a sum, of the first layer.
        let_blas_multiply(primitive, shape.type, !shape.bias,
                          {.rows = shape.rows,
                           .columns = shape.out,
                           .depth = shape.in,
                           .left_stride = stride_of(shape.src_stride, shape.in),
                           .right_stride = stride_of(shape.weights_stride, shape.out),
                           .result_stride = stride_of(shape.dst_stride, shape.out),
                           .bias = shape.bias,
                           .relu = relu});
        return primitive;
    });
}

Primitive backward_data_product(const ProductShape& shape) {
    return guarded(words("backward_data", shape), [&] {
        const auto attributes = base_attributes();
        if (shape.weights_tag != tag::io) {
            const InnerProductMds md(shape, shape.type);
            return finish<dnnl::inner_product_backward_data>(
                backward_pd<dnnl::inner_product_backward_data>(attributes, inner_product_pd(md, attributes),
                                                               md.src, md.weights, md.dst),
                {{DNNL_ARG_DIFF_DST, md.dst}, {DNNL_ARG_WEIGHTS, md.weights}, {DNNL_ARG_DIFF_SRC, md.src}});
        }
        const auto diff_dst = rows_md(shape.rows, shape.out, 0, shape.type);
        const auto weights = turned_md(shape.in, shape.out, 0, shape.type);
        Primitive primitive =
            matmul(attributes, diff_dst, weights, rows_md(shape.rows, shape.in, 0, shape.type));
        let_blas_multiply(primitive, shape.type, false,
                          {.rows = shape.rows,
                           .columns = shape.in,
                           .depth = shape.out,
                           .right_turned = true,
                           .left_stride = shape.out,
                           .right_stride = shape.out,
                           .result_stride = shape.in});
        return primitive;
    });
}

Primitive weights_gradient_product(const ProductShape& shape, bool by_output, bool add) {
    return guarded(words("backward_weights", shape), [&] {
        dnnl::primitive_attr attributes = base_attributes();
        if (add) {
            dnnl::post_ops ops;
            ops.append_sum(1.0F);
            attributes.set_post_ops(ops);
        }
        const auto [height, width] =
            by_output ? std::pair{shape.out, shape.in} : std::pair{shape.in, shape.out};
        const auto [left_stride, right_stride] = by_output ? std::pair{shape.dst_stride, shape.src_stride}
                                                           : std::pair{shape.src_stride, shape.dst_stride};
        const auto left = turned_md(shape.rows, height, left_stride, shape.type);
        const auto right = rows_md(shape.rows, width, right_stride, shape.type);
        Primitive primitive =
            matmul(attributes, left, right, rows_md(height, width, shape.weights_stride, Precision::f32));
        let_blas_multiply(primitive, shape.type, true,
                          {.rows = height,
                           .columns = width,
                           .depth = shape.rows,
                           .left_turned = true,
                           .left_stride = stride_of(left_stride, height),
                           .right_stride = stride_of(right_stride, width),
                           .result_stride = stride_of(shape.weights_stride, width),
                           .add = add});
        return primitive;
    });
}

Primitive relu_forward(std::size_t rows, std::size_t columns) {
    return guarded(fmt::format("eltwise_forward (ReLU) of {}x{}", rows, columns), [&] {
        const auto md = matrix(rows, columns, tag::ab);
        return finish<dnnl::eltwise_forward>(relu_pd(base_attributes(), dnnl::algorithm::eltwise_relu, md),
                                             {{DNNL_ARG_SRC, md}, {DNNL_ARG_DST, md}});
    });
}

Primitive relu_backward(std::size_t rows, std::size_t columns) {
    return guarded(fmt::format("eltwise_backward (ReLU) of {}x{}", rows, columns), [&] {
        const auto md = matrix(rows, columns, tag::ab);
        const auto attributes = base_attributes();
        // The algorithm that reads the result instead of the argument: only the activations after ReLU are
        // kept.
        const auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
        const auto hint = relu_pd(attributes, relu, md);
#if DNNL_VERSION_MAJOR >= 3
        const auto pd = backward_pd<dnnl::eltwise_backward>(attributes, hint, relu, md, md, md, 0.0F, 0.0F);
#else
        const auto pd = backward_pd<dnnl::eltwise_backward>(attributes, hint, relu, md, md, 0.0F, 0.0F);
#endif
        return finish<dnnl::eltwise_backward>(
            pd, {{DNNL_ARG_DST, md}, {DNNL_ARG_DIFF_DST, md}, {DNNL_ARG_DIFF_SRC, md}});
    });
}

PrimitiveFacts Primitive::facts(std::string weights_layout) const {
    const std::size_t end = what.find(" of ");
    return {.operation = what.substr(0, end),
            .shape = what.substr(end + 4),
            .implementation = implementation,
            .weights_layout = std::move(weights_layout)};
}

}  // namespace mnist::onednn
