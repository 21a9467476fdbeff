// One thread a primitive, whatever runtime of threads the library was built with: oneDNN asks its runtime for
// the number when a primitive is made, and again when some of them run, so both happen inside
// on_one_thread(). With OpenMP it is a setting of the calling thread; with TBB, that the thread is in an
// arena of one; the sequential library has no other. Left out: oneDNN's own thread pools and SYCL, which
// cmake/FindOneDNN.cmake refuses.
#pragma once

#include <functional>
#include <string>

namespace mnist::onednn {

/// Calls work() on the calling thread and returns when it has returned; primitives that this thread makes and
/// runs meanwhile have one thread, itself. An exception of work() comes out. Afterwards the thread is what it
/// was. Cost: some nanoseconds where the thread is inside another call already, else some tens of them, and
/// with TBB some allocations at a thread's first call.
void on_one_thread(const std::function<void()>& work);

/// How many threads a primitive would get that is made here and now.
[[nodiscard]] int threads_here();

/// File name of OpenMP's runtime, "libgomp.so.1" or "libiomp5.so"; "" with another runtime.
[[nodiscard]] std::string openmp_library();

}  // namespace mnist::onednn
