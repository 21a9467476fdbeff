// Rows of two sides matched by name, and what their floors of noise and families make of them: the table that
// comparisons and rankings judge. Private to this room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mnist/compare/measurements.hpp"
#include "mnist/compare/verdict.hpp"

namespace mnist {

struct Match {
    const MeasuredRow* base;
    const MeasuredRow* measured;
};

struct Matches {
    std::vector<Match> rows;  ///< in the base's order
    std::vector<std::string> only_base, only_measured;
};

[[nodiscard]] Matches matched(const Measurements& base, const Measurements& measured);

/// Where a file holds how much its families differ when nothing changed: this and the family's name.
inline constexpr std::string_view kNoiseFloor = "mnist.noise_floor.";

/// The text as a share from 0 to 1; empty for anything else. A greater one would let any regression pass.
[[nodiscard]] std::optional<double> noise_share(const std::string& text);

/// The noise floor of the family of `name`; 0 where the facts have none, or none that is a share.
[[nodiscard]] double noise_floor(const std::map<std::string, std::string>& facts, const std::string& name);

/// What judge_speed and judge_accuracy take, row by row. `facts` are those that hold the noise floors.
struct Table {
    std::vector<std::string> names;
    std::vector<TimeSamples> times;
    std::vector<std::pair<AccuracySample, AccuracySample>> accuracies;

    void add(const Match& match, const std::map<std::string, std::string>& facts);
};

}  // namespace mnist
