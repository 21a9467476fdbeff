// Arrays that start at a cache line, for everything that vector loops and oneDNN read or write. Memory comes
// in huge pages where the system grants them: rows are read in random order and matrices in strides, and with
// small pages nearly every access costs an address translation. A large array (the images of a data set) asks
// for its own; arrays that are used together and are smaller than a huge page share one through a
// std::pmr::monotonic_buffer_resource on top of huge_page_heap().
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <limits>
#include <memory_resource>
#include <new>
#include <vector>

namespace mnist {

inline constexpr std::size_t kCacheLine = 64;  ///< bytes; also the width of an AVX-512 register
inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;  ///< bytes, on x86-64

/// The process's heap; blocks of at least a huge page's size start at one and ask for them. Throws
/// std::bad_alloc.
class HugePageHeap final : public std::pmr::memory_resource {
  private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        void* const p = ::operator new(bytes, aligned(bytes, alignment));
        if (bytes >= kHugePage)
            ::madvise(p, bytes, MADV_HUGEPAGE);  // a wish: a refusal changes nothing but speed
        return p;
    }
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
        ::operator delete(p, aligned(bytes, alignment));
    }
    [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }
    static std::align_val_t aligned(std::size_t bytes, std::size_t alignment) {
        return std::align_val_t{bytes >= kHugePage && alignment < kHugePage ? kHugePage : alignment};
    }
};

[[nodiscard]] inline std::pmr::memory_resource* huge_page_heap() noexcept {
    static HugePageHeap heap;
    return &heap;
}

/// Allocator for std::vector with 64-byte alignment. Like std::pmr::polymorphic_allocator it stays with the
/// resource that it was made for (the heap by default), which must outlive it; a copy of a vector is on the
/// heap. Throws std::bad_alloc.
template <class T>
class AlignedAllocator {
  public:
    using value_type = T;
    AlignedAllocator() = default;
    // Implicit, so that a vector's constructor takes the resource itself.
    AlignedAllocator(std::pmr::memory_resource* resource) noexcept : resource_(resource) {}
    template <class U>
    explicit AlignedAllocator(const AlignedAllocator<U>& other) noexcept : resource_(other.resource()) {}

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
        return static_cast<T*>(resource_->allocate(n * sizeof(T), kCacheLine));
    }
    void deallocate(T* p, std::size_t n) noexcept { resource_->deallocate(p, n * sizeof(T), kCacheLine); }
    [[nodiscard]] AlignedAllocator select_on_container_copy_construction() const noexcept { return {}; }
    [[nodiscard]] std::pmr::memory_resource* resource() const noexcept { return resource_; }
    template <class U>
    bool operator==(const AlignedAllocator<U>& other) const noexcept {
        return *resource_ == *other.resource();
    }

  private:
    std::pmr::memory_resource* resource_ = huge_page_heap();
};

/// A std::vector whose data() is 64-byte aligned.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace mnist
