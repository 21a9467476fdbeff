// What else went on while something was measured, and the one rule that tells a disturbed measurement from a
// slow program. Whoever measures fills the facts in, whoever reads a result judges by them; what a system or
// an older file does not say is empty and accuses nobody.
#pragma once

#include <optional>
#include <string>

namespace mnist {

/// Shares are from 0 to 1, over the time that was measured and what belongs to it.
struct Disturbance {
    /// Control group with a CPU quota: time that its threads stood still, of the time of the CPUs.
    std::optional<double> throttled_share{};
    /// A hypervisor ran something else: of the time of all CPUs.
    std::optional<double> steal_share{};
    /// Other processes: of the time of the CPUs that this process may use.
    std::optional<double> other_cpu_share{};
    /// Threads of this process that could have run and waited for a CPU, of the time that they ran or waited.
    /// Without what more threads than CPUs take from each other.
    std::optional<double> run_queue_share{};
    /// Threads that lost their CPU unasked, or gave it away while they had work: a second, of all threads.
    std::optional<double> involuntary_switches_per_s{};
    /// Threads of a team that waited for each other, of their time; only where that is measured.
    std::optional<double> waiting_share{};
};

/// The facts by the keys that they have in result files.
struct DisturbanceFact {
    const char* key;
    std::optional<double> Disturbance::*value;
    double greatest = 1;  ///< that it can be; the least is 0
};
inline constexpr DisturbanceFact kDisturbanceFacts[]{
    {"throttled_share", &Disturbance::throttled_share},
    {"steal_share", &Disturbance::steal_share},
    {"other_cpu_share", &Disturbance::other_cpu_share},
    {"run_queue_share", &Disturbance::run_queue_share},
    {"involuntary_switches_per_s", &Disturbance::involuntary_switches_per_s, 1e9},
    {"waiting_share", &Disturbance::waiting_share}};

/// Why a measurement with these facts says little about the program, in words that read on from "disturbed: "
/// ("other processes took 48 % of the CPUs"); empty where nothing speaks against it. Of several reasons the
/// one that explains the others. Cost: none.
[[nodiscard]] std::optional<std::string> disturbed_by(const Disturbance& disturbance);

/// The greater value of each fact: what happened at worst in two measurements.
[[nodiscard]] Disturbance worst_of(const Disturbance& a, const Disturbance& b);

}  // namespace mnist
