// Counters of a repetition as facts of a disturbance, from files of any age.
#include "mnist/results/bench_json.hpp"

#include <algorithm>
#include <iterator>

namespace mnist {
namespace {

std::optional<double> counted(const BenchRepetition& repetition, const char* key) {
    const auto found = repetition.counters.find(key);
    return found == repetition.counters.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> switches_per_s(const BenchRepetition& repetition) {
    const std::optional<double> switches = counted(repetition, "involuntary_switches");
    if (!switches || repetition.iterations.value_or(0) == 0) return std::nullopt;
    return *switches / (repetition.seconds * static_cast<double>(*repetition.iterations));
}

}  // namespace

Disturbance disturbance_of(const BenchRepetition& repetition) {
    Disturbance disturbance;
    for (const DisturbanceFact& fact : kDisturbanceFacts) {
        std::optional<double> value = counted(repetition, fact.key);
        if (!value && fact.value == &Disturbance::involuntary_switches_per_s)
            value = switches_per_s(repetition);
        if (value && *value >= 0 && *value <= fact.greatest) disturbance.*fact.value = value;
    }
    return disturbance;
}

bool is_about_disturbance(std::string_view counter) {
    constexpr std::string_view kOthers[]{"disturbed", "involuntary_switches", "load_average"};
    const auto is_fact = [&](const DisturbanceFact& fact) {
        return fact.value != &Disturbance::waiting_share && counter == fact.key;
    };
    return std::find(std::begin(kOthers), std::end(kOthers), counter) != std::end(kOthers) ||
           std::any_of(std::begin(kDisturbanceFacts), std::end(kDisturbanceFacts), is_fact);
}

}  // namespace mnist
