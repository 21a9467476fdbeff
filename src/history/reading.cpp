// From rows of repetitions to one number a row, beside what the same process measured of its machine.
#include "mnist/history/reading.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

#include "mnist/compare/measurements.hpp"
#include "mnist/compare/score.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

using Facts = std::map<std::string, std::string>;

constexpr std::string_view kPeak = "mnist.fma_peak_gflops.threads:";
constexpr std::string_view kTriad = "Calibrate/TriadBandwidth/threads:";
constexpr std::string_view kFmaPeak = "Calibrate/FmaPeak/threads:";

/// What orders, groups and explains files.
bool is_kept(std::string_view key) {
    constexpr std::array<std::string_view, 5> kPrefixes{"mnist.machine.", "mnist.build.", "mnist.config.",
                                                        "caches.", "mnist.score."};
    constexpr std::array<std::string_view, 10> kKeys{
        "mnist.created", "mnist.label", "mnist.dataset.sha256", "mnist.dataset.name",  "mnist.schema", "date",
        "host_name",     "num_cpus",    "mhz_per_cpu",          "cpu_scaling_enabled",
    };
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end() ||
           std::any_of(kPrefixes.begin(), kPrefixes.end(),
                       [&](std::string_view prefix) { return key.starts_with(prefix); });
}

std::string threads_in(const std::string& name) {
    constexpr std::string_view kWord = "/threads:";
    const std::size_t at = name.find(kWord);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + kWord.size();
    return name.substr(begin, name.find('/', begin) - begin);
}

std::optional<double> inverse(const std::string& text) {
    const double value = parsed<double>(text).value_or(0);
    return value > 0 && std::isfinite(value) && std::isfinite(1 / value) ? std::optional(1 / value)
                                                                         : std::nullopt;
}

/// What a file measured of its machine, by number of threads.
struct MachineSpeed {
    std::map<std::string, double, std::less<>> compute, memory;

    /// Of that many threads; of the only number that was measured where the row's is not known.
    static std::optional<double> of(const std::map<std::string, double, std::less<>>& measured,
                                    const std::string& threads) {
        const auto found = measured.find(threads);
        if (found != measured.end()) return found->second;
        return threads.empty() && measured.size() == 1 ? std::optional(measured.begin()->second)
                                                       : std::nullopt;
    }
};

MachineSpeed machine_speed(const Measurements& measured) {
    MachineSpeed speed;
    for (auto at = measured.facts.lower_bound(std::string(kPeak)); at != measured.facts.end(); ++at) {
        if (!at->first.starts_with(kPeak)) break;
        if (const auto seconds = inverse(at->second))
            speed.compute[at->first.substr(kPeak.size())] = *seconds;
    }
    for (const MeasuredRow& row : measured.rows) {
        if (!row.of_machine || is_disturbed(row)) continue;
        const auto seconds = median(row.seconds);
        if (!seconds) continue;
        if (row.name.starts_with(kTriad)) speed.memory[row.name.substr(kTriad.size())] = *seconds;
        if (row.name.starts_with(kFmaPeak))
            speed.compute.try_emplace(row.name.substr(kFmaPeak.size()), *seconds);
    }
    return speed;
}

HistoryRow history_row(const MeasuredRow& row, const MachineSpeed& machine, const std::string& threads) {
    HistoryRow kept{.name = row.name,
                    .seconds = median(row.seconds).value_or(0),
                    .repetitions = static_cast<std::uint32_t>(row.seconds.size()),
                    .disturbed = is_disturbed(row)};
    const auto& percent = row.accuracy.percent;
    if (!percent.empty()) {
        kept.runs = static_cast<std::uint32_t>(percent.size());
        kept.accuracy =
            std::accumulate(percent.begin(), percent.end(), 0.0) / static_cast<double>(percent.size());
    }
    const std::string own = threads_in(row.name);
    kept.compute_seconds = MachineSpeed::of(machine.compute, own.empty() ? threads : own);
    kept.memory_seconds = MachineSpeed::of(machine.memory, own.empty() ? threads : own);
    if (const auto peak = median(row.peak_gflops); peak && *peak > 0 && std::isfinite(1 / *peak))
        kept.compute_seconds = 1 / *peak;
    return kept;
}

Measurements measured_of(const ResultFile& result) {
    Measurements measured =
        std::visit([](const auto& content) { return measurements_of(content, {}); }, result);
    if (const auto* train = std::get_if<TrainResult>(&result)) {
        measured.facts["mnist.created"] = train->created;
        measured.facts["mnist.label"] = train->label;
    }
    return measured;
}

}  // namespace

HistoryReading history_reading(const ResultFile& result) {
    const Measurements measured = measured_of(result);
    const auto fact = [&](const char* key) {
        const auto found = measured.facts.find(key);
        return found == measured.facts.end() ? std::string() : found->second;
    };
    HistoryReading reading;
    for (const auto& [key, value] : measured.facts)
        if (is_kept(key) && key.size() <= kMostNameBytes && value.size() <= kMostNameBytes)
            reading.facts.emplace(key, value);
    const MachineSpeed machine = machine_speed(measured);
    const std::string threads = fact("mnist.config.threads");
    for (const MeasuredRow& row : measured.rows) {
        if (row.of_machine || row.name.size() > kMostNameBytes) continue;
        HistoryRow kept = history_row(row, machine, threads);
        if (std::isfinite(kept.seconds) && kept.seconds > 0) reading.rows.push_back(std::move(kept));
    }
    return reading;
}

}  // namespace mnist
