// The module is opened with OpenBLAS's variables set, and these are put back behind it.
#include "blas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "blas_module.hpp"
#include "mnist/core/environment.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/loaded_library.hpp"

namespace mnist::onednn {
namespace {

class VariableFor {
  public:
    VariableFor(const char* name, const char* value) : name_(name), before_(environment_value(name)) {
        ::setenv(name_, value, 1);
    }
    ~VariableFor() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
    VariableFor(const VariableFor&) = delete;
    VariableFor& operator=(const VariableFor&) = delete;

  private:
    const char* name_;
    std::optional<std::string> before_;
};

struct Blas {
    decltype(&mnist_sgemm) sgemm;
    std::string name;
};

// Kernels in NEON that are written for no model, on all CPUs: of a model's own the build may use what only
// that model has, and those in SVE of 0.3.29 crash where registers are wider than 128 bits.
constexpr const char* kCoreType = "ARMV8";

Blas open_blas() {
    const LoadedLibrary library{
        .name = "libmnist_blas.so",
        .expected = "the library that multiplies matrices, which comes with the program",
        .remedy = "Install the program again"};
    const VariableFor core("OPENBLAS_CORETYPE", kCoreType);
    const VariableFor threads("OPENBLAS_NUM_THREADS", "1");
    Blas blas{.sgemm = reinterpret_cast<decltype(&mnist_sgemm)>(symbol_in(library, "mnist_sgemm")),
              .name = {}};
    const char* config = nullptr;
    const char* chosen = nullptr;
    reinterpret_cast<decltype(&mnist_blas_words)>(symbol_in(library, "mnist_blas_words"))(config, chosen);
    const std::string_view words(config);
    blas.name = fmt::format("{} {}", words.substr(0, words.find(' ', words.find(' ') + 1)), chosen);
    return blas;
}

const Blas& blas() {
    static const Blas one = open_blas();
    return one;
}

}  // namespace

const std::string& blas_name() {
    return blas().name;
}

void BlasProduct::run(const float* left, const float* right, float* result, const float* biases) const {
    if (bias) {
        for (std::size_t r = 0; r < rows; ++r) std::copy_n(biases, columns, result + r * result_stride);
    }
    const auto whole = [](std::size_t n) { return static_cast<int>(n); };
    blas().sgemm({.left_turned = left_turned,
                  .right_turned = right_turned,
                  .rows = whole(rows),
                  .columns = whole(columns),
                  .depth = whole(depth),
                  .kept = bias || add ? 1.0F : 0.0F,
                  .left = left,
                  .left_stride = whole(left_stride),
                  .right = right,
                  .right_stride = whole(right_stride),
                  .result = result,
                  .result_stride = whole(result_stride)});
    if (!relu) return;
    for (std::size_t r = 0; r < rows; ++r) {
        float* const row = result + r * result_stride;
        for (std::size_t c = 0; c < columns; ++c) row[c] = row[c] < 0.0F ? 0.0F : row[c];
    }
}

}  // namespace mnist::onednn
