// The only file that includes the header written at build time, so that a new commit compiles one file again
// and no more.
#include <oneapi/tbb/version.h>
#include <mnist_build_facts.hpp>

#include <string>

#include "mnist/machine/fingerprint.hpp"
#include "onednn_facts.hpp"

namespace mnist {
namespace {

std::string standard_library() {
#if defined(_LIBCPP_VERSION)
    return "libc++ " + std::to_string(_LIBCPP_VERSION);
#elif defined(__GLIBCXX__)
    return "libstdc++ " + std::to_string(__GLIBCXX__);
#else
    return "";
#endif
}

}  // namespace

BuildFacts build_facts() {
    return {.version = MNIST_BUILD_VERSION,
            .commit = MNIST_BUILD_COMMIT,
            .dirty = MNIST_BUILD_DIRTY,
            .compiler = MNIST_BUILD_COMPILER,
            .flags = MNIST_BUILD_FLAGS,
            .build_type = MNIST_BUILD_TYPE,
            .onednn = onednn_version(),
            .onednn_cpu_runtime = onednn_cpu_runtime(),
            .tbb = TBB_runtime_version(),
            .standard_library = standard_library(),
            .libraries = MNIST_BUILD_LIBRARIES};
}

}  // namespace mnist
