// Rows of two sides matched by what they measured, and what their floors of noise and families make of them:
// the table that comparisons and rankings judge. Private to this room.
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

using Facts = std::map<std::string, std::string>;

/// What a row measured. mnist_bench leaves the number of threads and the precision out of a name where a file
/// has one of them only.
struct MeasuredAs {
    std::string what;                ///< "Train/Adam/batch:64": the name without both
    std::string threads, precision;  ///< "2", "bf16"; empty in files of other programs

    // clang-tidy takes what the compiler compares with for a null pointer.
    // NOLINTNEXTLINE(modernize-use-nullptr)
    [[nodiscard]] auto operator<=>(const MeasuredAs&) const = default;
};

/// Of a file of ours a name without threads means those of the configuration where a team computes, and one
/// elsewhere; a name without a precision means that of the configuration, or f32. Names of other programs
/// are what they are.
[[nodiscard]] MeasuredAs measured_as(const std::string& name, const Facts& facts);

/// Takes "/key:value" out of `name` and returns the value; empty where it has none. `key` with both signs.
[[nodiscard]] std::string taken_out(std::string& name, std::string_view key);

struct Match {
    const MeasuredRow* base;
    const MeasuredRow* measured;
    MeasuredAs base_as, measured_as;
    std::string percentile{};  ///< "p99" where the latencies are compared, empty for the times

    /// That of the side that says more, and the percentile: "Infer/batch:1 p99".
    [[nodiscard]] std::string name() const;
    /// For groups: with the precision that both have where it is not f32, without threads.
    [[nodiscard]] std::string group_name() const;
    [[nodiscard]] const std::vector<double>& base_seconds() const;
    [[nodiscard]] const std::vector<double>& new_seconds() const;
    [[nodiscard]] bool disturbed() const;
};

struct Matches {
    std::vector<Match> rows;  ///< of times, in the base's order
    std::vector<const MeasuredRow*> only_base, only_measured;
};

/// Rows that measured the same; then, of those that are left, rows of the same name: they differ in the
/// number of threads or the precision of the whole file, which is a comparison of these.
[[nodiscard]] Matches matched(const Measurements& base, const Measurements& measured);

/// With a row for each percentile that both sides have, behind the row of their times.
[[nodiscard]] std::vector<Match> with_latencies(const std::vector<Match>& rows);

/// Where a file holds how much its families differ when nothing changed: this and the family's name.
inline constexpr std::string_view kNoiseFloor = "mnist.noise_floor.";

/// The text as a share from 0 to 1; empty for anything else. A greater one would let any regression pass.
[[nodiscard]] std::optional<double> noise_share(const std::string& text);

/// The noise floor of the family of `name`; 0 where the facts have none, or none that is a share.
[[nodiscard]] double noise_floor(const Facts& facts, const std::string& name);

/// What judge_speed and judge_accuracy take, row by row. `facts` are those that hold the noise floors.
struct Table {
    std::vector<TimeSamples> times;
    std::vector<std::pair<AccuracySample, AccuracySample>> accuracies;

    void add(const Match& match, const Facts& facts);
};

}  // namespace mnist
