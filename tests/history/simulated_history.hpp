// Histories whose changes are known: a program's step, a host that drifts, noise and outliers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mnist/core/rng.hpp"
#include "mnist/history/changes.hpp"

namespace mnist {

enum class Drift : std::uint8_t {
    none,
    steps,  ///< one to three, to 10 % slower, to 10 % faster or back
    ramps,  ///< two in different directions, each over a quarter of the history or more, one 10 % and one up
            ///< to it
    both,
    runs,  ///< every process has a host of its own, up to 10 % slower or faster
};

/// 3 % is the noise of one repetition, of which a point has the median of `repetitions`, for the program as
/// for the machine; or, the hardest reading, that of the point itself (one repetition).
struct Simulated {
    std::size_t points = 100;
    double step = 0;  ///< of the program, as a share of its time, to either side
    std::optional<std::size_t>
        place{};  ///< of the step; anywhere in the middle half of the history by default
    Drift drift = Drift::none;
    std::uint32_t repetitions = 10;
    std::uint32_t machine_repetitions = 10;
    double outliers = 0.03;  ///< share of points, of the times and of the machine's measurements each
    double follows = 1;      ///< share of the host's movements that the time has
    bool has_machine = true;
};

struct SimulatedHistory {
    std::vector<HistoryPoint> points;
    std::size_t place = 0;  ///< of the program's step
};

/// Logarithms of how much slower the host is.
inline std::vector<double> simulated_host(CounterRng& rng, const Simulated& what) {
    constexpr double kMost = 0.1;
    const auto n = static_cast<std::uint32_t>(what.points);
    std::vector<double> host(n, 0.0);
    const double sign = rng.next_below(2) == 0 ? -1 : 1;
    if (what.drift == Drift::steps || what.drift == Drift::both) {
        const std::uint32_t steps = 1 + rng.next_below(3);
        for (std::uint32_t step = 0; step < steps; ++step) {
            const double level = step % 2 == 0 ? (step == 0 ? sign : -sign) * kMost : 0;
            for (std::uint32_t i = n * step / steps + rng.next_below(n / steps); i < n; ++i) host[i] = level;
        }
    }
    if (what.drift == Drift::ramps || what.drift == Drift::both) {
        double level = sign * kMost;
        for (int ramp = 0; ramp < 2; ++ramp) {
            const std::uint32_t length = n / 4 + rng.next_below(n / 2);
            const std::uint32_t begin = rng.next_below(n - length + 1);
            for (std::uint32_t i = begin; i < n; ++i)
                host[i] += level * std::min(1.0, static_cast<double>(i - begin) / length);
            level *= -rng.next_unit_f64();
        }
    }
    if (what.drift == Drift::runs)
        for (double& level : host) level = kMost * (2 * rng.next_unit_f64() - 1);
    return host;
}

/// A median of repetitions, and now and then an outlier.
inline double simulated_noise(CounterRng& rng, const Simulated& what, std::uint32_t repetitions) {
    std::vector<double> drawn(repetitions);
    for (double& x : drawn) x = 0.03 * rng.next_normal();
    std::sort(drawn.begin(), drawn.end());
    const double median = (drawn[(repetitions - 1) / 2] + drawn[repetitions / 2]) / 2;
    return median + (rng.next_unit_f64() < what.outliers ? 0.2 + 0.5 * rng.next_unit_f64() : 0);
}

inline SimulatedHistory simulated(const Simulated& what, std::uint32_t stream) {
    CounterRng rng(11, RandomPurpose::synthetic, stream);
    SimulatedHistory history;
    const std::size_t drawn = what.points / 4 + rng.next_below(static_cast<std::uint32_t>(what.points / 2));
    history.place = what.place.value_or(drawn);
    const double direction = rng.next_below(2) == 0 ? -1 : 1;
    const std::vector<double> host = simulated_host(rng, what);
    for (std::size_t i = 0; i < what.points; ++i) {
        const double program = i < history.place ? 0 : direction * std::log1p(what.step);
        HistoryPoint point;
        point.seconds =
            1e-3 * std::exp(program + what.follows * host[i] + simulated_noise(rng, what, what.repetitions));
        if (what.has_machine) {
            point.compute_seconds =
                1e-11 * std::exp(host[i] + simulated_noise(rng, what, what.machine_repetitions));
            point.memory_seconds =
                1e-10 * std::exp(host[i] + simulated_noise(rng, what, what.machine_repetitions));
        }
        history.points.push_back(point);
    }
    return history;
}

}  // namespace mnist
