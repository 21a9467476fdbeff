// Philox with the counter split into (block, purpose, stream, 0) and the seed as the key.
#include "mnist/core/rng.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>
#include <utility>

namespace mnist {

CounterRng::CounterRng(std::uint64_t seed, RandomPurpose purpose, std::uint32_t stream)
    : counter_{0, static_cast<std::uint32_t>(purpose), stream, 0},
      key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)} {}

std::uint32_t CounterRng::next_u32() {
    if (used_ == 4) {
        const r123::Philox4x32::ctr_type counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
        const r123::Philox4x32::key_type key{{key_[0], key_[1]}};
        const auto block = r123::Philox4x32{}(counter, key);
        block_ = {block[0], block[1], block[2], block[3]};
        if (++counter_[0] == 0) ++counter_[3];
        used_ = 0;
    }
    return block_[used_++];
}

float CounterRng::next_unit() {
    return static_cast<float>(next_u32() >> 8U) * 0x1p-24F;
}

double CounterRng::next_unit_f64() {
    const std::uint64_t high = next_u32();
    const std::uint64_t low = next_u32();
    return static_cast<double>((high << 32U | low) >> 11U) * 0x1p-53;
}

std::uint32_t CounterRng::next_below(std::uint32_t bound) {
    const std::uint32_t threshold = (0U - bound) % bound;
    while (true) {
        const std::uint64_t product = std::uint64_t{next_u32()} * bound;
        if (static_cast<std::uint32_t>(product) >= threshold)
            return static_cast<std::uint32_t>(product >> 32U);
    }
}

double CounterRng::next_normal() {
    const double u = 1.0 - next_unit_f64();  // in (0, 1], so that the logarithm is finite
    const double v = next_unit_f64();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

void shuffle(std::span<std::uint32_t> values, CounterRng& rng) {
    for (std::size_t i = values.size(); i > 1; --i) {
        std::swap(values[i - 1], values[rng.next_below(static_cast<std::uint32_t>(i))]);
    }
}

}  // namespace mnist
