// An array of f32 or bf16 numbers, chosen when it is made: the training step is the same for both, and oneDNN
// takes addresses without a type. Private to this room.
#pragma once

#include <cstddef>
#include <memory_resource>

#include "mnist/core/aligned.hpp"
#include "mnist/core/train_config.hpp"

namespace mnist {

[[nodiscard]] constexpr std::size_t bytes_of(Precision type) {
    return type == Precision::f32 ? 4 : 2;
}

/// The address of number `index` behind `first`.
[[nodiscard]] inline void* at(void* first, std::size_t index, Precision type) {
    return static_cast<std::byte*>(first) + index * bytes_of(type);
}

class Numbers {
  public:
    /// All zero. `memory` is not owned and must outlive the array.
    Numbers(Precision type, std::size_t count, std::pmr::memory_resource* memory)
        : type_(type), bytes_(count * bytes_of(type), std::byte{0}, memory) {}

    [[nodiscard]] Precision type() const noexcept { return type_; }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    [[nodiscard]] void* at(std::size_t index) { return bytes_.data() + index * bytes_of(type_); }

  private:
    Precision type_;
    AlignedVector<std::byte> bytes_;
};

}  // namespace mnist
