// One feeding thread walks through the epoch and lets a TBB arena gather each batch; two counters (ready,
// released) are all that it shares with the users, so that no step takes a lock. It sleeps only between
// epochs.
#include "mnist/data/loader.hpp"

#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "mnist/core/aligned.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/pixels.hpp"
#include "mnist/core/thread_waits.hpp"
#include "parallel.hpp"

namespace mnist {
namespace {

// Spins for some microseconds, then gives the CPU away until the condition holds.
template <class Condition>
void wait_until(const Condition& condition) {
    constexpr int kSpins = 1000;
    for (int spin = 0; !condition(); ++spin) {
        if (spin < kSpins) {
            spin_pause();
        } else {
            sched_yield();
        }
    }
}

}  // namespace

class PrefetchLoader::Impl {
  public:
    explicit Impl(const LoaderShape& shape)
        : shape_(shape),
          normalize_(normalize_pixels(detected_isa())),
          parallelism_(tbb::global_control::max_allowed_parallelism,
                       std::max(shape.threads + 1, tbb::global_control::active_value(
                                                       tbb::global_control::max_allowed_parallelism))),
          arena_(static_cast<int>(shape.threads)) {
        for (std::size_t s = 0; s < shape.slots; ++s)
            slots_.emplace_back(shape.batch * shape.row_floats, 0.0F);
        // Last: were memory for the slots refused with the thread running, its destructor would end the
        // program.
        feeder_ = std::thread([this] { serve(); });
    }

    ~Impl() {
        cancel();
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        changed_.notify_all();
        feeder_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::vector<float*> slots() {
        std::vector<float*> pointers;
        for (auto& slot : slots_) pointers.push_back(slot.data());
        return pointers;
    }

    void start_epoch(const std::uint8_t* images, std::span<const std::uint32_t> order) {
        cancel();
        {
            const std::lock_guard lock(mutex_);
            images_ = images;
            order_ = order;
            failure_ = nullptr;
            ready_.store(0, std::memory_order_relaxed);
            released_.store(0, std::memory_order_relaxed);
            cancelled_.store(false, std::memory_order_relaxed);
            feeding_ = true;
        }
        changed_.notify_all();
    }

    void wait(std::size_t step) {
        wait_until([&] { return ready_.load(std::memory_order_acquire) > step; });
        if (ready_.load(std::memory_order_acquire) == kFailed) std::rethrow_exception(failure_);
    }

    void release_before(std::size_t step) {
        std::size_t seen = released_.load(std::memory_order_relaxed);
        while (seen < step && !released_.compare_exchange_weak(seen, step, std::memory_order_acq_rel)) {
        }
    }

  private:
    static constexpr std::size_t kFailed =
        static_cast<std::size_t>(-1);  // more than any step: wakes everybody

    void cancel() {
        cancelled_.store(true, std::memory_order_release);
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !feeding_; });
    }

    void serve() {
        const TimedThread timed;
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [&] { return ending_ || feeding_; });
            if (ending_) return;
            lock.unlock();
            try {
                feed();
            } catch (...) {
                failure_ = std::current_exception();
                ready_.store(kFailed, std::memory_order_release);
            }
            lock.lock();
            feeding_ = false;
            changed_.notify_all();
        }
    }

    void feed() {
        const auto cancelled = [&] { return cancelled_.load(std::memory_order_acquire); };
        for (std::size_t step = 0; step * shape_.batch < order_.size(); ++step) {
            wait_until([&] {
                return cancelled() || step < released_.load(std::memory_order_acquire) + shape_.slots;
            });
            if (cancelled()) return;
            const std::size_t first = step * shape_.batch;
            const std::size_t rows = std::min(shape_.batch, order_.size() - first);
            float* const slot = slots_[step % shape_.slots].data();
            arena_.execute([&] {
                const std::size_t grain = std::max<std::size_t>(8, rows / (4 * shape_.threads));
                parallel_blocks(rows, grain, [&](std::size_t begin, std::size_t end) {
                    const auto row = [&](std::size_t r) {
                        return images_ + order_[first + r] * shape_.pixels;
                    };
                    for (std::size_t r = begin; r != end; ++r)
                        normalize_(row(r), slot + r * shape_.row_floats, shape_.pixels,
                                   row(std::min(r + 1, end - 1)));
                });
            });
            ready_.store(step + 1, std::memory_order_release);
        }
    }

    LoaderShape shape_;
    NormalizeFn normalize_;
    std::vector<AlignedVector<float>> slots_;
    tbb::global_control parallelism_;  ///< TBB starts no more threads than cores unless asked to
    tbb::task_arena arena_;

    const std::uint8_t* images_ = nullptr;
    std::span<const std::uint32_t> order_;
    std::exception_ptr failure_;
    alignas(kCacheLine) std::atomic<std::size_t> ready_{0};     ///< batches complete
    alignas(kCacheLine) std::atomic<std::size_t> released_{0};  ///< batches done with
    std::atomic<bool> cancelled_{false};

    std::mutex mutex_;
    std::condition_variable changed_;
    bool feeding_ = false;
    bool ending_ = false;
    std::thread feeder_;
};

PrefetchLoader::PrefetchLoader(const LoaderShape& shape) {
    if (shape.batch == 0 || shape.threads == 0 || shape.slots < 2 || shape.row_floats < shape.pixels)
        throw ShapeError("a loader needs rows, threads, two slots and rows as long as the images");
    impl_ = std::make_unique<Impl>(shape);
}
PrefetchLoader::~PrefetchLoader() = default;

std::vector<float*> PrefetchLoader::slots() {
    return impl_->slots();
}
void PrefetchLoader::start_epoch(const std::uint8_t* images, std::span<const std::uint32_t> order) {
    impl_->start_epoch(images, order);
}
void PrefetchLoader::wait(std::size_t step) {
    impl_->wait(step);
}
void PrefetchLoader::release_before(std::size_t step) {
    impl_->release_before(step);
}

}  // namespace mnist
