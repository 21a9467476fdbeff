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

/// The measurement that leaves the times around a place the most alike, of those beside which no other leaves
/// them clearly more alike on either side of it. Precondition: there is one.
[[nodiscard]] std::size_t best_measurement(const LogTimes& times, const Neighbourhood& around);

/// What a step of the program must explain better than the machine does: 55 times as likely.
inline constexpr double kLeastEvidence = 4;

/// How much better a step of the program at the place explains the times than the machine alone does,
///   n log(sum |u - median| / sum |u - median of its side|),  u = time - shares * machine:
/// the logarithm of the ratio of likelihoods under Laplace's noise, for those shares of the machine's
/// movements with which it is the least. A program bound by memory hardly follows the peak, and what waits
/// for other threads follows neither; so shares go from none of either measurement to the whole, but for
/// those that the times refute:
/// - what is left beside the step, u - median of its side, still goes along with the machine. Asked of the
///   measurements before and after each value, whose noise is not in it (Anderson and Rubin, Annals of
///   Mathematical Statistics 20 (1949), with these as instruments);
/// - greater shares leave clearly less. The noise of a measurement can only leave more.
/// Where the machine moved at the place itself and nowhere else, nothing is refuted. 0 where the step changes
/// its direction between two neighbouring shares, one of them not refuted: one in between explains all; and 0
/// with too few values on a side. Cost: 45 walks over the neighbourhood with two measurements, 9 with one.
[[nodiscard]] double evidence_of_program(const LogTimes& times, const Neighbourhood& around);

/// The likeliest place of the step around a place in the times as measured, where they may have followed none
/// of the machine's movements; else the place itself. A machine that stood still adds only its noise to times
/// that it is taken off, and that moves places.
[[nodiscard]] std::size_t place_without_machine(const LogTimes& times, const Neighbourhood& around);

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
                                               std::span<const TimeCandidate> found, std::size_t points,
                                               const ChangeSettings& settings);

}  // namespace mnist
