// The one place that knows oneDNN's versions: 2.6 (Debian 12) and 3.x (Debian 13) build primitives
// differently and run them alike. Primitives are executed through the C interface with argument arrays made
// beforehand, because the C++ one builds a hash map and a vector for every call.
#pragma once

#include <compare>
#include <cstddef>
#include <dnnl.hpp>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/core/facts.hpp"
#include "mnist/core/train_config.hpp"

namespace mnist::onednn {

/// Engine and stream of the process (CPU streams are synchronous and carry no state).
[[nodiscard]] const dnnl::engine& cpu_engine();
[[nodiscard]] const dnnl::stream& cpu_stream();

/// Dense descriptors; a vector is f32.
[[nodiscard]] dnnl::memory::desc matrix(std::size_t rows, std::size_t columns, dnnl::memory::format_tag tag,
                                        Precision type = Precision::f32);
[[nodiscard]] dnnl::memory::desc vector(std::size_t length);
/// A memory object over memory that somebody else owns.
[[nodiscard]] dnnl::memory view(const dnnl::memory::desc& md, void* data);

/// An argument of a primitive.
struct Operand {
    int name;  ///< DNNL_ARG_...
    dnnl::memory::desc md;
};

/// A product that a BLAS computes in oneDNN's place.
struct BlasProduct;

/// A primitive with what is needed to run and to describe it.
struct Primitive {
    dnnl::primitive prim;
    dnnl::memory::desc scratchpad_md;
    std::string what;                 ///< "OPERATION of SHAPE", for errors
    std::string implementation;       ///< impl_info_str
    std::vector<Operand> operands{};  ///< of a product: left, right, result, and bias where it has one
    std::shared_ptr<const BlasProduct> blas{};  ///< null where oneDNN's own runs

    [[nodiscard]] bool fast() const { return implementation.find("brgemm") != std::string::npos; }
    [[nodiscard]] PrimitiveFacts facts(std::string weights_layout) const;
};

/// One layer's products; weights as (out, in) in `weights_tag`: `io` for those of row-major matrices, else
/// oneDNN's blocked ones, or `oi`. The weights' gradient, the bias and its gradient are f32.
struct ProductShape {
    std::size_t rows = 0;
    std::size_t in = 0;
    std::size_t out = 0;
    dnnl::memory::format_tag weights_tag = dnnl::memory::format_tag::io;
    bool bias = true;                     ///< whether forward adds one
    Precision type = Precision::f32;      ///< of src, weights, dst, and the gradients of src and dst
    Precision dst_type = Precision::f32;  ///< of forward's dst
    /// From a row to the next; 0: as many numbers as a row has. Of forward where the weights are `io`; of the
    /// gradient in place of weights and dst: diff_weights and diff_dst.
    std::size_t src_stride = 0, weights_stride = 0, dst_stride = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): of the 0 that a generated comparison has in it
    auto operator<=>(const ProductShape&) const = default;
};

// Each has one thread (threads.hpp) and throws BackendError with operation, shape and oneDNN's status. On
// ARM64 products of row-major f32 matrices are a BLAS's where oneDNN has but reference loops.

/// dst [rows, out] = src [rows, in] weights' + bias, perhaps through ReLU. Operands: src, weights, dst, bias.
/// A matmul where the weights are `io`, else an inner product.
[[nodiscard]] Primitive forward_product(const ProductShape& shape, bool relu);
/// diff_src [rows, in] = diff_dst [rows, out] weights. Operands: diff_dst, weights, diff_src.
[[nodiscard]] Primitive backward_data_product(const ProductShape& shape);
/// diff_weights = the sum over the rows of diff_dst times src; `add` adds it to what diff_weights holds. A
/// matmul: oneDNN's inner product first copies the whole source into its scratchpad. Operands: the left one,
/// which oneDNN copies, transposed; the right one; diff_weights.
///   by_output   diff_weights lie as [out][in]; diff_dst is the left one, src the right one
///   otherwise   as [in][out] (blocked and input-major weights do); src is the left one
[[nodiscard]] Primitive weights_gradient_product(const ProductShape& shape, bool by_output, bool add);
/// max(src, 0); operands: src, dst. And its gradient from its result, dst > 0 ? diff_dst : 0; operands: dst,
/// diff_dst, diff_src.
[[nodiscard]] Primitive relu_forward(std::size_t rows, std::size_t columns);
[[nodiscard]] Primitive relu_backward(std::size_t rows, std::size_t columns);

/// A primitive with its arguments, ready to run any number of times. Memory objects are views: the buffers
/// must outlive the call.
class Call {
  public:
    struct Argument {
        int name;  ///< DNNL_ARG_...
        dnnl::memory memory;
    };
    Call(const Primitive& primitive, std::vector<Argument> arguments);
    /// Of the primitive's own operands, to be pointed at data before the first run.
    explicit Call(const Primitive& primitive);
    /// Lets argument `index` (its place in the list given to the constructor) read or write elsewhere, in the
    /// same shape. Not while another thread runs this call. Cost: some nanoseconds.
    void point(std::size_t index, void* data);
    /// `scratchpad` must be a memory of the primitive's scratchpad_md that no other thread uses at the
    /// moment. Throws BackendError. Cost: no allocation of ours.
    void run(const dnnl::memory& scratchpad) const;

  private:
    static constexpr std::size_t kMostArguments = 6;
    dnnl::primitive primitive_;
    std::string what_;
    std::shared_ptr<const BlasProduct> blas_;
    std::vector<dnnl::memory> kept_;
    dnnl_exec_arg_t arguments_[kMostArguments]{};
    int count_ = 0;
};

/// Scratchpads of all threads for one primitive, as views on one buffer a thread that all primitives share.
class Scratchpads {
  public:
    /// `memory` is not owned and must outlive the scratchpads.
    Scratchpads(std::size_t threads, std::pmr::memory_resource* memory);
    /// Makes room for a primitive; call for every primitive before allocate().
    void reserve(const Primitive& primitive);
    /// Before bind().
    void allocate();
    /// Memory objects for a primitive, one a thread; and that of one thread.
    [[nodiscard]] std::vector<dnnl::memory> bind(const Primitive& primitive);
    [[nodiscard]] dnnl::memory bind(const Primitive& primitive, std::size_t thread);

  private:
    std::size_t bytes_ = 0;
    std::vector<AlignedVector<std::byte>> buffers_;
};

}  // namespace mnist::onednn
