// What a result file says, in one form for all kinds of files: rows of repetitions that can be matched by
// name, and facts under the keys that mnist_bench writes into its context. Reading files is in `results`.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/verdict.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

/// The repetitions of one benchmark.
struct MeasuredRow {
    std::string name;             ///< "Train/Adam/batch:64"
    std::vector<double> seconds;  ///< an iteration, one number a repetition in order of time, all positive
    AccuracySample accuracy;
    /// Seconds of single calls, one number a repetition, by percentile: "p50", "p90", "p99".
    std::map<std::string, std::vector<double>> latencies;
    /// The process that measured each of `seconds`, and each latency; empty where one measured all.
    std::vector<std::uint32_t> processes;
    std::map<std::string, std::vector<std::uint32_t>> latency_processes;
    std::vector<double> peak_fractions;   ///< shares of the measured peak, none above 1; may be empty
    std::vector<double> exchange_shares;  ///< of several ranks, of their time; may be empty
    std::vector<double> peak_gflops;      ///< that peak, where there was no more; may be empty
    std::size_t disturbed = 0;            ///< repetitions that disturbed_by() gives a reason for
    bool of_machine = false;              ///< measures the machine and not the program
    std::string primitives{};             ///< oneDNN's implementations and layouts, where the file says so
};

/// Whether so many repetitions of the row were disturbed that its times say nothing: more than a quarter. Up
/// to there medians and ranks, which all verdicts are made of, hardly feel them.
[[nodiscard]] bool is_disturbed(const MeasuredRow& row);

struct Measurements {
    std::string label;                         ///< the file, or the files that were pooled
    std::map<std::string, std::string> facts;  ///< "mnist.machine.cpu_model", "mnist.config.epochs", ...
    std::vector<MeasuredRow> rows;             ///< in the order of the file
    std::vector<SkippedRow> skipped;
    /// weights_sha256 of finished runs, by "Adam, seed 0"; only `mnist train` records them.
    std::map<std::string, std::string> weights;
    std::vector<std::string> copies;  ///< pooled files with no repetition that the pool did not have before
    std::uint32_t processes = 1;      ///< above all numbers of processes in the rows
};

/// Rows of mnist_bench's family Calibrate measure the machine; those that measure a rate (gflops,
/// gb_per_second) have the seconds of a billion of it: they always run equally long. Accuracies are counters
/// test_accuracy from 0 to 100. Repetitions are of the processes that `mnist_bench --processes` says
/// (kProcess).
[[nodiscard]] Measurements measurements_of(const BenchResult& result, const std::string& label);

/// One row an optimizer, "Train/Adam/batch:64": a repetition is a completed run, its time that of its mean
/// epoch. Runs that diverged or were interrupted are skipped by name.
[[nodiscard]] Measurements measurements_of(const TrainResult& result, const std::string& label);

/// How many rows the two have in common, by what was measured: a number of threads or a precision counts
/// alike whether it stands in the name or in the configuration.
[[nodiscard]] std::size_t rows_in_common(const Measurements& one, const Measurements& other);

/// Whether both were configured to train the same network with the same settings in the same precision, as
/// far as their facts say: compare() warns of nothing of that kind.
[[nodiscard]] bool trains_alike(const Measurements& one, const Measurements& other);

/// The shortest ends of the paths that tell them apart, whole names of files and folders each: "x/1.json" and
/// "y/1.json" of "/r/x/1.json" and "/r/y/1.json". Paths that are equal stay whole.
[[nodiscard]] std::vector<std::string> distinct_tails(std::span<const std::string> paths);

/// Whether the two are from one machine, one build and one configuration, as far as their facts say.
[[nodiscard]] bool can_be_pooled(const Measurements& pool, const Measurements& more);

/// The facts that can_be_pooled() compares, but for those of the build less its type, in a form in which they
/// can be compared one by one with same_fact(). Of the machine a fact that one of two files does not have is
/// no difference; threads are none where mnist.config.threads_chosen is "auto" in both.
[[nodiscard]] std::map<std::string, std::string> pooling_facts(
    const std::map<std::string, std::string>& facts);
/// Memory within 1 %, the clock of another program's file within 5 %; else equal.
[[nodiscard]] bool same_fact(std::string_view key, const std::string& one, const std::string& other);

/// Adds the repetitions of `more` to those of `pool`, row by row, as those of other processes; the greater
/// noise floor of a family counts, and what is wrong with one file is wrong with the pool. Throws InputError
/// where the two cannot be pooled, naming the first fact that differs.
void pool_into(Measurements& pool, const Measurements& more);

}  // namespace mnist
