// What oneDNN is allowed, by the words of its own variable. That it keeps to MNIST_MAX_ISA is tested where
// somebody asks what it chose (tests/machine, tests/infer).
#include "mnist/onednn/isa.hpp"

#include "catch.hpp"
#include "mnist/core/cpu.hpp"

namespace mnist {

TEST_CASE("oneDNN's instructions: its own variable may hold it lower than MNIST_MAX_ISA") {
    CHECK_FALSE(stays_below("no such word", IsaLevel::baseline));
    if (!kX86) return;  // one level, and nothing below it
    CHECK(stays_below("AVX", IsaLevel::avx2));
    CHECK(stays_below("avx2", IsaLevel::avx512));
    CHECK(stays_below("AVX2_VNNI", IsaLevel::avx512));
    CHECK(stays_below("AVX512_CORE_VNNI", IsaLevel::avx512_bf16));
    CHECK_FALSE(stays_below("AVX2", IsaLevel::avx2));
    CHECK_FALSE(stays_below("AVX2_VNNI", IsaLevel::avx2));
    CHECK_FALSE(stays_below("AVX512_CORE_AMX", IsaLevel::avx512));
    CHECK_FALSE(stays_below("ALL", IsaLevel::baseline));
    CHECK_FALSE(stays_below("no such word", IsaLevel::amx));
}

}  // namespace mnist
