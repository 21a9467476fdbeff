// Turning files into rows. Facts of `mnist train` get the keys that mnist_bench gives them.
#include "mnist/compare/measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mnist/compare/groups.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/results/flat_facts.hpp"
#include "mnist/results/peak_share.hpp"
#include "mnist/results/train_json.hpp"
#include "rows_by_name.hpp"
#include "table.hpp"

namespace mnist {
namespace {

// The greatest single call is not among them: it says more about the machine's worst moment than of anything
// that comes back in the next measurement.
constexpr std::array kPercentiles{std::pair{"p50", "p50_us"}, std::pair{"p90", "p90_us"},
                                  std::pair{"p99", "p99_us"}};

std::optional<double> counter(const BenchRepetition& repetition, const char* key) {
    const auto found = repetition.counters.find(key);
    return found == repetition.counters.end() ? std::nullopt : std::optional(found->second);
}

// Files of other programs may have a counter of that name, and mean something else.
std::optional<std::uint32_t> process_of(const BenchRepetition& repetition, bool has_processes) {
    constexpr double kMost = 1e6;
    const auto number = has_processes ? counter(repetition, kProcess) : std::nullopt;
    if (!number || *number < 0 || *number > kMost || *number != std::floor(*number)) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

// Numbers for each value, or none where one process measured all or it is not known of each.
void drop_single_process(std::vector<std::uint32_t>& processes, std::size_t values) {
    const bool is_one =
        std::ranges::all_of(processes, [&](std::uint32_t process) { return process == processes.front(); });
    if (is_one || processes.size() != values) processes.clear();
}

// Without its peak where the share is none.
void add_share(MeasuredRow& row, const std::optional<double>& share, const std::optional<double>& peak) {
    if (share && !share_of_peak(*share, 1)) return;
    if (share) row.peak_fractions.push_back(*share);
    if (peak) row.peak_gflops.push_back(*peak);
}

std::optional<std::uint64_t> test_samples(const std::map<std::string, std::string>& facts) {
    const auto found = facts.find("mnist.dataset.test_samples");
    constexpr std::uint64_t kMost = 1'000'000'000'000'000'000;
    const auto samples = found == facts.end() ? std::nullopt : parsed<std::uint64_t>(found->second);
    return samples && *samples < kMost ? samples : std::nullopt;
}

// Seconds of a run's mean epoch; empty where it was not completed or not timed.
std::optional<double> mean_epoch(const RunRecord& run) {
    if (run.status != RunStatus::completed || run.epochs.empty()) return std::nullopt;
    const double seconds = training_seconds(run);
    // Beyond some thirty years it is no time, and ratios of such are no numbers any more.
    constexpr double kLongest = 1e9;
    return seconds > 0 && seconds < kLongest ? std::optional(seconds / static_cast<double>(run.epochs.size()))
                                             : std::nullopt;
}

bool measures_machine(const std::string& name, bool ours) {
    return ours && family_of(name) == "Calibrate";
}

// What a row's repetition took. Our measurements of the machine itself run for as long as they are told to,
// and what they found is a rate: there it is the seconds that a billion operations or bytes take.
double seconds_of(const BenchRepetition& repetition, bool ours) {
    if (measures_machine(repetition.name, ours)) {
        for (const char* const rate : {"gflops", "gb_per_second"})
            if (const auto found = counter(repetition, rate); found && *found > 0) return 1 / *found;
    }
    return repetition.seconds;
}

// In order of time, where the file says it; in that of the file otherwise.
std::vector<const BenchRepetition*> in_order(const std::vector<BenchRepetition>& repetitions) {
    std::vector<const BenchRepetition*> ordered;
    ordered.reserve(repetitions.size());
    for (const BenchRepetition& repetition : repetitions) ordered.push_back(&repetition);
    std::ranges::stable_sort(
        ordered, [](const BenchRepetition* a, const BenchRepetition* b) { return a->index < b->index; });
    return ordered;
}

}  // namespace

bool is_disturbed(const MeasuredRow& row) {
    return 4 * row.disturbed > row.seconds.size();
}

std::size_t rows_in_common(const Measurements& one, const Measurements& other) {
    return matched(one, other).rows.size();
}

Measurements measurements_of(const BenchResult& result, const std::string& label) {
    Measurements measured{.label = label,
                          .facts = result.context,
                          .rows = {},
                          .skipped = result.skipped,
                          .weights = {},
                          .copies = {}};
    const bool ours = result.context.contains("mnist.schema");
    const bool has_processes = ours && result.context.contains(kProcesses);
    const auto samples = test_samples(result.context);
    RowsByName rows(measured.rows);
    std::vector<std::ptrdiff_t> places;  // of each repetition's row, in the order of the file
    places.reserve(result.repetitions.size());
    for (const BenchRepetition& repetition : result.repetitions) {
        MeasuredRow& row = rows.at(repetition.name);
        places.push_back(&row - measured.rows.data());
        row.of_machine = measures_machine(repetition.name, ours);
        // Another library's label is its own.
        if (ours && !row.of_machine && row.name.find("/library:") == std::string::npos)
            row.primitives = repetition.label;
        row.accuracy.test_samples = samples;
    }
    for (const BenchRepetition* const next : in_order(result.repetitions)) {
        const BenchRepetition& repetition = *next;
        MeasuredRow& row =
            *(measured.rows.data() + places[static_cast<std::size_t>(next - result.repetitions.data())]);
        row.seconds.push_back(seconds_of(repetition, ours));
        const auto process = process_of(repetition, has_processes);
        if (process) row.processes.push_back(*process);
        if (process) measured.processes = std::max(measured.processes, *process + 1);
        const auto accuracy = counter(repetition, "test_accuracy");
        if (accuracy && *accuracy >= 0 && *accuracy <= 100) {
            row.accuracy.percent.push_back(*accuracy);
            const auto seed = counter(repetition, "seed");
            if (seed && *seed >= 0 && *seed < 9e15)
                row.accuracy.seeds.push_back(static_cast<std::uint64_t>(*seed));
        }
        for (const auto& [percentile, key] : kPercentiles)
            if (const auto us = counter(repetition, key); us && *us > 1e-24 && *us < 1e15) {
                row.latencies[percentile].push_back(*us * 1e-6);
                if (process) row.latency_processes[percentile].push_back(*process);
            }
        if (disturbed_by(disturbance_of(repetition))) ++row.disturbed;
        add_share(row, counter(repetition, "peak_fraction"), counter(repetition, "peak_gflops"));
        if (const auto share = counter(repetition, "exchange_share"); share && *share >= 0 && *share <= 1)
            row.exchange_shares.push_back(*share);
    }
    for (MeasuredRow& row : measured.rows) {
        drop_single_process(row.processes, row.seconds.size());
        for (auto& [percentile, processes] : row.latency_processes)
            drop_single_process(processes, row.latencies[percentile].size());
    }
    return measured;
}

Measurements measurements_of(const TrainResult& result, const std::string& label) {
    Measurements measured{
        .label = label, .facts = {}, .rows = {}, .skipped = {}, .weights = {}, .copies = {}};
    flatten(to_json(result.machine), "mnist.machine", measured.facts);
    flatten(to_json(result.build), "mnist.build", measured.facts);
    flatten(to_json(result.dataset), "mnist.dataset", measured.facts);
    flatten(to_json(result.config), "mnist.config", measured.facts);
    measured.facts["mnist.interrupted"] = result.interrupted ? "true" : "false";
    if (!result.resumed.empty()) measured.facts["mnist.resumed"] = std::to_string(result.resumed.size());
    const std::size_t ranks = result.cluster ? result.cluster->ranks.size() : 1;
    if (ranks > 1) measured.facts["mnist.config.ranks"] = std::to_string(ranks);
    for (std::size_t r = 0; ranks > 1 && r < ranks; ++r)
        measured.facts[fmt::format("mnist.cluster.ranks.{}.threads", r)] =
            std::to_string(result.cluster->ranks[r].threads);
    RowsByName rows(measured.rows);
    for (const RunRecord& run : result.runs) {
        const std::string name =
            fmt::format("Train/{}/batch:{}{}", label_of(run.optimizer), result.config.batch_size,
                        ranks > 1 ? fmt::format("/ranks:{}", ranks) : "");
        const std::string which = fmt::format("{}, seed {}", label_of(run.optimizer), run.seed);
        const std::optional<double> seconds = mean_epoch(run);
        if (!seconds) {
            measured.skipped.push_back({.name = which,
                                        .reason = run.status == RunStatus::completed
                                                      ? "its epochs have no times that could be compared"
                                                      : "the run was not completed"});
            continue;
        }
        MeasuredRow& row = rows.at(name);
        row.seconds.push_back(*seconds);
        row.accuracy.test_samples = result.dataset.test_samples;
        if (run.last_accuracy) {
            row.accuracy.percent.push_back(*run.last_accuracy);
            row.accuracy.seeds.push_back(run.seed);
        }
        if (disturbed_by(run.disturbance)) ++row.disturbed;
        if (run.ranks) row.exchange_shares.push_back(run.ranks->exchange_share);
        if (result.fma_peak_gflops && run.samples_per_second && *result.fma_peak_gflops > 0) {
            const std::optional<double> share = peak_share(result, *run.samples_per_second);
            if (share || result.config.precision != Precision::f32)
                add_share(row, share, result.fma_peak_gflops);
        }
        measured.weights[which] = run.weights_sha256;
    }
    return measured;
}

}  // namespace mnist
