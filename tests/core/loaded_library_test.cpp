// Libraries that are opened by name: what is there is called, what is not is an error with the loader's
// words.
#include "mnist/core/loaded_library.hpp"

#include "catch.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

TEST_CASE("loaded library: a symbol is found and can be called") {
    void* const found = symbol_in({.name = "libm.so.6", .expected = "mathematics", .remedy = ""}, "sqrt");
    CHECK(reinterpret_cast<double (*)(double)>(found)(16.0) == 4.0);
}

TEST_CASE("loaded library: one that is missing, or has no such symbol, is said with what to do") {
    const auto refused = [](const char* name, const char* symbol) {
        try {
            static_cast<void>(
                symbol_in({.name = name, .expected = "what draws", .remedy = "Install it"}, symbol));
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string("found");
    };
    CHECK(refused("libmnist_nowhere.so", "draw") ==
          "libmnist_nowhere.so: expected what draws, found \"libmnist_nowhere.so: cannot open shared object "
          "file: No "
          "such file or directory\". Install it");
    CHECK(refused("libm.so.6", "draw").find("undefined symbol: draw") != std::string::npos);
}

}  // namespace mnist
