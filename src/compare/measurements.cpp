// Turning files into rows. Facts of `mnist train` get the keys that mnist_bench gives them.
#include "mnist/compare/measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "differences.hpp"
#include "mnist/compare/groups.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/results/flat_facts.hpp"
#include "mnist/results/train_json.hpp"
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
    const bool is_one = std::all_of(processes.begin(), processes.end(),
                                    [&](std::uint32_t process) { return process == processes.front(); });
    if (is_one || processes.size() != values) processes.clear();
}

// Those of `more` behind those of the pool, which has `pooled` values, by numbers that the pool does not
// have.
void pool_processes(std::vector<std::uint32_t>& pool, std::size_t pooled, std::uint32_t in_pool,
                    const std::vector<std::uint32_t>& more, std::size_t added) {
    if (pool.empty()) pool.assign(pooled, 0);
    for (std::size_t i = 0; i < added; ++i) pool.push_back(in_pool + (more.empty() ? 0 : more[i]));
}

// More than all of a peak says that it was measured in a bad moment, and then it is no peak.
void add_share(MeasuredRow& row, const std::optional<double>& share, const std::optional<double>& peak) {
    if (share && *share > 1) return;
    if (share) row.peak_fractions.push_back(*share);
    if (peak) row.peak_gflops.push_back(*peak);
}

/// Rows of a list by name. Files may have hundreds of thousands, so they are not searched for one by one.
class RowsByName {
  public:
    explicit RowsByName(std::vector<MeasuredRow>& rows) : rows_(&rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) places_.emplace(rows[i].name, i);
    }
    /// The row of that name, added where there is none. Valid until the next call.
    MeasuredRow& at(const std::string& name) {
        const auto [place, is_new] = places_.emplace(name, rows_->size());
        if (is_new) rows_->emplace_back().name = name;
        return (*rows_)[place->second];
    }

    [[nodiscard]] const MeasuredRow* find(const std::string& name) const {
        const auto place = places_.find(name);
        return place == places_.end() ? nullptr : &(*rows_)[place->second];
    }

  private:
    std::vector<MeasuredRow>* rows_;
    std::unordered_map<std::string, std::size_t> places_;
};

std::optional<std::uint64_t> test_samples(const std::map<std::string, std::string>& facts) {
    const auto found = facts.find("mnist.dataset.test_samples");
    if (found == facts.end() || found->second.empty() || found->second.size() > 18 ||
        !std::all_of(found->second.begin(), found->second.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return std::stoull(found->second);
}

double training_flop(const TrainResult& result) {
    std::vector<std::size_t> dims{result.dataset.rows * result.dataset.columns};
    dims.insert(dims.end(), result.config.hidden.begin(), result.config.hidden.end());
    dims.push_back(result.dataset.classes);
    return training_flop_per_sample(dims);
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
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const BenchRepetition* a, const BenchRepetition* b) { return a->index < b->index; });
    return ordered;
}

// Whether all repetitions of `more` stand in `pool` already, in a row: times have so many digits that no two
// measurements agree in all of them.
bool is_copy(const Measurements& more, const RowsByName& pool) {
    return !more.rows.empty() && std::all_of(more.rows.begin(), more.rows.end(), [&](const MeasuredRow& row) {
        const MeasuredRow* const known = pool.find(row.name);
        return known != nullptr &&
               std::search(known->seconds.begin(), known->seconds.end(), row.seconds.begin(),
                           row.seconds.end()) != known->seconds.end();
    });
}

// Files that were both looked at could each have been stopped anywhere.
std::string multiplied(const std::string& looks, const std::string& more) {
    const auto number = [](const std::string& text) {
        unsigned value = 1;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return std::clamp(value, 1U, 1000U);
    };
    return fmt::to_string(number(looks) * number(more));
}

void pool_facts(std::map<std::string, std::string>& pool, const std::map<std::string, std::string>& more) {
    for (const auto& [key, value] : more) {
        const bool is_flaw = (key == "mnist.interrupted" && value == "true") || key == "mnist.resumed";
        if (is_flaw) pool[key] = value;
        if (key == kPlannedLooks) pool[key] = multiplied(pool[key], value);
        if (!key.starts_with(kNoiseFloor)) continue;
        const auto known = pool.find(key);
        const double least = known == pool.end() ? 0 : noise_share(known->second).value_or(0);
        if (known == pool.end() || noise_share(value).value_or(0) > least) pool[key] = value;
    }
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
        if (result.fma_peak_gflops && run.samples_per_second && *result.fma_peak_gflops > 0) {
            std::optional<double> share;
            if (result.config.precision == Precision::f32)  // the peak is f32's
                share = *run.samples_per_second * training_flop(result) / (*result.fma_peak_gflops * 1e9);
            add_share(row, share, result.fma_peak_gflops);
        }
        measured.weights[which] = run.weights_sha256;
    }
    return measured;
}

bool can_be_pooled(const Measurements& pool, const Measurements& more) {
    return pooling_obstacles(pool.facts, more.facts).empty();
}

void pool_into(Measurements& pool, const Measurements& more) {
    for (const FactDifference& difference : pooling_obstacles(pool.facts, more.facts))
        throw InputError({.where = more.label,
                          .expected = fmt::format("{} as in {}: {}", difference.key, pool.label,
                                                  difference.base.value_or("none")),
                          .found = difference.new_value.value_or("none"),
                          .remedy = "Pool only files of one machine, one build and one configuration"});
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    RowsByName rows(pool.rows);
    if (is_copy(more, rows)) pool.copies.push_back(more.label);
    for (const MeasuredRow& row : more.rows) {
        MeasuredRow& sum = rows.at(row.name);
        sum.of_machine = row.of_machine;
        if (sum.primitives.empty()) sum.primitives = row.primitives;
        pool_processes(sum.processes, sum.seconds.size(), pool.processes, row.processes, row.seconds.size());
        append(sum.seconds, row.seconds);
        append(sum.accuracy.percent, row.accuracy.percent);
        append(sum.accuracy.seeds, row.accuracy.seeds);
        if (!sum.accuracy.test_samples) sum.accuracy.test_samples = row.accuracy.test_samples;
        for (const auto& [percentile, seconds] : row.latencies) {
            const auto known = row.latency_processes.find(percentile);
            std::vector<double>& pooled = sum.latencies[percentile];
            pool_processes(
                sum.latency_processes[percentile], pooled.size(), pool.processes,
                known == row.latency_processes.end() ? std::vector<std::uint32_t>() : known->second,
                seconds.size());
            append(pooled, seconds);
        }
        append(sum.peak_fractions, row.peak_fractions);
        append(sum.peak_gflops, row.peak_gflops);
        sum.disturbed += row.disturbed;
    }
    pool.processes += more.processes;
    append(pool.skipped, more.skipped);
    pool_facts(pool.facts, more.facts);
    pool.weights.insert(more.weights.begin(), more.weights.end());
    pool.label += "," + more.label;
}

}  // namespace mnist
