// Memory for the arrays of an engine: so many small ones side by side that huge pages are full. Private to
// this room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <mutex>

#include "mnist/core/aligned.hpp"

namespace mnist {

/// Where arrays lie side by side in huge pages. Workers may ask for theirs at the same time.
class Arena final : public std::pmr::memory_resource {
  public:
    explicit Arena(std::size_t bytes) : arena_(bytes, huge_page_heap()) {}

  private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        const std::lock_guard lock(mutex_);
        return arena_.allocate(bytes, alignment);
    }
    void do_deallocate(void* /*p*/, std::size_t /*bytes*/, std::size_t /*alignment*/) override {}
    [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }

    std::mutex mutex_;
    std::pmr::monotonic_buffer_resource arena_;
};

}  // namespace mnist
