// Whose a change of time is: the program's, or that of the machine, which every process measured too.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "mnist/history/changes.hpp"

namespace mnist {

/// Logarithms of seconds, and where in the series as given they stand, in ascending order.
struct LogTimes {
    std::vector<std::size_t> places{};
    std::vector<double> time{};
    std::vector<std::vector<double>> machine{};  ///< measurements of it, at most two; each as long as `time`
    std::vector<std::optional<double> Change::*> moved{};  ///< where a change says how each of them moved
};

/// Around a place: [begin, place) before it, [place, end) after it.
struct Neighbourhood {
    std::size_t begin = 0, place = 0, end = 0;
};

struct Sides {
    std::span<const double> before, after;
    [[nodiscard]] std::span<const double> both() const {
        return {before.data(), before.size() + after.size()};
    }
    /// Whether either side has enough values for a change.
    [[nodiscard]] bool are_enough() const;
};

/// The values whose `places` are in the neighbourhood.
[[nodiscard]] Sides sides(std::span<const std::size_t> places, std::span<const double> values,
                          const Neighbourhood& around);

/// The times with the whole of a machine's measurement taken off.
[[nodiscard]] std::vector<double> corrected(const LogTimes& times, std::size_t measurement);

/// The measurement that leaves the times around a place the most alike. Precondition: there is one.
[[nodiscard]] std::size_t best_measurement(const LogTimes& times, const Neighbourhood& around);

/// How much better a step of the program at the place explains the times than the machine alone does:
///   n log(least sum |u - median| / least sum |u - median of its side|),  u = time - shares * machine,
/// each least over all shares of the machine's movements, from none to the whole, that the time may follow: a
/// program bound by memory hardly follows the peak, and what waits for other threads follows neither. It is
/// the logarithm of the ratio of likelihoods under Laplace's noise. 0 with too few values on a side.
[[nodiscard]] double evidence_of_program(const LogTimes& times, const Neighbourhood& around);

/// A change found in the times as measured, or in those with a measurement taken off.
struct TimeCandidate {
    std::size_t place = 0;
    double p_adjusted = 1;
    bool as_measured = true;
};

/// The changes of one series of `points`. The program's are picked first, the most significant first and each
/// between those picked before it; what is left of those as measured is the machine's or undecided.
/// `measured` has all times, `beside` those with all measurements of the machine.
[[nodiscard]] std::vector<Change> time_changes(const LogTimes& measured, const LogTimes& beside,
                                               std::vector<TimeCandidate> candidates, std::size_t points,
                                               const ChangeSettings& settings);

}  // namespace mnist
