// Replaces the program's operator new and delete by malloc and free that keep account. Sanitizers stay in
// effect, because it is still their malloc.
#include "allocation_watch.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace mnist {
namespace {

std::atomic<std::size_t> allocated{0};
std::atomic<std::size_t> base{0};
std::atomic<std::size_t> peak{0};

void* counted(void* p) {
    if (p == nullptr) throw std::bad_alloc();
    const std::size_t now = allocated += ::malloc_usable_size(p);
    std::size_t seen = peak;
    while (now > seen && !peak.compare_exchange_weak(seen, now)) {
    }
    return p;
}

void release(void* p) {
    if (p == nullptr) return;
    allocated -= ::malloc_usable_size(p);
    std::free(p);
}

}  // namespace

std::size_t peak_allocated_bytes() {
    return peak - std::min<std::size_t>(peak, base);
}

void reset_peak_allocated_bytes() {
    base = allocated.load();
    peak = allocated.load();
}

}  // namespace mnist

void* operator new(std::size_t bytes) {
    return mnist::counted(std::malloc(std::max<std::size_t>(bytes, 1)));
}
// Catch2 asks this one, and a sanitizer's own would not go with the delete below.
void* operator new(std::size_t bytes, const std::nothrow_t& /*quiet*/) noexcept {
    void* const p = std::malloc(std::max<std::size_t>(bytes, 1));
    return p == nullptr ? nullptr : mnist::counted(p);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    const auto unit = static_cast<std::size_t>(alignment);
    return mnist::counted(
        std::aligned_alloc(unit, (std::max<std::size_t>(bytes, 1) + unit - 1) / unit * unit));
}
void operator delete(void* p) noexcept {
    mnist::release(p);
}
void operator delete(void* p, std::size_t /*bytes*/) noexcept {
    mnist::release(p);
}
void operator delete(void* p, std::align_val_t /*alignment*/) noexcept {
    mnist::release(p);
}
void operator delete(void* p, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
    mnist::release(p);
}
