// The runtime is known from the library's headers, which FindOneDNN.cmake has compared with the library.
#include "mnist/onednn/threads.hpp"

#include <dnnl_config.h>

#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <dlfcn.h>
#include <omp.h>
#elif DNNL_CPU_RUNTIME == DNNL_RUNTIME_TBB
#include <tbb/task_arena.h>
#elif DNNL_CPU_RUNTIME != DNNL_RUNTIME_SEQ
#error "oneDNN must be built for OpenMP, TBB or sequential"
#endif

namespace mnist::onednn {

#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP

namespace {

struct OpenmpThreads {
    int before = omp_get_max_threads();
    OpenmpThreads() { omp_set_num_threads(1); }
    ~OpenmpThreads() { omp_set_num_threads(before); }
    OpenmpThreads(const OpenmpThreads&) = delete;
    OpenmpThreads& operator=(const OpenmpThreads&) = delete;
};

}  // namespace

void on_one_thread(const std::function<void()>& work) {
    const OpenmpThreads one;
    work();
}

int threads_here() {
    return omp_get_max_threads();
}

std::string openmp_library() {
    Dl_info found{};
    // The function's address is that in the library which was loaded, whichever the linker saw.
    if (dladdr(reinterpret_cast<const void*>(&omp_get_max_threads), &found) == 0) return "";
    const std::string path = found.dli_fname;
    return path.substr(path.rfind('/') + 1);
}

#elif DNNL_CPU_RUNTIME == DNNL_RUNTIME_TBB

void on_one_thread(const std::function<void()>& work) {
    if (threads_here() == 1) return work();
    // Of this thread alone: in an arena that others share, the second to come would wait for the one place.
    thread_local tbb::task_arena one(1);
    one.execute(work);
}

int threads_here() {
    return tbb::this_task_arena::max_concurrency();
}

std::string openmp_library() {
    return "";
}

#else

void on_one_thread(const std::function<void()>& work) {
    work();
}

int threads_here() {
    return 1;
}

std::string openmp_library() {
    return "";
}

#endif

}  // namespace mnist::onednn
