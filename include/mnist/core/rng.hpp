// Random numbers that are a pure function of (seed, purpose, stream, index): the same on every machine,
// compiler and library, and in any order of evaluation. Philox4x32-10 from Random123 (Salmon et al. 2011,
// "Parallel random numbers: as easy as 1, 2, 3"). No std:: distribution and no std::shuffle anywhere: their
// results differ between standard libraries.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mnist {

/// What the numbers are for; part of the key, so that two purposes never share a sequence.
enum class RandomPurpose : std::uint32_t {
    initial_weights = 1,  ///< stream = layer
    shuffle = 2,          ///< stream = epoch
    synthetic = 3,        ///< stream = sample
    bootstrap = 4,        ///< stream = resample
};

/// One sequence. Copyable; cost of a number: about 2 ns.
class CounterRng {
  public:
    CounterRng(std::uint64_t seed, RandomPurpose purpose, std::uint32_t stream);

    /// Next 32 random bits.
    [[nodiscard]] std::uint32_t next_u32();
    /// Uniform in [0, 1), 24 bits: every value is an exact float.
    [[nodiscard]] float next_unit();
    /// Uniform in [0, 1), 53 bits.
    [[nodiscard]] double next_unit_f64();
    /// Uniform in [0, bound) without bias (Lemire 2019, multiply and reject). Precondition: bound > 0.
    [[nodiscard]] std::uint32_t next_below(std::uint32_t bound);
    /// Standard normal (Box-Muller in double).
    [[nodiscard]] double next_normal();

  private:
    std::array<std::uint32_t, 4> counter_;  // [0] counts blocks, the rest names the sequence
    std::array<std::uint32_t, 2> key_;      // the seed
    std::array<std::uint32_t, 4> block_{};
    unsigned used_ = 4;
};

/// Fisher-Yates over `values` with numbers of `rng`. Precondition: fewer than 2^32 values. Cost: O(n).
void shuffle(std::span<std::uint32_t> values, CounterRng& rng);

}  // namespace mnist
