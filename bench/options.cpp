// CLI11 places the words; the values go through the same checks as those of `mnist`.
#include "options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>
#include <string_view>

#include "mnist/compare/verdict.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/datasets.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/time_units.hpp"
#include "mnist/core/values.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "option_checks.hpp"
#include "option_values.hpp"
#include "score.hpp"

namespace mnist::bench {
namespace {

constexpr int kHelpIndent = 44;
constexpr const char* kOwn = "Options";
constexpr const char* kLibrary = "Google Benchmark";
constexpr const char* kHidden = "";  // this program says it to itself
constexpr std::uint64_t kMostProcesses = 1000;

struct Flag {
    const char* name;  ///< without dashes
    const char* placeholder;
    const char* group;
    std::string help;
    void (*set)(Options&, const GivenValue&);
};

void set_precisions(Options& options, const GivenValue& given) {
    options.precisions.clear();
    for (const GivenValue& one : given.elements(either_of(precision_words()))) {
        one.require_one_of(precision_words());
        const Precision precision = *precision_named(one.text());
        auto& known = options.precisions;
        if (std::find(known.begin(), known.end(), precision) == known.end()) known.push_back(precision);
    }
}

// The library's own switches, which it gets in its own spelling.
template <const char* const& name>
void pass_switch(Options& options, const GivenValue& given) {
    options.for_library.push_back(fmt::format("--{}={}", name, truth(given) ? "true" : "false"));
}
constexpr const char* kInterleaving = "benchmark_enable_random_interleaving";

const std::vector<Flag>& flags() {
    static const std::vector<Flag> all{
        {"dataset", "NAME", kOwn, either_of(dataset_words()) + " (default: mnist where it can be had)",
         [](Options& o, const GivenValue& v) {
             v.require_one_of(dataset_words());
             o.dataset = v.text();
         }},
        {"data-dir", "DIR", kOwn, "Folder with the four IDX files (default: $MNIST_DATA_DIR, data/NAME)",
         [](Options& o, const GivenValue& v) { o.data_dir = v.non_empty("a folder"); }},
        {"data-prefix", "TEXT", kOwn, "Of several sets in the folder the one whose files' names begin so",
         [](Options& o, const GivenValue& v) { o.data_prefix = v.text(); }},
        {"epochs", "N", kOwn, "Epochs of a repetition of Train (default: 5)",
         [](Options& o, const GivenValue& v) { o.epochs = v.count(1, 1'000'000); }},
        {"max-epochs", "N", kOwn, "Most epochs of TimeToAccuracy (default: 50)",
         [](Options& o, const GivenValue& v) { o.max_epochs = v.count(1, 1'000'000); }},
        {"seed", "N", kOwn, "Seed of the first repetition; the r-th takes N + r (default: 0)",
         [](Options& o, const GivenValue& v) { o.seed = v.count(0, UINT64_MAX / 2); }},
        {"threads", "N[,N...]", kOwn,
         "Compute threads; auto, the default: as many as train fastest on the cores that may be used; a list "
         "runs everything with each count",
         set_threads},
        {"copies", "N[,N...]", kOwn,
         "Train's rate: N copies of each training side by side, one thread or --threads each on cores of "
         "their "
         "own; all: one on each core",
         set_copies},
        {"rows-per-rank", "N[,N...]", kOwn,
         "Train and Step with N rows of a batch for each rank, so that ranks add work (weak scaling)",
         set_rows_per_rank},
        {"data-from-root", "BOOL", kOwn, "Of several ranks the first alone reads the data and hands them on",
         [](Options& o, const GivenValue& v) { o.data_from_root = truth(v); }},
        {"allow-mixed", "BOOL", kOwn, "Measure on ranks with different programs and instructions",
         [](Options& o, const GivenValue& v) { o.allow_mixed = truth(v); }},
        {"precision", "f32[,bf16]", kOwn,
         "Of Train, Step and TimeToAccuracy/Record (default: f32, and of bf16 the record and Train/Adam at "
         "batch 64, 256, 1024)",
         set_precisions},
        {"loader-threads", "N", kOwn, "Threads that prepare batches in training and in Loader (default: 0)",
         [](Options& o, const GivenValue& v) { o.loader_threads = v.count(0, kMostThreads); }},
        {"noise-floor", "BOOL", kOwn,
         "Run everything against itself and keep the noise in the result (20 repetitions)",
         [](Options& o, const GivenValue& v) { o.noise_floor = truth(v); }},
        {"preset", "compare", kOwn,
         "What `mnist compare` can judge: Calibrate and Train, 10 repetitions in random order (flags win)",
         [](Options& o, const GivenValue& v) {
             v.require_one_of({"compare"});
             o.compare_set = true;
         }},
        {"score", "BOOL", kOwn,
         "Speed, rate and seconds to 97 % of a fixed set, to be compared between machines (about 2 minutes)",
         [](Options& o, const GivenValue& v) { o.score = truth(v); }},
        {"processes", "P", kOwn,
         "Measure the set in P fresh processes in turn, each with all repetitions (default: 1, this one)",
         [](Options& o, const GivenValue& v) { o.processes = v.count(1, kMostProcesses); }},
        {"until-decided", "PERCENT", kOwn,
         "Repeat what --base has too until each ratio to it is known to -+ PERCENT",
         [](Options& o, const GivenValue& v) { o.until_decided = v.percentage() / 100; }},
        {"base", "FILE", kOwn, "The result that --until-decided compares with",
         [](Options& o, const GivenValue& v) { o.base = v.non_empty("a result file"); }},
        {kMaxRepetitions, "N", kOwn, "Most repetitions of a row with --until-decided (default: 100)",
         [](Options& o, const GivenValue& v) { o.max_repetitions = v.count(kLeastRepetitions, 100'000); }},
        {"process-of", "K/P", kHidden, "",
         [](Options& o, const GivenValue& v) { o.process_of = process_of(v); }},
        {"benchmark_filter", "REGEX", kLibrary, "Run the benchmarks whose names match; -REGEX: all others",
         [](Options& o, const GivenValue& v) { o.filter = v.text(); }},
        {"benchmark_list_tests", "BOOL", kLibrary, "Print the names and stop",
         [](Options& o, const GivenValue& v) { o.list_tests = truth(v); }},
        {"benchmark_repetitions", "N", kLibrary,
         "Run each N times and add mean, median and spread (default: 1)",
         [](Options& o, const GivenValue& v) {
             o.repetitions = v.count(1, 100'000);
             o.for_library.push_back(fmt::format("--benchmark_repetitions={}", o.repetitions));
         }},
        {kInterleaving, "BOOL", kLibrary, "Mix the repetitions of all benchmarks at random",
         [](Options& o, const GivenValue& v) {
             pass_switch<kInterleaving>(o, v);
             o.interleaved = truth(v);
         }},
        {kAggregatesOnly, "BOOL", kLibrary, "Report statistics only", pass_switch<kAggregatesOnly>},
        {kDisplayAggregates, "BOOL", kLibrary, "Show statistics only, keep all in the file",
         [](Options& o, const GivenValue& v) {
             pass_switch<kDisplayAggregates>(o, v);
             o.display_aggregates_only = truth(v);
         }},
        {"benchmark_out", "FILE", kLibrary,
         "The result, whole or not at all; never overwrites (default: mnist-bench-TIME.json; empty: none)",
         [](Options& o, const GivenValue& v) { o.out = v.text().empty() ? kNoResult : out_of(v); }},
        {"benchmark_out_format", "FORMAT", kLibrary, "json or console (default: json)",
         [](Options& o, const GivenValue& v) { o.out_format = format_of(v); }},
        {"benchmark_format", "FORMAT", kLibrary, "Of standard output: console or json (default: console)",
         [](Options& o, const GivenValue& v) { o.format = format_of(v); }},
        {"benchmark_color", "WHEN", kLibrary, "auto, true or false (default: auto; NO_COLOR turns auto off)",
         [](Options& o, const GivenValue& v) { o.colour = colour_of(v); }},
        {"benchmark_counters_tabular", "BOOL", kLibrary, "Show the counters in columns",
         [](Options& o, const GivenValue& v) { o.tabular = truth(v); }},
        {"benchmark_min_time", "SECONDS", kLibrary,
         "Least time (0.5 or 0.5s), or iterations (10x), of a repetition of all but Train and TimeToAccuracy",
         set_least_time},
        {"benchmark_min_warmup_time", "SECONDS", kLibrary, "Warm up this long before the first repetition",
         [](Options& o, const GivenValue& v) {
             o.warmup_s = seconds_of(v);
             o.for_library.push_back(fmt::format("--benchmark_min_warmup_time={}", o.warmup_s));
         }},
        {"benchmark_time_unit", "UNIT", kLibrary,
         either_of(time_unit_words()) + " (default: what suits each)",
         [](Options& o, const GivenValue& v) {
             v.require_one_of(time_unit_words());
             o.time_unit_given = true;
             o.for_library.push_back("--benchmark_time_unit=" + v.text());
         }},
        {"benchmark_context", "KEY=VALUE[,...]", kLibrary, "Facts of your own for the result",
         [](Options& o, const GivenValue& v) {
             require_pairs(v);
             o.for_library.push_back("--benchmark_context=" + v.text());
         }},
        {"v", "LEVEL", kLibrary, "How much the library says about its work (default: 0)",
         [](Options& o, const GivenValue& v) {
             o.for_library.push_back(fmt::format("--v={}", v.count(0, 9)));
         }},
    };
    return all;
}

bool is_switch(const Flag& flag) {
    return std::string_view(flag.placeholder) == "BOOL";
}

std::string environment_name(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? c & ~0x20 : c; });
    return name;
}

using Given = std::map<const Flag*, CLI::Option*>;

Given add_flags(CLI::App& app) {
    Given given;
    for (const Flag& flag : flags()) {
        const std::string words =
            (std::string_view(flag.name).size() == 1 ? "-" : "") + ("--" + std::string(flag.name));
        const std::string name = std::string_view(flag.name) == "v" ? "-v,--v" : words;
        const std::string help = flag.help;  // const: a plain string would be taken for the option's variable
        CLI::Option* const option = is_switch(flag) ? app.add_flag(name, help) : app.add_option(name, help);
        option->group(flag.group)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        if (!is_switch(flag)) option->type_name(flag.placeholder);
        if (flag.group == kLibrary && name.size() > 6) option->envname(environment_name(flag.name));
        given.emplace(&flag, option);
    }
    return given;
}

void reject_unknown(const CLI::App& app) {
    const std::vector<std::string> words = app.remaining();
    if (words.empty()) return;
    const std::string word = words.front().substr(0, words.front().find('='));
    refuse_library_flag(word);
    std::vector<std::string> known{"--help", "--version"};
    for (const Flag& flag : flags()) known.push_back("--" + std::string(flag.name));
    const std::string nearest = suggestion(word, known);
    throw InputError({.where = "command line",
                      .expected = word.starts_with('-') ? "a known flag" : "flags only",
                      .found = fmt::format("\"{}\"", word),
                      .remedy = nearest.empty() ? "See --help" : nearest});
}

// What a flag stands for, flag by flag, where these are not given themselves.
using Default = std::pair<std::string_view, const char*>;
using Defaults = std::vector<Default>;
const Defaults& noise_floor_defaults() {
    static const Defaults defaults{{"benchmark_repetitions", kFloorRepetitions}, {kInterleaving, "true"}};
    return defaults;
}
// Of these a process has each.
const Defaults& process_floor_defaults() {
    static const Defaults defaults{{"benchmark_repetitions", "5"}, {kInterleaving, "true"}};
    return defaults;
}
const Defaults& until_decided_defaults() {
    static const Defaults defaults{{"benchmark_repetitions", "10"}, {kInterleaving, "true"}};
    return defaults;
}
const Defaults& compare_defaults() {
    static const Defaults defaults{{"benchmark_filter", "^(Calibrate|Train)/"},
                                   {"benchmark_repetitions", "10"},
                                   {kInterleaving, "true"}};
    return defaults;
}

void add_defaults(std::span<const Default> defaults, Options& options, Names& given) {
    for (const auto& [name, value] : defaults) {
        if (!given.insert(name).second) continue;
        const auto flag = std::find_if(flags().begin(), flags().end(),
                                       [wanted = name](const Flag& one) { return one.name == wanted; });
        flag->set(options, {"--" + std::string(name), {value}});
    }
}

std::string version_line() {
    return fmt::format("mnist_bench {}", build_facts().version);
}

const std::vector<std::string>& examples() {
    static const std::vector<std::string> lines{
        "mnist_bench                                         everything, under three minutes on two cores",
        "mnist_bench --benchmark_filter=Adam                 whatever has to do with Adam",
        "mnist_bench --preset compare --benchmark_out=before.json    what `mnist compare` can judge",
        "mnist_bench --score                                 three figures to compare machines by",
        "mnist_bench --noise-floor --benchmark_filter='^Train/' --benchmark_out=base.json",
        "mnist_bench --preset compare --processes 6          what differs from start to start counts too",
        "mnist_bench --until-decided 2 --base before.json    until each ratio is known to 2 %",
        "mnist_bench --threads 1,2 --benchmark_filter='^Train/Adam/batch:256'",
        "mnist_bench --copies 1,all --benchmark_filter=Adam  a training on every core at once",
        "mnist_bench --precision f32,bf16 --benchmark_filter='^Step/'",
        "mnist_bench --benchmark_list_tests                  all names"};
    return lines;
}

// Flags that say nothing of what is measured, or that the preset for comparing has its own words for.
constexpr std::array<std::string_view, 11> kOfOneRun{"benchmark_out",
                                                     "benchmark_out_format",
                                                     "benchmark_format",
                                                     "benchmark_color",
                                                     "benchmark_repetitions",
                                                     "preset",
                                                     "noise-floor",
                                                     "until-decided",
                                                     "base",
                                                     kMaxRepetitions,
                                                     "score"};
// Flags that the processes of --processes do not get: their parent carries these out, or has its own words
// for them.
constexpr std::array<std::string_view, 7> kOfParent{
    "processes", "preset", "noise-floor", "until-decided", "base", kMaxRepetitions, "benchmark_context"};

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
    CLI::App app(
        "Measures how fast this machine trains the MNIST perceptron, and what each part of it costs.",
        called("mnist_bench"));
    app.allow_extras();
    app.set_version_flag("--version", version_line);
    app.get_formatter()->column_width(kHelpIndent);
    std::vector<std::string> lines;
    std::transform(examples().begin(), examples().end(), std::back_inserter(lines), as_called);
    app.footer(
        fmt::format("Examples:\n  {}\n\nExit codes: 0 fine; 1 a benchmark erred, or a score is refused; 2 "
                    "bad usage or input, or no "
                    "name matched; 3 our own\nfailure; 130 interrupted.\n\n{}",
                    fmt::join(lines, "\n  "), isa_limit_help()));
    const Given given = add_flags(app);
    try {
        std::vector<std::string> words = argument_words(argc, argv);
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        return {.options = {}, .text = app.help()};
    } catch (const CLI::CallForVersion&) {
        return {.options = {}, .text = version_line() + "\n"};
    } catch (const CLI::ParseError& error) {
        throw InputError({.where = "command line",
                          .expected = "flags with their values",
                          .found = error.what(),
                          .remedy = "See --help"});
    }
    reject_unknown(app);
    Options options;
    Names names;
    for (const auto& [flag, option] : given) {
        if (option->count() == 0) continue;
        flag->set(options, {"--" + std::string(flag->name), option->results()});
        names.insert(flag->name);
        if (std::find(kOfParent.begin(), kOfParent.end(), flag->name) == kOfParent.end())
            for (const std::string& word : option->results())
                options.for_processes.push_back(fmt::format("--{}={}", flag->name, word));
        if (std::find(kOfOneRun.begin(), kOfOneRun.end(), flag->name) == kOfOneRun.end())
            options.again += fmt::format(" --{}={}", flag->name,
                                         shell_word(fmt::format("{}", fmt::join(option->results(), ","))));
    }
    const Names given_names = names;
    if (options.score) {
        for (const auto& [flag, option] : given)
            if (option->count() > 0) require_beside_score(flag->name, option->results());
        add_defaults(score_defaults(), options, names);
    }
    if (options.noise_floor)
        add_defaults(options.processes > 1 ? process_floor_defaults() : noise_floor_defaults(), options,
                     names);
    if (options.compare_set) add_defaults(compare_defaults(), options, names);
    if (options.until_decided) add_defaults(until_decided_defaults(), options, names);
    require_together(options, given_names);
    return {.options = std::move(options)};
}

}  // namespace mnist::bench
