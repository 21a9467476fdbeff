// Compiles a loop of our own once for each level of instructions, to be chosen at run time.
#pragma once

#include "mnist/core/isa.hpp"

namespace mnist {

template <auto kBody>
struct AtLevels;
template <class Result, class... Arguments, Result (*kBody)(Arguments...)>
struct AtLevels<kBody> {
    static Result baseline(Arguments... arguments) { return kBody(arguments...); }
    [[gnu::target("avx2,fma")]] static Result avx2(Arguments... arguments) { return kBody(arguments...); }
    [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] static Result avx512(Arguments... arguments) {
        return kBody(arguments...);
    }
};

/// The function `kBody` as compiled for `isa`, which must not exceed detected_isa(). `kBody` must be
/// [[gnu::always_inline]], and so must be what it calls: else the instructions stay the baseline's.
template <auto kBody>
[[nodiscard]] constexpr auto compiled_for(Isa isa) {
    using Levels = AtLevels<kBody>;
    if (isa == Isa::avx512) return &Levels::avx512;
    return isa == Isa::avx2 ? &Levels::avx2 : &Levels::baseline;
}

}  // namespace mnist
