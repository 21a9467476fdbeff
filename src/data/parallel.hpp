// TBB's loop over blocks of an index range, in a form that ThreadSanitizer can follow. TBB's library is not
// compiled with the sanitizer, so the way of a block to another thread and of its results back is invisible
// to it, and everything that the blocks read or write would look like a race. Under the sanitizer, both ways
// are announced here; suppressing races by the library's name instead would hide those between the blocks as
// well. Other builds get TBB's loop and nothing else. Private to this room.
#pragma once

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <cstddef>

#ifdef MNIST_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace mnist {

/// What a thread did before publish() is visible to one that comes to receive() of the same object later. The
/// end of an object counts as publish() and its start as receive(), because TBB uses the memory of its tasks
/// again.
class Handover {
  public:
#ifdef MNIST_THREAD_SANITIZER
    Handover() noexcept {
        receive();
    }
    ~Handover() {
        publish();
    }
    // The sanitizer tells hand-overs apart by their addresses.
    void publish() const noexcept {
        __tsan_release(const_cast<Handover*>(this));
    }
    void receive() const noexcept {
        __tsan_acquire(const_cast<Handover*>(this));
    }
#else
    Handover() noexcept = default;
    ~Handover() = default;
    void publish() const noexcept {}
    void receive() const noexcept {}
#endif
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;
};

/// What TBB copies into each of its tasks, and calls there. The thread that copies is often not the one that
/// calls.
template <class Body>
class Block {
  public:
    Block(const Body& body, const Handover& results) : body_(body), results_(results) { way_here_.publish(); }
    Block(const Block& other) : body_(other.received().body_), results_(other.results_) {
        way_here_.publish();
    }
    Block& operator=(const Block&) = delete;
    ~Block() = default;

    // A frame of its own: inside TBB's, the list of suppressions would take the body's accesses for TBB's.
    [[gnu::noinline]] void operator()(const tbb::blocked_range<std::size_t>& range) const {
        received().body_(range.begin(), range.end());
        results_.publish();
    }

  private:
    const Block& received() const {
        way_here_.receive();
        return *this;
    }

    Handover way_here_;  ///< first: the others are written after its start
    const Body& body_;
    const Handover& results_;
};

/// Calls body(begin, end) for blocks of 0 .. count - 1 that hold about `grain` indices, on TBB's threads, and
/// returns when all are done. The blocks run in any order and at the same time.
template <class Body>
void parallel_blocks(std::size_t count, std::size_t grain, const Body& body) {
    const Handover results;
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain), Block<Body>(body, results));
    results.receive();
}

}  // namespace mnist
