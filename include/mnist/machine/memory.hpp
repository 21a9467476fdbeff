// How much memory this process may still take before something ends it or the machine swaps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mnist {

struct MemoryRoom {
    std::uint64_t bytes = 0;
    std::string bound;  ///< what it is that ends there, e.g. "the free memory of this machine"
};

/// The least of: what the kernel calls available (swap space does not count), what the control groups allow
/// beside what this process holds already, and what the limit of the address space (ulimit -v) leaves. Empty
/// where none of them can be read. Cost: some small files.
[[nodiscard]] std::optional<MemoryRoom> memory_room();

}  // namespace mnist
