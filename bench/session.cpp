// The library sees functions without arguments; everything is in the closures.
#include "session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "mnist/core/flops.hpp"
#include "program.hpp"
#include "ranks.hpp"

namespace mnist::bench {

double seconds_left(const Progress& p) {
    constexpr double kPlanned = 2.0;  // as if that much had gone by plan: the first looks say little
    const double done_s = p.done_s + p.share.value_or(0) * p.running_s;
    const double elapsed_s = p.elapsed_s + (p.share ? p.since_s : 0);
    const double pace = (elapsed_s + kPlanned) / (done_s + kPlanned);
    const double given_s = pace * (p.done_s + p.running_s - done_s);
    const double after_s = pace * (p.planned_s - p.done_s - p.running_s);
    return std::max(0.0, after_s + (p.share ? given_s : std::max(0.0, given_s - p.since_s)));
}

namespace {

// The library aborts where the repetitions of a benchmark differ in their iterations. One that ended before
// its loop began has none, and one of batches has more than were asked for: as many as the repetition before.
void skip(benchmark::State& state, const char* why, std::int64_t iterations) {
    if (state.iterations() == 0)
        static_cast<void>(state.KeepRunningBatch(std::max<std::int64_t>(1, iterations)));
    state.SkipWithError(why);
}

}  // namespace

Session::Session(Registry entries, Bench& bench, ProgressLine& progress, SessionPart part)
    : bench_(bench),
      progress_(progress),
      part_(std::move(part)),
      repetitions_(part_.repetitions.value_or(bench.options.repetitions)),
      watch_(bench.cpus.order) {
    const bool warms_up = bench.options.warmup_s > 0;
    for (Entry& entry : entries) {
        if (entry.iterations == 0) entry.iterations = bench.options.iterations.value_or(0);
        if (entry.repetitions == 0) entry.repetitions = repetitions_;
        plan_.planned_s += entry.usual_s * static_cast<double>(entry.repetitions * part_.times);
        if (entry.needs_peak) threads_of_[entry.name] = entry.threads;
        const RepetitionCounter counter(entry.iterations, warms_up);
        entries_.push_back({.entry = std::move(entry), .counter = counter});
    }
    bench.between_epochs = [this](double share) { show_progress(share); };
}

void Session::register_entries() {
    const Options& options = bench_.options;
    for (Tracked& tracked : entries_) {
        const Entry& entry = tracked.entry;
        auto* const known = benchmark::RegisterBenchmark(
            entry.name.c_str(), [this, &tracked](benchmark::State& state) { call(tracked, state); });
        if (entry.manual_time) {
            known->UseManualTime();
        } else {
            known->UseRealTime();
        }
        if (entry.iterations > 0) {
            known->Iterations(entry.iterations);
        } else {
            known->MinTime(options.min_time_s.value_or(entry.min_time_s));
        }
        if (!options.time_unit_given) known->Unit(entry.unit);
        if (entry.repetitions != options.repetitions) known->Repetitions(static_cast<int>(entry.repetitions));
    }
}

void Session::call(Tracked& tracked, benchmark::State& state) {
    if (bench_.stop.load()) {
        skip(state, kInterrupted, tracked.iterations);
        return;
    }
    if (!tracked.entry.obstacle.empty()) {
        skip(state, tracked.entry.obstacle.c_str(), tracked.iterations);
        return;
    }
    const std::optional<std::size_t> repetition = tracked.counter.next(state.max_iterations);
    begin(tracked, repetition);
    show_progress(std::nullopt);
    if (tracked.entry.needs_peak) static_cast<void>(bench_.peaks.best(tracked.entry.threads));
    Call call{.state = state, .repetition = part_.first + repetition.value_or(0), .first = !tracked.called};
    tracked.called = true;
    watch_.begin();
    if (bench_.cluster != nullptr)
        announce(*bench_.cluster, tracked.entry.name, {call.repetition, state.max_iterations});
    run_guarded(tracked, call);
    tracked.iterations = state.iterations();
    if (state.error_occurred()) {
        if (!bench_.stop.load()) ++errors_;
        return;
    }
    if (bench_.stop.load()) {
        skip(state, kInterrupted, tracked.iterations);
        return;
    }
    count_disturbance(call, tracked.entry.name);
    const std::size_t workers = call.workers.value_or(tracked.entry.threads);
    if (call.workers) call.count("workers", static_cast<double>(workers));
    if (!tracked.entry.needs_peak) return;
    threads_of_[tracked.entry.name] = workers;
    count_share(call, workers);
}

void Session::count_disturbance(Call& call, const std::string& name) {
    Disturbance found = watch_.so_far();
    call.count("involuntary_switches", watch_.involuntary_switches());
    call.count("load_average", load_average());
    for (const DisturbanceFact& fact : kDisturbanceFacts) call.count(fact.key, found.*fact.value);
    const std::optional<std::string> reason = disturbed_by(found);
    if (!reason) return;
    call.count(kDisturbed, 1);
    // What goes on for long is said again now and then, and not once a repetition.
    constexpr std::chrono::seconds kBetweenWarnings{10};
    const auto now = std::chrono::steady_clock::now();
    if (last_warning_ && now - *last_warning_ < kBetweenWarnings) return;
    last_warning_ = now;
    progress_.clear();
    note(fmt::format("warning: {} is disturbed: {}. Rows with disturbed=1 say little of the program", name,
                     *reason));
}

void Session::count_share(Call& call, std::size_t threads) {
    const auto gflops = call.state.counters.find("gflops");
    if (gflops == call.state.counters.end()) return;
    const std::optional<double> share = bench_.peaks.share(gflops->second, threads);
    call.count("peak_gflops", bench_.peaks.best(threads));
    call.count("peak_fraction", share);
}

void Session::run_guarded(Tracked& tracked, Call& call) {
    try {
        tracked.entry.run(call);
    } catch (const std::exception& error) {
        if (bench_.cluster != nullptr) throw;  // the others are in the middle of it
        skip(call.state, error.what(), tracked.iterations);
    }
}

void Session::use_best_peak(benchmark::BenchmarkReporter::Run& run) const {
    const auto known = threads_of_.find(run.run_name.function_name);
    const auto gflops = run.counters.find("gflops");
    if (known == threads_of_.end() || gflops == run.counters.end()) return;
    const double peak = bench_.peaks.all().at(known->second);
    // One peak for all: its spread is none, and that of the shares is the speeds'.
    const bool is_relative = run.aggregate_unit == benchmark::kPercentage;
    const bool is_spread = is_relative || run.aggregate_name == "stddev";
    const std::optional<double> share = share_of_peak(gflops->second.value, is_relative ? 1 : peak);
    run.counters["peak_gflops"] = is_spread ? 0 : peak;
    run.counters.erase("peak_fraction");
    if (share) run.counters["peak_fraction"] = *share;
}

// Calls before the first repetition (warming up) belong to no plan; their time slows the pace.
void Session::begin(Tracked& tracked, std::optional<std::size_t> repetition) {
    if (repetition && repetition == tracked.last_repetition) return;
    const auto now = std::chrono::steady_clock::now();
    tracked.last_repetition = repetition;
    plan_.done_s += plan_.running_s;
    plan_.running_s = repetition ? tracked.entry.usual_s : 0;
    plan_.elapsed_s = std::chrono::duration<double>(now - started_).count();
    running_since_ = now;
    running_ = part_.title + (part_.title.empty() ? "" : ", ") + tracked.entry.name;
    if (tracked.entry.repetitions > 1 && repetition)
        running_ += fmt::format(", repetition {} of {}", part_.first + *repetition + 1,
                                part_.first + tracked.entry.repetitions);
}

void Session::show_progress(std::optional<double> share) {
    plan_.share = share;
    plan_.since_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - running_since_).count();
    // The time first, so that a narrow terminal cuts the name.
    progress_.show(fmt::format("about {:.0f} s left: {}", std::max(1.0, seconds_left(plan_)), running_));
}

}  // namespace mnist::bench
