// What only some calls need and what drags in many libraries is a library of its own, opened by the first
// that needs it. It is looked for by its bare name: folders are the loader's business (RUNPATH), so that
// build tree, installation and bundle need no code of their own.
#pragma once

#include <string>

namespace mnist {

struct LoadedLibrary {
    const char* name;      ///< e.g. "libmnist_http.so"
    std::string expected;  ///< what it is, for the message where it is missing
    std::string remedy;
};

/// The address of `symbol` in a library, which stays loaded. Throws InputError when it or a library that it
/// needs is missing.
[[nodiscard]] void* symbol_in(const LoadedLibrary& library, const char* symbol);

}  // namespace mnist
