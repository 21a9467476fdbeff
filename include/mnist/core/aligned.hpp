// Arrays that start at a cache line, for everything that vector loops and oneDNN read or write. Large ones
// (the images of a data set) ask the system for huge pages: rows are read in random order, and with small
// pages every row costs an address translation.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <limits>
#include <new>
#include <vector>

namespace mnist {

inline constexpr std::size_t kCacheLine = 64;  ///< bytes; also the width of an AVX-512 register
inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;  ///< bytes, on x86-64

/// Allocator for std::vector with 64-byte alignment, from a huge page's size on with that alignment. Throws
/// std::bad_alloc.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <class U>
    explicit AlignedAllocator(const AlignedAllocator<U>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
        const std::size_t bytes = n * sizeof(T);
        void* const p = ::operator new(bytes, alignment(bytes));
        if (bytes >= kHugePage)
            ::madvise(p, bytes, MADV_HUGEPAGE);  // a wish: a refusal changes nothing but speed
        return static_cast<T*>(p);
    }
    void deallocate(T* p, std::size_t n) noexcept { ::operator delete(p, alignment(n * sizeof(T))); }
    template <class U>
    bool operator==(const AlignedAllocator<U>&) const noexcept {
        return true;
    }

  private:
    static constexpr std::align_val_t alignment(std::size_t bytes) {
        return std::align_val_t{bytes >= kHugePage ? kHugePage : kCacheLine};
    }
};

/// A std::vector whose data() is 64-byte aligned.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace mnist
