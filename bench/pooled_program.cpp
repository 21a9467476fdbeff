// Measures in several processes, or in rounds until ratios are known, or both: rounds are then more
// processes. Repetitions of all are pooled, and shown and kept when all are there.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base_result.hpp"
#include "child.hpp"
#include "mnist/report/progress_line.hpp"
#include "mnist/report/terminal.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/stats/looks.hpp"
#include "pooled_runs.hpp"
#include "processes.hpp"
#include "program.hpp"
#include "program_parts.hpp"
#include "session.hpp"
#include "until_decided.hpp"

namespace mnist::bench {
namespace {

std::vector<std::string> names_of(const Registry& entries) {
    std::vector<std::string> names;
    for (const Entry& entry : entries) names.push_back(entry.name);
    return names;
}

/// Repetitions of this process, round by round.
class Rounds {
  public:
    Rounds(const Registry& entries, Bench& bench) : entries_(entries), bench_(bench) {}

    void measure(const std::vector<std::string>& names, const SessionPart& part, PooledRuns& pool) {
        Registry some;
        for (const Entry& entry : entries_)
            if (std::find(names.begin(), names.end(), entry.name) != names.end()) some.push_back(entry);
        benchmark::ClearRegisteredBenchmarks();
        sessions_.push_back(std::make_unique<Session>(std::move(some), bench_, progress_, part));
        sessions_.back()->register_entries();
        Collector shown;
        Collector kept;
        benchmark::RunSpecifiedBenchmarks(&shown, &kept, "all");
        progress_.clear();
        if (bench_.stop.load()) kept.drop_errors();
        for (const std::vector<Run>& group : kept.groups()) pool.add(group, std::nullopt);
    }
    /// With the highest peak of all rounds.
    void use_best_peak(Run& run) const { sessions_.front()->use_best_peak(run); }
    [[nodiscard]] bool erred() const {
        return std::ranges::any_of(sessions_, [](const auto& session) { return session->errors() > 0; });
    }

  private:
    const Registry& entries_;
    Bench& bench_;
    ProgressLine progress_{is_capable_terminal(STDERR_FILENO), terminal_columns(STDERR_FILENO, 80)};
    std::vector<std::unique_ptr<Session>> sessions_;  ///< the first knows all entries
};

Measurements measurements_so_far(const PooledRuns& pool, const ContextFacts& facts) {
    BenchResult result{.context = facts, .repetitions = {}, .skipped = {}};
    for (const std::vector<Run>& group : pool.groups()) {
        for (const Run& run : group) {
            if (run.run_type != Run::RT_Iteration || has_error(run)) continue;
            BenchRepetition& one = result.repetitions.emplace_back();
            one.name = run.run_name.function_name;
            one.seconds = run.real_accumulated_time / static_cast<double>(run.iterations);
            one.iterations = static_cast<std::uint64_t>(run.iterations);
            for (const auto& [name, counter] : run.counters) one.counters[name] = counter.value;
            one.index = static_cast<std::uint64_t>(run.repetition_index);
        }
    }
    return measurements_of(result, "this run");
}

class PooledProgram {
  public:
    PooledProgram(Registry entries, Bench& bench, std::vector<std::string> command)
        : entries_(std::move(entries)),
          bench_(bench),
          options_(bench.options),
          pool_(names_of(entries_)),
          rounds_(entries_, bench),
          processes_(bench, std::move(command)) {}

    /// Measures; facts are those that are known before.
    void measure(const std::optional<Measurements>& base, const ContextFacts& facts) {
        facts_ = facts;
        if (base) {
            decide(*base);
        } else {
            processes_.measure(options_.filter, 0, options_.processes, pool_);
        }
    }

    int conclude() {
        const bool interrupted = bench_.stop.load();
        if (!in_processes() && !interrupted) bench_.peaks.measure_again();
        ContextFacts facts = all_facts();
        if (!in_processes())
            for (const auto& [key, value] : facts_after(bench_)) facts[key] = value;
        facts["mnist.interrupted"] = interrupted ? "true" : "false";
        facts["mnist.run.filter"] = options_.filter;
        add_context(facts);
        const std::vector<std::vector<Run>> groups = pool_.groups();
        if (groups.empty() && processes_.failed() > 0) return processes_.first_failure();
        Collector shown;
        Collector kept;
        for (const std::vector<Run>& group : groups) {
            kept.ReportRuns(group);
            shown.ReportRuns(to_show(group));
        }
        if (!in_processes())
            for (Collector* const collector : {&shown, &kept})
                collector->amend([&](Run& run) { rounds_.use_best_peak(run); });
        if (options_.format == Format::console) show_table(shown);
        if (outcome_)
            people(options_) << '\n'
                             << precision_table(*outcome_, *options_.until_decided, options_.base->string(),
                                                terminal_columns(output_descriptor(), TextStyle{}.width));
        return bench::conclude(shown, kept, bench_, interrupted, rounds_erred() || processes_.erred());
    }

