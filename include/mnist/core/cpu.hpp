// What differs between x86-64 and ARM64 in our own code, in one place. Which instructions the loops use is in
// isa.hpp; the files that are written in instructions of one of them belong to the build for it alone
// (src/*/CMakeLists.txt).
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <pmmintrin.h>
#include <xmmintrin.h>
#endif

namespace mnist {

#if defined(__x86_64__)
inline constexpr bool kX86 = true;
#elif defined(__aarch64__)
inline constexpr bool kX86 = false;
#else
#error "mnist_bench is for x86-64 and ARM64"
#endif

/// Tells the core that a loop waits: some ns to a few hundred cycles, by the model.
inline void spin_pause() {
#if defined(__x86_64__)
    _mm_pause();
#else
    asm volatile("isb" ::: "memory");  // yield is no instruction at all on most ARM cores
#endif
}

/// Flushes denormals to zero on this thread until the end of the scope.
class FlushedDenormals {
  public:
    FlushedDenormals() : before_(control()) { set_control(before_ | kFlush); }
    ~FlushedDenormals() { set_control(before_); }
    FlushedDenormals(const FlushedDenormals&) = delete;
    FlushedDenormals& operator=(const FlushedDenormals&) = delete;

    /// Whether this thread's are flushed.
    [[nodiscard]] static bool here() { return (control() & kFlush) == kFlush; }

  private:
#if defined(__x86_64__)
    using Control = unsigned;
    static constexpr Control kFlush = _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON;
    static Control control() {
        return _mm_getcsr();
    }
    static void set_control(Control control) {
        _mm_setcsr(control);
    }
#else
    using Control = std::uint64_t;
    static constexpr Control kFlush = Control{1} << 24U;  // FPCR.FZ
    static Control control() {
        Control control = 0;
        asm volatile("mrs %0, fpcr" : "=r"(control));
        return control;
    }
    static void set_control(Control control) {
        asm volatile("msr fpcr, %0" : : "r"(control));
    }
#endif

    Control before_;
};

}  // namespace mnist
