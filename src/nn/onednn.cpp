// Descriptors of both API generations, errors with shapes, execution through the C interface.
#include "onednn.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <array>
#include <functional>
#include <utility>

#include "mnist/core/error.hpp"
#include "mnist/core/onednn_isa.hpp"

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
Primitive finish(const Pd& pd) {
    return {.prim = P(pd),
            .scratchpad_md = pd.scratchpad_desc(),
            .what = {},
            .implementation = pd.impl_info_str()};
}

// Runs `make` and turns oneDNN's error into ours.
Primitive guarded(const std::string& what, const std::function<Primitive()>& make) {
    const OneThreadScope one_thread;
    try {
        Primitive primitive = make();
        primitive.what = what;
        return primitive;
    } catch (const dnnl::error& error) {
        throw BackendError(fmt::format("oneDNN cannot build {}: {} (status {})", what, error.what(),
                                       static_cast<int>(error.status)));
    }
}

std::string words(const char* operation, const InnerProductShape& s) {
    return fmt::format("{} of {}x{} by {}x{}", operation, s.rows, s.in, s.out, s.in);
}

struct InnerProductMds {
    dnnl::memory::desc src, weights, bias, dst;
    InnerProductMds(const InnerProductShape& s, Precision weights_type, Precision dst_type)
        : src(matrix(s.rows, s.in, tag::ab, s.type)),
          weights(matrix(s.out, s.in, s.weights_tag, weights_type)),
          bias(s.bias ? vector(s.out) : dnnl::memory::desc()),
          dst(matrix(s.rows, s.out, tag::ab, dst_type)) {}
};

auto forward_hint(const InnerProductMds& md, const dnnl::memory::desc& weights,
                  const dnnl::primitive_attr& attributes) {
    return forward_pd<dnnl::inner_product_forward>(attributes, dnnl::prop_kind::forward_training, md.src,
                                                   weights, md.bias, md.dst);
}

}  // namespace

const dnnl::engine& cpu_engine() {
    static const dnnl::engine engine = [] {
        limit_onednn();
        return dnnl::engine(dnnl::engine::kind::cpu, 0);
    }();
    return engine;
}

const dnnl::stream& cpu_stream() {
    static const dnnl::stream stream(cpu_engine());
    return stream;
}

OneThreadScope::OneThreadScope() : before_(omp_get_max_threads()) {
    omp_set_num_threads(1);
}
OneThreadScope::~OneThreadScope() {
    omp_set_num_threads(before_);
}

dnnl::memory::desc matrix(std::size_t rows, std::size_t columns, tag format, Precision type) {
    return {{static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(columns)},
            type == Precision::f32 ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16,
            format};
}

dnnl::memory::desc vector(std::size_t length) {
    return {{static_cast<dnnl::memory::dim>(length)}, dnnl::memory::data_type::f32, tag::a};
}

dnnl::memory view(const dnnl::memory::desc& md, void* data) {
    return {md, cpu_engine(), data};
}

Primitive inner_product_forward(const InnerProductShape& shape, bool relu) {
    return guarded(words("inner_product_forward", shape), [&] {
        dnnl::primitive_attr attributes = base_attributes();
        if (relu) {
            dnnl::post_ops ops;
            append_relu(ops);
            attributes.set_post_ops(ops);
        }
        const InnerProductMds md(shape, shape.type, shape.dst_type);
        return finish<dnnl::inner_product_forward>(forward_hint(md, md.weights, attributes));
    });
}

Primitive inner_product_backward_data(const InnerProductShape& shape) {
    return guarded(words("inner_product_backward_data", shape), [&] {
        const InnerProductMds md(shape, shape.type, shape.type);
        const auto attributes = base_attributes();
        return finish<dnnl::inner_product_backward_data>(backward_pd<dnnl::inner_product_backward_data>(
            attributes, forward_hint(md, md.weights, attributes), md.src, md.weights, md.dst));
    });
}