  private:
    [[nodiscard]] bool in_processes() const { return options_.processes > 1; }
    [[nodiscard]] bool rounds_erred() const { return !in_processes() && rounds_.erred(); }

    /// Those of the first process, or ours, and what was planned.
    [[nodiscard]] ContextFacts all_facts() const {
        ContextFacts facts = in_processes() ? processes_.facts() : facts_;
        if (in_processes()) facts[kProcesses] = fmt::to_string(processes_.measured());
        if (in_processes()) facts["mnist.run.processes"] = fmt::to_string(options_.processes);
        if (processes_.failed() > 0) facts["mnist.processes_failed"] = fmt::to_string(processes_.failed());
        if (!options_.until_decided) return facts;
        facts[kPlannedLooks] = fmt::to_string(schedule_.size());
        facts["mnist.until_decided.percent"] = fmt::format("{}", 100 * *options_.until_decided);
        facts["mnist.until_decided.base"] = printable(options_.base->string());
        facts["mnist.until_decided.max_repetitions"] = fmt::to_string(options_.max_repetitions);
        if (outcome_) facts[kLooks] = fmt::to_string(outcome_->looks);
        return facts;
    }

    void decide(const Measurements& base) {
        // What is repeated: processes, or repetitions of this one.
        const std::size_t first = in_processes() ? options_.processes : options_.repetitions;
        const std::size_t most =
            in_processes() ? options_.max_repetitions / options_.repetitions : options_.max_repetitions;
        schedule_ = look_schedule(first, most);
        std::size_t done = 0;
        const auto measure = [&](const std::vector<std::string>& names, std::size_t look,
                                 std::size_t count) -> std::optional<Measurements> {
            if (in_processes()) {
                processes_.measure(filter_of(names), done, count, pool_);
            } else {
                rounds_.measure(names,
                                {.first = done,
                                 .repetitions = count - done,
                                 .title = fmt::format("look {} of at most {}", look + 1, schedule_.size())},
                                pool_);
            }
            done = count;
            if (bench_.stop.load() || processes_.gave_up() || pool_.groups().empty()) return std::nullopt;
            return measurements_so_far(pool_, all_facts());
        };
        outcome_ = measure_until_decided(
            base, names_of(entries_), schedule_, *options_.until_decided, measure,
            [&](std::size_t look, std::size_t open) {
                note(fmt::format("look {} of at most {}: {} of {} ratios are not yet known to {:.3g} %", look,
                                 schedule_.size(), open, entries_.size(), 100 * *options_.until_decided));
            });
    }

    /// As --benchmark_display_aggregates_only has it.
    [[nodiscard]] std::vector<Run> to_show(std::vector<Run> group) const {
        const auto is_statistic = [](const Run& run) { return run.run_type == Run::RT_Aggregate; };
        if (options_.display_aggregates_only && std::ranges::any_of(group, is_statistic))
            std::erase_if(group, [&](const Run& run) { return !is_statistic(run) && !has_error(run); });
        return group;
    }

    void show_table(const Collector& shown) {
        ProgressLine none(false, 0);
        Options statistics = options_;
        statistics.repetitions = 2;  // there are statistics, whatever a process had
        ConsoleTable table(table_style(options_), name_columns(entries_, statistics), none,
                           [&] { say_unread(options_); });
        table.ReportContext({});
        for (const std::vector<Run>& group : shown.groups()) table.ReportRuns(group);
    }

    Registry entries_;
    Bench& bench_;
    const Options& options_;
    PooledRuns pool_;
    Rounds rounds_;
    Processes processes_;
    ContextFacts facts_;
    std::vector<std::size_t> schedule_;
    std::optional<Outcome> outcome_;
};

}  // namespace

int measure_pooled(Registry entries, Bench& bench, int argc, char* program) {
    const MachineFacts machine = machine_facts();
    const BuildFacts build = build_facts();
    std::optional<Measurements> base;
    if (bench.options.base) base = read_base(bench.options);
    const bool here = bench.options.processes == 1;
    // With a base also where others measure: what cannot be compared is to be refused before that.
    if (needs_data(entries) && (here || base)) bench.dataset = load_data(bench.options);
    if (base) {
        require_good_base(*base, entries, bench);
    }
    begin(bench, machine, build);
    start_library(program, bench.options);
    const ContextFacts facts = here ? facts_before(bench, machine, build) : ContextFacts{};
    if (!here) bench.dataset.reset();
    PooledProgram pooled(std::move(entries), bench, here ? std::vector<std::string>() : own_command(argc));
    pooled.measure(base, facts);
    return pooled.conclude();
}

}  // namespace mnist::bench
