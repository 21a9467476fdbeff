// What headers and library of a oneDNN say about themselves: versions, the runtime of its threads, and
// whether it makes an engine for CPUs. In C's interface, which all versions share.
#include <dnnl.h>

#include <cstdio>

int main() {
    const dnnl_version_t& library = *dnnl_version();
    std::printf("headers %d.%d.%d\nlibrary %d.%d.%d\nruntime %u %u\n", DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR,
                DNNL_VERSION_PATCH, library.major, library.minor, library.patch, DNNL_CPU_RUNTIME,
                library.cpu_runtime);
    dnnl_engine_t engine = nullptr;
    std::printf("engine %d\n", static_cast<int>(dnnl_engine_create(&engine, dnnl_cpu, 0)));
    return 0;
}
