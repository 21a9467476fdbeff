// Checks first, measurements second, files last.
#include "program.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>

#include "child.hpp"
#include "mnist/cluster/cluster.hpp"
#include "mnist/compare/score.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/stop_signals.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/machine/workers.hpp"
#include "mnist/report/next_steps.hpp"
#include "mnist/report/terminal.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/train_json.hpp"
#include "noise_floor.hpp"
#include "program_parts.hpp"
#include "ranks.hpp"
#include "reporters.hpp"
#include "score.hpp"
#include "session.hpp"
#include "warnings.hpp"

namespace mnist::bench {

// The library's arguments. What is ours to do is switched off there, in case its environment variables say
// otherwise; it opens a file of its own for the collector, which needs none. The library keeps a pointer to
// the program's name, so that must be main's.
void start_library(char* program, const Options& options) {
    if (::access("/dev/null", W_OK) != 0) {
        throw InputError({.where = "/dev/null",
                          .expected = "a file that can be written, which Google Benchmark wants",
                          .found = std::strerror(errno),
                          .remedy = "Mount /dev"});
    }
    std::vector<std::string> words{"--benchmark_list_tests=false", "--benchmark_format=console",
                                   "--benchmark_out_format=json", "--benchmark_filter=all",
                                   "--benchmark_out=/dev/null"};
    words.insert(words.end(), options.for_library.begin(), options.for_library.end());
    std::vector<char*> argv{program};
    for (std::string& one : words) argv.push_back(one.data());
    argv.push_back(nullptr);
    int argc = static_cast<int>(words.size()) + 1;
    benchmark::Initialize(&argc, argv.data());
    // It keeps the pointer for its results; the copy in `words` does not live that long.
    benchmark::BenchmarkReporter::Context::executable_name = program;
    if (argc > 1) throw Error(fmt::format("Google Benchmark does not know {}", argv[1]));
}

void add_context(const ContextFacts& facts) {
    for (const auto& [key, value] : facts) benchmark::AddCustomContext(key, value);
}

benchmark::ConsoleReporter::OutputOptions table_style(const Options& options) {
    using Table = benchmark::ConsoleReporter;
    const bool colour =
        options.colour == "auto" ? text_style(output_descriptor()).colour : options.colour == "true";
    return static_cast<Table::OutputOptions>((colour ? Table::OO_Color : Table::OO_None) |
                                             (options.tabular ? Table::OO_Tabular : Table::OO_None));
}

std::size_t name_columns(const Registry& entries, const Options& options) {
    constexpr std::size_t kStatistic = std::string_view("_median").size();
    std::size_t most = 10;
    for (const Entry& entry : entries) most = std::max(most, entry.name.size());
    return options.repetitions > 1 ? most + kStatistic : most;
}

namespace {

// A reader that went away decided so; anything else (a full disk) is a failure.
bool output_failed() {
    std::cout.flush();
    pollfd end{.fd = output_descriptor(), .events = POLLOUT, .revents = 0};
    return !std::cout && !(::poll(&end, 1, 0) == 1 && (end.revents & POLLERR) != 0);
}

int list_names(const Registry& entries) {
    for (const Entry& entry : entries) std::cout << entry.name << '\n';
    return output_failed() ? kExitFailure : kExitFine;
}

// Into the context of the result, and before people.
void keep_noise_floor(const Collector& kept, bool of_processes, std::ostream& people) {
    const std::vector<FamilyFloor> floors =
        noise_floors(of_processes ? halves_of_processes(kept.groups()) : halves_of(kept.groups()));
    for (const FamilyFloor& floor : floors)
        benchmark::AddCustomContext("mnist.noise_floor." + floor.family,
                                    fmt::format("{:.4f}", floor.share()));
    people << '\n' << noise_floor_table(floors, terminal_columns(output_descriptor(), TextStyle{}.width));
}

// Whether it is refused.
bool say_score(const Collector& kept, std::ostream& people) {
    const TextStyle style{.width = terminal_columns(output_descriptor(), TextStyle{}.width)};
    const ScoreEnd end = score_at_end(kept.text(Format::json), style);
    people << end.text;
    return end.refused;
}

}  // namespace

void say_unread(const Options& options) {
    if (!options.out || output_failed()) return;  // the latter is said at the end
    note(fmt::format(
        "nobody reads the output any more; the run goes on for its result, {} (Ctrl-C ends it and "
        "keeps what was measured; with --benchmark_out= it ends with its reader)",
        options.out->string()));
}

namespace {

// What the result is good for, or what would be good for more.
std::vector<NextStep> steps_after(const Bench& bench, const std::filesystem::path& file) {
    const Options& options = bench.options;
    const std::string mnist = called("mnist");
    const std::string word = shell_word(file.string());
    std::vector<NextStep> steps;
    if (options.score) steps.push_back({"the score again", fmt::format("{} info --score {}", mnist, word)});
    if (options.base) {
        steps.push_back({"which of two is faster",
                         fmt::format("{} compare {} {}", mnist, shell_word(options.base->string()), word)});
    } else if (options.repetitions * options.processes < kLeastRepetitions) {
        const std::string program =
            bench.cluster != nullptr ? launch_words(bench.ranks(), "mnist_bench") : called("mnist_bench");
        steps.push_back(
            {"what `compare` can judge", fmt::format("{} --preset compare{}", program, options.again)});
    } else {
        steps.push_back({"which of two is faster", fmt::format("{} compare {} OTHER.json", mnist, word)});
    }
    steps.push_back({"one page with charts", fmt::format("{} report {}", mnist, word)});
    return steps;
}

// The result's file, and before people where it is and what can be done with it.
void keep_result(const Collector& kept, const Bench& bench, bool interrupted, std::ostream& people) {
    const Options& options = bench.options;
    const auto written = write_new_file(*options.out, kept.text(options.out_format));
    if (written != *options.out)
        note(fmt::format("{} appeared meanwhile and was left alone", options.out->string()));
    people << fmt::format("\nResult: {}\n", printable(written.string()));
    if (options.out_format == Format::json && !interrupted) people << next_steps(steps_after(bench, written));
}

// What a process does that another one started.
SessionPart part_of(const Options& options) {
    if (!options.process_of) return {};
    const auto& [number, of] = *options.process_of;
    return {.times = of - number, .title = fmt::format("process {} of {}", number + 1, of)};
}

// Runs everything, writes what is to be kept, and returns the exit code.
int measure(Registry entries, Bench& bench, char* program) {
    const MachineFacts machine = machine_facts();
    const BuildFacts build = build_facts();
    if (needs_data(entries) && !bench.dataset) bench.dataset = load_data(bench.options);
    for (const Entry& entry : entries)
        if (entry.require) entry.require();
    if (bench.options.score) note(score_announcement(entries, bench.options));
    begin(bench, machine, build);
    start_library(program, bench.options);
    add_context(facts_before(bench, machine, build));

    ProgressLine progress(is_capable_terminal(STDERR_FILENO), terminal_columns(STDERR_FILENO, 80));
    ConsoleTable table(table_style(bench.options), name_columns(entries, bench.options), progress,
                       [&] { say_unread(bench.options); });
    Collector shown;
    Collector kept;
    Session session(std::move(entries), bench, progress, part_of(bench.options));
    session.register_entries();
    // The rows of a score are hundreds of lines, and what they are for is said at the end.
    const bool silent = bench.options.format == Format::json || bench.options.score;
    benchmark::RunSpecifiedBenchmarks(silent ? static_cast<benchmark::BenchmarkReporter*>(&shown) : &table,
                                      &kept, "all");
    if (bench.cluster != nullptr) announce_end(*bench.cluster);
    progress.clear();

    const bool interrupted = bench.stop.load();
    if (!interrupted) bench.peaks.measure_again();
    add_context(facts_after(bench));
    for (Collector* const collector : {&shown, &kept}) {
        if (interrupted) collector->drop_errors();
        collector->amend([&](Run& run) { session.use_best_peak(run); });
    }
    return conclude(shown, kept, bench, interrupted, session.errors() > 0);
}

}  // namespace

std::ostream& people(const Options& options) {
    return options.format == Format::json ? std::cerr : std::cout;
}

int conclude(const Collector& shown, const Collector& kept, const Bench& bench, bool interrupted,
             bool erred) {
    const Options& options = bench.options;
    if (!options.process_of)
        for (const std::string& text : doubts(kept.groups())) note("warning: " + text);
    std::ostream& out = people(options);
    if (options.noise_floor && !interrupted) keep_noise_floor(kept, options.processes > 1, out);
    // A score says itself which errors cost it.
    if (options.score) erred = !interrupted && say_score(kept, out);
    if (options.format == Format::json) std::cout << shown.text(Format::json);
    if (options.out) keep_result(kept, bench, interrupted, out);
    if (output_failed()) {
        note("standard output could not be written. Check where it goes to and the free space");
        return kExitFailure;
    }
    return interrupted ? kExitInterrupted : erred ? kExitErred : kExitFine;
}

void note(std::string_view text) {
    constexpr std::string_view kName = "mnist_bench: ";
    const std::string clean = printable(text);
    if (is_capable_terminal(STDERR_FILENO)) {
        std::cerr << wrapped(clean, terminal_columns(STDERR_FILENO, 80), kName) << std::flush;
    } else {
        std::cerr << kName << clean << std::endl;
    }
}

namespace {

// Standard output that carries the result needs no file beside it.
std::optional<std::filesystem::path> result_file(const Options& options) {
    if (!options.out && options.format == Format::json) return std::nullopt;
    return plan_result(options.out, "mnist-bench", utc_now(), "--benchmark_out");
}

int run_as(Ranks& ranks, int argc, char** argv) {
    Parsed parsed;
    ranks.together([&] {
        parsed = parse_options(argc, argv);
        if (parsed.options && ranks.cluster() != nullptr) require_of_ranks(*parsed.options);
    });
    if (!parsed.options) {
        if (ranks.speaks()) std::cout << parsed.text;
        return output_failed() ? kExitFailure : kExitFine;
    }
    const bool is_child = parsed.options->process_of.has_value();
    if (is_child) live_as_child();
    const StopOnSignals stop(
        is_child || !ranks.speaks()
            ? ""
            : "mnist_bench: stopping; what was measured is kept (a second signal ends at once)");
    Bench bench(std::move(*parsed.options), usable_cpus(), stop.flag());
    if (ranks.cluster() != nullptr) join_ranks(bench, ranks);
    Registry entries;
    ranks.together([&] {
        entries = chosen(bench);
        for (const Entry& entry : entries)
            if (entry.require && bench.cluster != nullptr) entry.require();
    });
    if (bench.options.list_tests) return ranks.speaks() ? list_names(entries) : kExitFine;
    if (const auto refusal = bench.options.score ? build_refusal(build_facts().build_type) : std::nullopt) {
        note(fmt::format("score {} is refused: {}", kScoreSet, *refusal));
        return kExitErred;
    }
    ranks.together([&] {
        if (ranks.speaks()) bench.options.out = result_file(bench.options);
    });
    if (!ranks.speaks()) {
        serve(*ranks.cluster(), entries);
        return kExitFine;
    }
    const bool pooled = bench.options.processes > 1 || bench.options.until_decided;
    if (pooled) return measure_pooled(std::move(entries), bench, argc, argv[0]);
    return measure(std::move(entries), bench, argv[0]);
}

}  // namespace

int run_program(int argc, char** argv) {
    Ranks ranks(launched().processes > 1 ? Cluster::enter() : nullptr, note);
    return ranks.run([&] { return run_as(ranks, argc, argv); });
}

}  // namespace mnist::bench
