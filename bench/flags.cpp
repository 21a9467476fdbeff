// The table of all flags. The values go through the same checks as those of `mnist`.
#include <fmt/format.h>

#include <algorithm>

#include "flags.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/datasets.hpp"
#include "mnist/core/time_units.hpp"
#include "option_checks.hpp"
#include "option_values.hpp"

namespace mnist::bench {
namespace {

constexpr std::uint64_t kMostProcesses = 1000;

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
}  // namespace

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

}  // namespace mnist::bench
