// One oneDNN primitive of a layer by itself, in the layout in which the engine keeps that layer, for
// measuring and checking it. Operands and results are in PyTorch's order without padding; the padded and
// blocked copies that oneDNN reads stay inside. Run by one thread at a time, which should have one OpenMP
// thread (a Team's have). Left out: the engine's cut into tiles of rows; a primitive here takes all rows.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mnist/core/facts.hpp"
#include "mnist/onednn/primitives.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {

enum class InnerProductDirection { forward, backward_data, backward_weights };

struct InnerProductOperands {
    std::span<const float> src;       ///< [rows, in]; not read by backward_data
    std::span<const float> weights;   ///< [out, in]; not read by backward_weights
    std::span<const float> bias;      ///< [out]; read by forward
    std::span<const float> diff_dst;  ///< [rows, out]; not read by forward
};

class SingleInnerProduct {
  public:
    /// Of the first layer chain by chain, as a step goes. Throws ShapeError where an operand has another
    /// size, BackendError.
    SingleInnerProduct(const LayerPlan& plan, std::size_t rows, InnerProductDirection direction,
                       const InnerProductOperands& operands);
    ~SingleInnerProduct();
    SingleInnerProduct(const SingleInnerProduct&) = delete;
    SingleInnerProduct& operator=(const SingleInnerProduct&) = delete;

    /// Cost: no allocation of ours.
    void run();
    /// Of the last run: [rows, out]; [rows, in]; or [out, in] and behind it [out], the bias's gradient.
    [[nodiscard]] std::vector<float> result() const;
    [[nodiscard]] PrimitiveFacts facts() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// ReLU over a row-major matrix. Forward: max(x, 0). Backward: dst > 0 ? diff_dst : 0, where dst is forward's
/// result. (In training the forward part is fused into the inner product.)
class SingleRelu {
  public:
    /// `values` [rows, columns]: the argument of forward, or the result that backward reads. `diff_dst` of
    /// the same size for backward; empty: forward. Throws ShapeError, BackendError.
    SingleRelu(std::size_t rows, std::size_t columns, std::span<const float> values,
               std::span<const float> diff_dst);
    SingleRelu(const SingleRelu&) = delete;
    SingleRelu& operator=(const SingleRelu&) = delete;

    void run() { call_.run(scratchpad_); }
    [[nodiscard]] std::span<const float> result() const { return result_; }  ///< [rows, columns]
    [[nodiscard]] PrimitiveFacts facts() const { return primitive_.facts(""); }

  private:
    AlignedVector<float> values_, gradient_, result_;
    onednn::Primitive primitive_;
    onednn::Call call_;
    onednn::Scratchpads scratchpads_{1, std::pmr::new_delete_resource()};
    dnnl::memory scratchpad_;
};

}  // namespace mnist
