// The library's reporters do the writing; here runs are only prepared for them.
#include "reporters.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "mnist/results/bench_json.hpp"
#include "session.hpp"

namespace mnist::bench {
namespace {

// Numbers of a repetition without a meaning over several: the mean of seeds, and what some repetitions do not
// have (a target never reached), whose mean would be that of the others.
constexpr const char* kNotAggregated[]{"seed", "epochs_to_target", "seconds_to_target", kDisturbed, kProcess};

// What other tools that read Google Benchmark's files take for the rate; without it Conbench takes the CPU
// time of one thread, which means nothing where a team computes.
constexpr const char* kItems = "items_per_second";

bool is_only_in_files(const std::string& counter) {
    return (is_about_disturbance(counter) && counter != kDisturbed) || counter == "seed" ||
           counter == "peak_gflops" || counter == kProcess || counter == kItems;
}

// Debian's library says so of itself; what was measured is another build, and the context names it.
void remove_debug_warning(std::string& text) {
    constexpr std::string_view kWarning = "***WARNING*** Library was built as DEBUG";
    const std::size_t begin = text.find(kWarning);
    if (begin != std::string::npos) text.erase(begin, text.find('\n', begin) + 1 - begin);
}

// Without the statistics of what is there repetition by repetition: Bencher and others take each row for a
// measurement, whatever its run type, and a mean for a benchmark of its own. What has statistics only keeps
// them.
std::vector<std::vector<Run>> without_repeated(std::vector<std::vector<Run>> groups) {
    std::set<std::string> repeated;
    for (const std::vector<Run>& group : groups)
        for (const Run& run : group)
            if (run.run_type == Run::RT_Iteration) repeated.insert(run.run_name.function_name);
    for (std::vector<Run>& group : groups)
        std::erase_if(group, [&](const Run& run) {
            return run.run_type == Run::RT_Aggregate && repeated.contains(run.run_name.function_name);
        });
    return groups;
}

double finite(double value) {
    return std::isfinite(value) ? value : 0.0;
}

}  // namespace

Run cleaned(Run run) {
    benchmark::BenchmarkName short_name;
    short_name.function_name = std::move(run.run_name.function_name);
    run.run_name = std::move(short_name);
    if (run.run_type == Run::RT_Aggregate) {
        for (const char* const name : kNotAggregated) run.counters.erase(name);
    }
    std::erase_if(run.counters, [](const auto& counter) { return !std::isfinite(counter.second.value); });
    if (const auto rate = run.counters.find("samples_per_second"); rate != run.counters.end())
        run.counters[kItems] = rate->second;
    run.real_accumulated_time = finite(run.real_accumulated_time);
    run.cpu_accumulated_time = finite(run.cpu_accumulated_time);
    return run;
}

bool ConsoleTable::ReportContext(const Context& /*context*/) {
    name_field_width_ = columns_;
    printed_header_ = false;
    prev_counters_.clear();
    return true;
}

void ConsoleTable::ReportRuns(const std::vector<Run>& runs) {
    progress_.clear();
    std::vector<Run> shown;
    for (const Run& run : runs) {
        // One row for everything that an interruption left undone would scroll the measured rows away.
        if (has_error(run) && error_message(run) == kInterrupted) continue;
        Run row = cleaned(run);
        if (has_error(run) && !told_.insert(row.benchmark_name() + '\n' + error_message(run)).second)
            continue;
        std::erase_if(row.counters, [](const auto& counter) { return is_only_in_files(counter.first); });
        shown.push_back(std::move(row));
        if (run.run_type == Run::RT_Aggregate) shown.back().report_label.clear();
    }
    if (shown.empty()) return;
    ConsoleReporter::ReportRuns(shown);
    GetOutputStream().flush();
    if (!GetOutputStream() && unread_) std::exchange(unread_, nullptr)();
}

void Collector::ReportRuns(const std::vector<Run>& runs) {
    std::vector<Run> group;
    std::transform(runs.begin(), runs.end(), std::back_inserter(group), cleaned);
    groups_.push_back(std::move(group));
}

void Collector::amend(const std::function<void(Run&)>& change) {
    for (std::vector<Run>& group : groups_) std::for_each(group.begin(), group.end(), change);
}

void Collector::drop_errors() {
    for (std::vector<Run>& group : groups_) std::erase_if(group, has_error<Run>);
}

std::string Collector::text(Format format) const {
    benchmark::JSONReporter json;
    benchmark::ConsoleReporter table(benchmark::ConsoleReporter::OO_None);
    benchmark::BenchmarkReporter* const reporter =
        format == Format::json ? static_cast<benchmark::BenchmarkReporter*>(&json) : &table;
    std::ostringstream text;
    reporter->SetOutputStream(&text);
    reporter->SetErrorStream(&text);
    Context context;
    context.name_field_width = 10;
    for (const std::vector<Run>& group : groups_) {
        for (const Run& run : group)
            context.name_field_width = std::max(context.name_field_width, run.benchmark_name().size());
    }
    reporter->ReportContext(context);
    for (const std::vector<Run>& group : format == Format::json ? without_repeated(groups_) : groups_) {
        if (!group.empty()) reporter->ReportRuns(group);
    }
    reporter->Finalize();
    std::string written = text.str();
    if (format == Format::console) remove_debug_warning(written);
    return written;
}

bool library_says_debug() {
    return Collector().text(Format::json).find("\"library_build_type\": \"debug\"") != std::string::npos;
}

}  // namespace mnist::bench
