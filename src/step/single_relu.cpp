// The backward part is the engine's primitive; the forward part, which the engine fuses into the inner
// product, is made here.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "mnist/core/error.hpp"
#include "mnist/onednn/primitives.hpp"
#include "mnist/step/single_primitive.hpp"

namespace mnist {
namespace {

onednn::Primitive relu_forward(std::size_t rows, std::size_t columns) {
    const onednn::OneThreadScope one_thread;
    const auto md = onednn::matrix(rows, columns, dnnl::memory::format_tag::ab);
    const auto relu = dnnl::algorithm::eltwise_relu;
    const auto kind = dnnl::prop_kind::forward_training;
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const std::string what = fmt::format("eltwise_forward (ReLU) of {}x{}", rows, columns);
    try {
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::eltwise_forward::primitive_desc pd(onednn::cpu_engine(), kind, relu, md, md, 0.0F, 0.0F,
                                                       attributes);
#else
        const dnnl::eltwise_forward::primitive_desc pd({kind, relu, md, 0.0F, 0.0F}, attributes,
                                                       onednn::cpu_engine());
#endif
        return {.prim = dnnl::eltwise_forward(pd),
                .scratchpad_md = pd.scratchpad_desc(),
                .what = what,
                .implementation = pd.impl_info_str()};
    } catch (const dnnl::error& error) {
        throw BackendError(fmt::format("oneDNN cannot build {}: {} (status {})", what, error.what(),
                                       static_cast<int>(error.status)));
    }
}

}  // namespace

class SingleRelu::Impl {
  public:
    Impl(std::size_t rows, std::size_t columns, std::span<const float> values,
         std::span<const float> diff_dst)
        : values_(values.begin(), values.end()),
          gradient_(diff_dst.begin(), diff_dst.end()),
          result_(rows * columns),
          primitive_(diff_dst.empty() ? relu_forward(rows, columns) : onednn::relu_backward(rows, columns)),
          scratch_(std::max<std::size_t>(1, primitive_.scratchpad_md.get_size())),
          scratchpad_(onednn::view(primitive_.scratchpad_md, scratch_.data())) {
        const bool forward = diff_dst.empty();
        if (values.size() != result_.size() || (!forward && diff_dst.size() != result_.size()))
            throw ShapeError(fmt::format("ReLU of {}x{}: {} numbers", rows, columns, values.size()));
        const auto md = onednn::matrix(rows, columns, dnnl::memory::format_tag::ab);
        const auto over = [&](AlignedVector<float>& storage) { return onednn::view(md, storage.data()); };
        std::vector<onednn::Call::Argument> arguments;
        if (forward) {
            arguments = {{DNNL_ARG_SRC, over(values_)}, {DNNL_ARG_DST, over(result_)}};
        } else {
            arguments = {{DNNL_ARG_DST, over(values_)},
                         {DNNL_ARG_DIFF_DST, over(gradient_)},
                         {DNNL_ARG_DIFF_SRC, over(result_)}};
        }
        call_.emplace(primitive_, std::move(arguments));
    }

    void run() { call_->run(scratchpad_); }
    [[nodiscard]] std::span<const float> result() const { return result_; }
    [[nodiscard]] PrimitiveFacts facts() const {
        return {.operation = primitive_.what.substr(0, primitive_.what.find(" of ")),
                .shape = primitive_.what.substr(primitive_.what.find(" of ") + 4),
                .implementation = primitive_.implementation,
                .weights_layout = ""};
    }

  private:
    AlignedVector<float> values_, gradient_, result_;
    onednn::Primitive primitive_;
    AlignedVector<std::byte> scratch_;
    dnnl::memory scratchpad_;
    std::optional<onednn::Call> call_;
};

SingleRelu::SingleRelu(std::size_t rows, std::size_t columns, std::span<const float> values,
                       std::span<const float> diff_dst)
    : impl_(std::make_unique<Impl>(rows, columns, values, diff_dst)) {}
SingleRelu::~SingleRelu() = default;

void SingleRelu::run() {
    impl_->run();
}
std::span<const float> SingleRelu::result() const {
    return impl_->result();
}
PrimitiveFacts SingleRelu::facts() const {
    return impl_->facts();
}

}  // namespace mnist
