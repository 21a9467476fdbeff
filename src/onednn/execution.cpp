// Runs primitives through the C interface, with the engine, the views and the scratchpads that this takes.
// How they are made is in primitives.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "blas.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/core/error.hpp"
#include "mnist/onednn/isa.hpp"
#include "mnist/onednn/primitives.hpp"

namespace mnist::onednn {

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

dnnl::memory view(const dnnl::memory::desc& md, void* data) {
    return {md, cpu_engine(), data};
}

Call::Call(const Primitive& primitive, std::vector<Argument> arguments)
    : primitive_(primitive.prim), what_(primitive.what), blas_(primitive.blas) {
    if (arguments.size() + 1 > kMostArguments) throw ShapeError("too many arguments for a primitive call");
    for (Argument& argument : arguments) {
        arguments_[count_++] = {argument.name, argument.memory.get()};
        kept_.push_back(std::move(argument.memory));
    }
}

Call::Call(const Primitive& primitive)
    : Call(primitive, [&] {
          std::vector<Argument> arguments;
          for (const Operand& operand : primitive.operands)
              arguments.push_back({operand.name, view(operand.md, nullptr)});
          return arguments;
      }()) {}

void Call::point(std::size_t index, void* data) {
    kept_[index].set_data_handle(data);
}

void Call::run(const dnnl::memory& scratchpad) const {
    if constexpr (!kX86) {
        const auto numbers = [this](std::size_t index) {
            return index < kept_.size() ? static_cast<float*>(kept_[index].get_data_handle()) : nullptr;
        };
        if (blas_) return blas_->run(numbers(0), numbers(1), numbers(2), numbers(3));
    }
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

void Scratchpads::allocate() {
    for (AlignedVector<std::byte>& buffer : buffers_) buffer.resize(std::max<std::size_t>(bytes_, 1));
}

std::vector<dnnl::memory> Scratchpads::bind(const Primitive& primitive) {
    std::vector<dnnl::memory> memories;
    for (std::size_t t = 0; t < buffers_.size(); ++t) memories.push_back(bind(primitive, t));
    return memories;
}

dnnl::memory Scratchpads::bind(const Primitive& primitive, std::size_t thread) {
    return view(primitive.scratchpad_md, buffers_[thread].data());
}

}  // namespace mnist::onednn