Primitive inner_product_backward_weights(const InnerProductShape& shape) {
    return guarded(words("inner_product_backward_weights", shape), [&] {
        const InnerProductMds md(shape, Precision::f32, shape.type);
        const auto attributes = base_attributes();
        // The forward pass's weights are of the other type where its numbers are.
        const auto weights =
            shape.type == Precision::f32 ? md.weights : matrix(shape.out, shape.in, tag::any, shape.type);
        return finish<dnnl::inner_product_backward_weights>(backward_pd<dnnl::inner_product_backward_weights>(
            attributes, forward_hint(md, weights, attributes), md.src, md.weights, md.bias, md.dst));
    });
}

Primitive matmul_weights_gradient(const InnerProductShape& shape, bool by_output, bool add) {
    return guarded(words("matmul_weights_gradient", shape), [&] {
        dnnl::primitive_attr attributes = base_attributes();
        if (add) {
            dnnl::post_ops ops;
            ops.append_sum(1.0F);
            attributes.set_post_ops(ops);
        }
        const auto [height, width] =
            by_output ? std::pair{shape.out, shape.in} : std::pair{shape.in, shape.out};
        return finish<dnnl::matmul>(forward_pd<dnnl::matmul>(
            attributes, matrix(height, shape.rows, tag::ba, shape.type),
            matrix(shape.rows, width, tag::ab, shape.type), matrix(height, width, tag::ab)));
    });
}

Primitive relu_backward(std::size_t rows, std::size_t columns) {
    return guarded(fmt::format("eltwise_backward (ReLU) of {}x{}", rows, columns), [&] {
        const auto md = matrix(rows, columns, tag::ab);
        const auto attributes = base_attributes();
        // The algorithm that reads the result instead of the argument: only the activations after ReLU are
        // kept.
        const auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
#if DNNL_VERSION_MAJOR >= 3
        const auto hint = forward_pd<dnnl::eltwise_forward>(attributes, dnnl::prop_kind::forward_training,
                                                            relu, md, md, 0.0F, 0.0F);
        return finish<dnnl::eltwise_backward>(
            backward_pd<dnnl::eltwise_backward>(attributes, hint, relu, md, md, md, 0.0F, 0.0F));
#else
        const auto hint =
            forward_pd<dnnl::eltwise_forward>(attributes, dnnl::prop_kind::forward_training, relu, md, 0.0F, 0.0F);
        return finish<dnnl::eltwise_backward>(
            backward_pd<dnnl::eltwise_backward>(attributes, hint, relu, md, md, 0.0F, 0.0F));
#endif
    });
}

Call::Call(const Primitive& primitive, std::vector<Argument> arguments)
    : primitive_(primitive.prim), what_(primitive.what) {
    if (arguments.size() + 1 > kMostArguments) throw ShapeError("too many arguments for a primitive call");
    for (Argument& argument : arguments) {
        arguments_[count_++] = {argument.name, argument.memory.get()};
        kept_.push_back(std::move(argument.memory));
    }
}

void Call::point(std::size_t index, void* data) {
    kept_[index].set_data_handle(data);
}

void Call::run(const dnnl::memory& scratchpad) const {
    std::array<dnnl_exec_arg_t, kMostArguments> arguments;
    std::copy_n(arguments_, count_, arguments.begin());
    arguments[static_cast<std::size_t>(count_)] = {DNNL_ARG_SCRATCHPAD, scratchpad.get()};
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive_.get(), cpu_stream().get(), count_ + 1, arguments.data());
    if (status != dnnl_success)
        throw BackendError(fmt::format("oneDNN cannot run {}: status {}", what_, static_cast<int>(status)));
}

Scratchpads::Scratchpads(std::size_t threads, std::pmr::memory_resource* memory) {
    buffers_.reserve(threads);
    for (std::size_t t = 0; t < threads; ++t) buffers_.emplace_back(memory);
}

void Scratchpads::reserve(const Primitive& primitive) {
    bytes_ = std::max(bytes_, primitive.scratchpad_md.get_size());
}

std::vector<dnnl::memory> Scratchpads::bind(const Primitive& primitive) {
    std::vector<dnnl::memory> memories;
    for (AlignedVector<std::byte>& buffer : buffers_) {
        buffer.resize(std::max<std::size_t>(bytes_, 1));
        memories.push_back(view(primitive.scratchpad_md, buffer.data()));
    }
    return memories;
}

}  // namespace mnist::onednn
