// Counters of a repetition as facts of a disturbance, from files of any age.
#include "mnist/results/bench_json.hpp"

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

}  // namespace mnist
