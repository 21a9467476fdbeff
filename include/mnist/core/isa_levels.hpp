// Compiles a loop of our own once for each level of instructions, to be chosen at run time.
#pragma once

#include "mnist/core/cpu.hpp"
#include "mnist/core/isa.hpp"

namespace mnist {

template <auto kBody>
struct AtLevels;
template <class Result, class... Arguments, Result (*kBody)(Arguments...)>
struct AtLevels<kBody> {
    static Result baseline(Arguments... arguments) { return kBody(arguments...); }
#if defined(__x86_64__)
    [[gnu::target("avx2,fma")]] static Result avx2(Arguments... arguments) {
        return kBody(arguments...);
    }
    [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] static Result avx512(Arguments... arguments) {
        return kBody(arguments...);
    }
#endif
};

/// The function `kBody` as compiled for `isa`, which must not exceed detected_isa(). `kBody` must be
/// [[gnu::always_inline]], and so must be what it calls: else the instructions stay the baseline's.
template <auto kBody>
[[nodiscard]] constexpr auto compiled_for(Isa isa) {
    using Levels = AtLevels<kBody>;
#if defined(__x86_64__)
    if (isa == Isa::avx512) return &Levels::avx512;
    if (isa == Isa::avx2) return &Levels::avx2;
#else
    static_cast<void>(isa);
#endif
    return &Levels::baseline;
}

}  // namespace mnist
