// Rows of two sides matched by name, and what their floors of noise and families make of them: the table that
// comparisons and rankings judge. Private to this room.
#pragma once

#include <string>
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

/// The share that a row of the family of `name` differs by when nothing changed: "mnist.noise_floor.FAMILY"
/// of the facts. 0 where there is none, or where it is no share of at most 1 and therefore nothing that was
/// measured; a greater one would let any regression pass.
[[nodiscard]] double noise_floor(const std::map<std::string, std::string>& facts, const std::string& name);

/// What judge_speed and judge_accuracy take, row by row. `facts` are those that hold the noise floors.
struct Table {
    std::vector<std::string> names;
    std::vector<TimeSamples> times;
    std::vector<std::pair<AccuracySample, AccuracySample>> accuracies;

    void add(const Match& match, const std::map<std::string, std::string>& facts);
};

}  // namespace mnist
