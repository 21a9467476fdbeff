// The loader's own words say which library it is that is missing.
#include "mnist/core/loaded_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "mnist/core/error.hpp"

namespace mnist {

void* symbol_in(const LoadedLibrary& library, const char* symbol) {
    void* const opened = ::dlopen(library.name, RTLD_NOW | RTLD_LOCAL);
    void* const found = opened != nullptr ? ::dlsym(opened, symbol) : nullptr;
    if (found != nullptr) return found;
    const char* const reason = ::dlerror();
    throw InputError({.where = library.name,
                      .expected = library.expected,
                      .found = fmt::format("\"{}\"", reason != nullptr ? reason : "no reason given"),
                      .remedy = library.remedy});
}

}  // namespace mnist
