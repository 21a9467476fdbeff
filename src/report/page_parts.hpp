// The parts of a page's data, one function a part. Only inside this room. Text is as it stands in the files;
// it is made printable once, when the whole is written.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"
#include "mnist/compare/measurements.hpp"
#include "mnist/compare/ranking.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/report/page.hpp"

namespace mnist {

/// Repetitions of a row that something else than the program made slow.
struct RowDisturbance {
    std::size_t disturbed = 0, repetitions = 0;
    std::string reason;      ///< "other processes took 48 % of the CPUs", of the worst
    bool is_spoilt = false;  ///< too many for anything to be decided from the row
};

/// A source and its measurements, which several parts need.
struct PageSource {
    const ReportSource* source = nullptr;
    Measurements measurements;
    std::map<std::string, RowDisturbance> disturbances;  ///< of disturbed rows, by name
    std::string machine{};  ///< "AMD EPYC Zen 4", short; empty where the file does not say it
    std::string words{};    ///< what tells it from others of the machine; may be empty
    std::string title{};    ///< what the page calls it, of those two or its file: set_titles()

    [[nodiscard]] const std::string& name() const { return source->name; }
    [[nodiscard]] const TrainResult* train() const { return std::get_if<TrainResult>(&source->content); }
    [[nodiscard]] const BenchResult* bench() const { return std::get_if<BenchResult>(&source->content); }
    /// A fact by its flat key; empty where the file does not have it.
    [[nodiscard]] std::string fact(const std::string& key) const;
    /// Of a row by its name; nothing where it was not disturbed.
    [[nodiscard]] const RowDisturbance* disturbance(const std::string& row) const;
    /// When it was measured, as the file says it: "2026-11-24T15:02:50Z"; may be empty.
    [[nodiscard]] std::string created() const;
};

/// {"repetitions", "of", "reason", "spoilt"}; null without any.
[[nodiscard]] nlohmann::ordered_json disturbance_json(const RowDisturbance* disturbance);
/// The row that the runs of an optimizer are in a file of `mnist train`.
[[nodiscard]] std::string row_of(const PageSource& source, OptimizerKind optimizer);

/// Throughput of one optimizer (or of inference) by batch size, as one file has it.
struct ThroughputPoint {
    std::uint64_t batch = 0;
    std::vector<double> samples_per_second{};  ///< one number a repetition
    std::vector<double> shares{};              ///< of the measured multiply-add peak; may be empty
    const RowDisturbance* disturbance = nullptr;
};
struct ThroughputSeries {
    std::size_t source = 0;
    std::string family;  ///< "Train", "Step", "Infer"
    std::optional<OptimizerKind> optimizer;
    std::string precision;  ///< "f32" where the name says nothing
    std::string threads;    ///< "2"; empty where neither name nor facts say it
    std::string ranks{};    ///< processes that trained together; empty for one alone
    std::string copies{};   ///< trainings side by side whose sum it is; empty where it is of one
    std::string jobs{};     ///< trainings side by side of which it is one; empty where it was alone
    std::vector<ThroughputPoint> points{};
};

/// Sources that are one side of a comparison: one, or several that are repetitions of one measurement.
using Places = std::vector<std::size_t>;
/// Their titles: "a.json", "a.json + b.json", "a.json + b.json + 3 more": lists of sides have their own
/// "and".
[[nodiscard]] std::string names_of(const std::vector<PageSource>& sources, const Places& places);

struct PageComparison {
    Places base, measured;
    Comparison comparison;
};
/// Three sides or more that train alike, beside each other.
struct PageRanking {
    Places base;
    ComparedFiles files;
};
struct PageComparisons {
    std::vector<PageComparison> compared;  ///< at most kMostCompared
    std::size_t pairs = 0;                 ///< that could be compared
    std::vector<PageRanking> ranked;
    std::vector<std::string> pooled;   ///< sentences on files that are one side, a sentence a side
    std::vector<std::string> refused;  ///< sentences on sides that could be compared with none
};

/// Those that are shown one by one: all, or of many the newest in turns of the machines, the newest first.
[[nodiscard]] std::vector<const ReportSource*> shown_sources(const std::vector<ReportSource>& given);
/// Sets machine, title and the label of the measurements of each.
void set_titles(std::vector<PageSource>& sources);

[[nodiscard]] std::vector<ThroughputSeries> throughput_series(const std::vector<PageSource>& sources);
/// Files of one machine, build and configuration are pooled; the sides of one kind are compared with the one
/// that choose_base() chooses, those that cannot be, or are better set against another, with the next so
/// chosen.
[[nodiscard]] PageComparisons page_comparisons(const std::vector<PageSource>& sources);

/// Everything that report_json() says, before it is text: all strings in it are printable.
[[nodiscard]] nlohmann::ordered_json report_data(const std::vector<ReportSource>& sources);
/// As it may stand in a page.
[[nodiscard]] std::string embeddable_json(const nlohmann::ordered_json& data);

/// Seven digits: more than any measurement carries.
[[nodiscard]] double rounded(double value);
[[nodiscard]] nlohmann::ordered_json estimate_json(std::span<const double> values);
[[nodiscard]] nlohmann::ordered_json sources_json(const std::vector<PageSource>& sources);
[[nodiscard]] nlohmann::ordered_json experiments_json(const std::vector<PageSource>& sources);
/// Sample images, one list a data set.
[[nodiscard]] nlohmann::ordered_json data_samples_json(const std::vector<PageSource>& sources);
[[nodiscard]] nlohmann::ordered_json throughput_json(const std::vector<ThroughputSeries>& series);
[[nodiscard]] nlohmann::ordered_json times_json(const std::vector<PageSource>& sources);
[[nodiscard]] nlohmann::ordered_json rooflines_json(const std::vector<PageSource>& sources);
[[nodiscard]] nlohmann::ordered_json latencies_json(const std::vector<PageSource>& sources);
/// Other libraries beside ours, of the files of bench/peers.
[[nodiscard]] nlohmann::ordered_json libraries_json(const std::vector<PageSource>& sources);
/// Files of one machine and configuration at three times or more, by time; null where there are none.
[[nodiscard]] nlohmann::ordered_json history_page_json(const std::vector<ReportSource>& sources);
/// Of the files of `mnist_bench --score`.
[[nodiscard]] nlohmann::ordered_json scores_json(const std::vector<PageSource>& sources);
/// Rows of benchmark files that no other part shows.
[[nodiscard]] nlohmann::ordered_json bench_rows_json(const std::vector<PageSource>& sources);
[[nodiscard]] nlohmann::ordered_json comparisons_json(const PageComparisons& comparisons,
                                                      const std::vector<PageSource>& sources);
[[nodiscard]] nlohmann::ordered_json rankings_json(const PageComparisons& comparisons);
/// Of each of the others "1.60 times (1.55 to 1.66) as fast as", or nothing where `mnist compare` would not
/// call the times of the first faster.
[[nodiscard]] std::vector<std::string> faster_words(const std::vector<double>& first,
                                                    const std::vector<std::vector<double>>& others);
/// The greatest median of training throughput that nothing disturbed, and the best of another optimizer. Only
/// what was measured in the same file, with as many threads and in the same precision, is set against each
/// other.
[[nodiscard]] std::string throughput_sentence(const std::vector<PageSource>& sources,
                                              const std::vector<ThroughputSeries>& all);
/// What a reader should know first.
[[nodiscard]] std::vector<std::string> summary_sentences(const std::vector<PageSource>& sources,
                                                         const std::vector<ThroughputSeries>& series,
                                                         const PageComparisons& comparisons);

}  // namespace mnist
