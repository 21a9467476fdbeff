// Finds libmnist_http.so by its bare name: folders are the loader's business (RUNPATH), so that build tree,
// installation and bundle need no code of their own.
#include <dlfcn.h>
#include <fmt/format.h>

#include "http.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

constexpr const char* kHttpLibrary = "libmnist_http.so";

[[noreturn]] void refuse_http_library() {
    const char* reason = ::dlerror();
    throw InputError({.where = kHttpLibrary,
                      .expected = "the library that downloads, which comes with the program, and libcurl",
                      .found = fmt::format("\"{}\"", reason != nullptr ? reason : "no reason given"),
                      .remedy = "Install libcurl (Debian: libcurl4) or the program again, or put the files "
                                "of the data set into the "
                                "folder by hand"});
}

}  // namespace

std::unique_ptr<HttpClient> open_http(const HttpLimits& limits) {
    void* library = ::dlopen(kHttpLibrary, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) refuse_http_library();
    void* found = ::dlsym(library, "mnist_new_http_client");
    if (found == nullptr) refuse_http_library();
    const auto new_client = reinterpret_cast<decltype(&mnist_new_http_client)>(found);
    std::unique_ptr<HttpClient> client(new_client(limits));
    if (client == nullptr) throw BackendError("libcurl cannot start");
    return client;
}

}  // namespace mnist
