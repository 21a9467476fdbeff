// A counter that some repetitions do not have is summed up over those that have it, as the library does.
#include "pooled_runs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mnist/core/time_units.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist::bench {
namespace {

using Json = nlohmann::json;
using Values = std::vector<double>;

struct Statistic {
    const char* name;
    benchmark::StatisticUnit unit;
    double (*of)(const Values&);
};

double mean(const Values& values) {
    return summarise(values)->mean;
}
double deviation(const Values& values) {
    return summarise(values)->standard_deviation.value_or(0);
}

constexpr std::array<Statistic, 4> kStatistics{
    Statistic{"mean", benchmark::kTime, mean},
    Statistic{"median", benchmark::kTime, [](const Values& values) { return median(values).value(); }},
    Statistic{"stddev", benchmark::kTime, deviation},
    Statistic{"cv", benchmark::kPercentage,
              [](const Values& values) { return deviation(values) / mean(values); }}};

// Of each of an iteration.
struct Measured {
    Values real_s, cpu_s;
    std::map<std::string, Values> counters;
};

Measured measured_of(const std::vector<const Run*>& runs) {
    Measured all;
    for (const Run* const run : runs) {
        const auto iterations = static_cast<double>(std::max<std::int64_t>(run->iterations, 1));
        all.real_s.push_back(run->real_accumulated_time / iterations);
        all.cpu_s.push_back(run->cpu_accumulated_time / iterations);
        for (const auto& [name, counter] : run->counters) all.counters[name].push_back(counter.value);
    }
    return all;
}

Run statistic_of(const Statistic& statistic, const Measured& all, const Run& like) {
    Run run = like;
    run.run_type = Run::RT_Aggregate;
    run.aggregate_name = statistic.name;
    run.aggregate_unit = statistic.unit;
    run.repetition_index = Run::no_repetition_index;
    run.iterations = static_cast<benchmark::IterationCount>(all.real_s.size());
    // Times are divided by the iterations when they are shown, shares are not.
    const double scale = statistic.unit == benchmark::kTime ? static_cast<double>(run.iterations) : 1;
    run.real_accumulated_time = statistic.of(all.real_s) * scale;
    run.cpu_accumulated_time = statistic.of(all.cpu_s) * scale;
    run.counters.clear();
    for (const auto& [name, values] : all.counters) run.counters[name] = statistic.of(values);
    return cleaned(std::move(run));
}

// A label stands over all where all have it.
std::string common_label(const std::vector<const Run*>& runs) {
    const std::string& label = runs.front()->report_label;
    const bool same = std::ranges::all_of(runs, [&](const Run* run) { return run->report_label == label; });
    return same ? label : std::string();
}

void set_error(auto& run, const std::string& message) {
    if constexpr (requires { run.error_occurred; }) {
        run.error_occurred = true;
        run.error_message = message;
    } else {
        run.skipped = static_cast<decltype(run.skipped)>(2);
        run.skip_message = message;
    }
}

bool is_own_key(const std::string& key) {
    static const std::set<std::string> own{"family_index", "per_family_instance_index",
                                           "repetitions",  "repetition_index",
                                           "threads",      "iterations",
                                           "real_time",    "cpu_time"};
    return own.contains(key);
}

Run run_of(const Json& row) {
    Run run;
    run.run_name.function_name = row.at("run_name").get<std::string>();
    run.family_index = row.at("family_index");
    run.per_family_instance_index = row.at("per_family_instance_index");
    run.repetitions = row.at("repetitions");
    run.repetition_index = row.at("repetition_index");
    run.threads = row.at("threads");
    run.report_label = row.value("label", "");
    for (const char* const message : {"error_message", "skip_message"})
        if (row.contains(message)) set_error(run, row.at(message));
    if (has_error(run)) return run;
    run.iterations = row.at("iterations");
    const std::string word = row.at("time_unit");
    const auto* unit =
        std::ranges::find_if(kTimeUnits, [&](const TimeUnit& one) { return word == one.word; });
    if (unit == kTimeUnits.end()) unit = kTimeUnits.begin();
    static_assert(benchmark::kNanosecond == 0 && benchmark::kSecond + 1 == kTimeUnits.size());
    const double scale = static_cast<double>(run.iterations) / unit->per_second;
    run.time_unit = static_cast<benchmark::TimeUnit>(unit - kTimeUnits.begin());
    run.real_accumulated_time = row.at("real_time").get<double>() * scale;
    run.cpu_accumulated_time = row.at("cpu_time").get<double>() * scale;
    for (const auto& [key, value] : row.items())
        if (value.is_number() && !is_own_key(key)) run.counters[key] = value.get<double>();
    return run;
}

}  // namespace

PooledRuns::PooledRuns(std::vector<std::string> names)
    : names_(std::move(names)), repetitions_(names_.size()) {}

void PooledRuns::add(std::vector<Run> runs, std::optional<std::size_t> process) {
    for (Run& run : runs) {
        const auto name = std::find(names_.begin(), names_.end(), run.run_name.function_name);
        if (run.run_type != Run::RT_Iteration || name == names_.end()) continue;
        std::vector<Run>& known = repetitions_[static_cast<std::size_t>(name - names_.begin())];
        run.repetition_index = static_cast<std::int64_t>(known.size());
        if (process && !has_error(run)) run.counters[kProcess] = static_cast<double>(*process);
        known.push_back(std::move(run));
    }
}

std::vector<std::vector<Run>> PooledRuns::groups() const {
    std::vector<std::vector<Run>> groups;
    for (const std::vector<Run>& repetitions : repetitions_) {
        if (repetitions.empty()) continue;
        std::vector<Run>& group = groups.emplace_back(repetitions);
        for (Run& run : group) {
            run.family_index = static_cast<std::int64_t>(groups.size()) - 1;
            run.repetitions = static_cast<std::int64_t>(group.size());
        }
        std::vector<const Run*> sound;
        for (const Run& run : repetitions)
            if (!has_error(run)) sound.push_back(&run);
        if (sound.size() < 2) continue;
        Run like = *sound.front();
        like.report_label = common_label(sound);
        like.family_index = group.front().family_index;
        like.repetitions = group.front().repetitions;
        const Measured all = measured_of(sound);
        for (const Statistic& statistic : kStatistics) group.push_back(statistic_of(statistic, all, like));
    }
    return groups;
}

std::optional<PrintedResult> printed_result(const std::string& text) {
    try {
        const Json root = Json::parse(text);
        PrintedResult result;
        for (const auto& [key, value] : root.at("context").items())
            if (key.starts_with("mnist.")) result.facts[key] = value.get<std::string>();
        for (const Json& row : root.at("benchmarks"))
            if (row.at("run_type") == "iteration") result.runs.push_back(run_of(row));
        return result;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

}  // namespace mnist::bench
