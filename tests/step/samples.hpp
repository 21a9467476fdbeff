// Small random sets for tests of the engine.
#pragma once

#include <atomic>
#include <cstdint>
#include <numeric>
#include <vector>

#include "mnist/core/rng.hpp"
#include "mnist/step/engine.hpp"

namespace mnist {

struct Samples {
    std::vector<std::uint8_t> images;
    std::vector<std::uint8_t> labels;
    std::size_t pixels = 0;
    [[nodiscard]] LabelledRows rows() const { return {images.data(), labels.data(), labels.size(), pixels}; }
};

inline Samples random_samples(std::size_t count, std::size_t pixels, std::size_t classes) {
    CounterRng rng(7, RandomPurpose::synthetic, 0);
    Samples samples{.images = std::vector<std::uint8_t>(count * pixels),
                    .labels = std::vector<std::uint8_t>(count),
                    .pixels = pixels};
    for (auto& pixel : samples.images) pixel = static_cast<std::uint8_t>(rng.next_below(256));
    for (auto& label : samples.labels)
        label = static_cast<std::uint8_t>(rng.next_below(static_cast<std::uint32_t>(classes)));
    return samples;
}

inline std::vector<std::uint32_t> in_order(std::size_t count) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

inline const std::atomic<bool> kNoStop{false};

/// For a team whose work is cut as on a machine with a CPU for each thread; nothing is pinned.
inline std::vector<int> a_cpu_each(std::size_t threads) {
    return std::vector<int>(threads, -1);
}

}  // namespace mnist
