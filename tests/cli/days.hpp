// Results of forty simulated days of one machine: a host that got slower at one of them, and a program that
// did at another.
#pragma once

#include <nlohmann/json.hpp>

namespace mnist::testing {

constexpr int kDays = 40;
constexpr int kHostStep = 12;
constexpr int kProgramStep = 30;

/// Of one day: from kHostStep on the machine has 80 % of its peak, which both benchmarks follow; from
/// kProgramStep on Train needs a fifth more.
[[nodiscard]] nlohmann::json result_of_day(int day);

}  // namespace mnist::testing
