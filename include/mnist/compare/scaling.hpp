// How what several processes train together scales with their number: Train and Step of results whose rows
// differ in their ranks alone. Strong scaling divides one batch among all; weak scaling gives each rank as
// many rows (--rows-per-rank). Left out: verdicts, as a row beside one of other ranks is no rival of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/measurements.hpp"

namespace mnist {

struct ScalingPoint {
    std::string label;  ///< of the file
    std::size_t ranks = 1;
    std::optional<std::uint64_t> threads;  ///< of all ranks together
    double seconds = 0;                    ///< median
    std::size_t repetitions = 0;
    bool disturbed = false;
    double speed = 1;                      ///< rows a second over those of the first point
    std::optional<double> efficiency;      ///< speed over how many times the first point's threads there are
    std::optional<double> exchange_share;  ///< median
};

struct ScalingSeries {
    std::string name;  ///< "Train/Adam/batch:1024", with its precision where that is not f32
    bool weak = false;
    std::vector<ScalingPoint> points;  ///< by ranks, then by threads; of two numbers of ranks at least
    /// Sentences, each with a remedy: other machines or other trainings than the first point's.
    std::vector<std::string> cautions{};
};

/// In the order of the files' rows; a row without ranks in its name is of one. Of other data is another
/// series. Labels are those of one file each. Pure.
[[nodiscard]] std::vector<ScalingSeries> scaling_of(std::span<const Measurements> sides);

}  // namespace mnist
