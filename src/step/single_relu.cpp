// The backward part reads what training keeps, the results; the forward part is a primitive of its own here.
#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/step/single_primitive.hpp"

namespace mnist {

SingleRelu::SingleRelu(std::size_t rows, std::size_t columns, std::span<const float> values,
                       std::span<const float> diff_dst)
    : values_(values.begin(), values.end()),
      gradient_(diff_dst.begin(), diff_dst.end()),
      result_(rows * columns),
      primitive_(diff_dst.empty() ? onednn::relu_forward(rows, columns)
                                  : onednn::relu_backward(rows, columns)),
      call_(primitive_) {
    const bool forward = diff_dst.empty();
    if (values.size() != result_.size() || (!forward && diff_dst.size() != result_.size()))
        throw ShapeError(fmt::format("ReLU of {}x{}: {} numbers", rows, columns, values.size()));
    call_.point(0, values_.data());
    if (!forward) call_.point(1, gradient_.data());
    call_.point(forward ? 1 : 2, result_.data());
    scratchpads_.reserve(primitive_);
    scratchpad_ = scratchpads_.bind(primitive_, 0);
}

}  // namespace mnist
