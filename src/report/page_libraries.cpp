// Other libraries beside mnist_bench, as bench/peers measures them: rows whose names end in "/library:WORD",
// each with the number of threads that it was fastest with. Whether ours leads the nearest of them follows
// from the times by the rule of `mnist compare`. Of inference
// the call of an empty model is taken off first, as ours is not called through Python.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "mnist/stats/summary.hpp"
#include "page_bench.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostLibraryRows = 1000;  // of a file: nobody reads more
constexpr std::string_view kEmptyCall = "_empty";

struct LibraryRow {
    std::string name, library, threads;  ///< ours has no library
    std::uint64_t batch = 0;
    std::vector<double> seconds, throughput, accuracy, half_us;
};

/// What was measured in the same way: a figure of the page.
struct LibraryTable {
    std::string family;
    std::optional<OptimizerKind> optimizer;
    std::string precision;
    std::map<std::string, LibraryRow> rows;  ///< by name
};

/// Seconds of the calls of empty models, by batch, threads and library.
using EmptyCalls = std::map<std::tuple<std::uint64_t, std::string, std::string>, std::vector<double>>;

struct Libraries {
    std::vector<LibraryTable> tables;
    EmptyCalls calls;
    std::size_t rows = 0;
};

LibraryTable& table_of_libraries(Libraries& all, const BenchWords& words) {
    const std::string precision = precision_of(words);
    const auto found = std::find_if(all.tables.begin(), all.tables.end(), [&](const LibraryTable& one) {
        return one.family == words.family && one.optimizer == words.optimizer && one.precision == precision;
    });
    if (found != all.tables.end()) return *found;
    return all.tables.emplace_back(LibraryTable{
        .family = words.family, .optimizer = words.optimizer, .precision = precision, .rows = {}});
}

void add_repetition_to(Libraries& all, const BenchRepetition& repetition, const PageSource& source) {
    const BenchWords words = bench_words(repetition.name);
    const auto batch = words.number("batch");
    const bool wanted = (words.family == "Train" && words.optimizer) || words.family == "Infer";
    if (!wanted || !batch || !copies_of(words).empty()) return;
    const std::string library = words.text("library", {});
    const std::string threads = threads_of(repetition.name, source);
    if (library.ends_with(kEmptyCall)) {
        const std::string of = library.substr(0, library.size() - kEmptyCall.size());
        all.calls[{*batch, threads, of}].push_back(repetition.seconds);
        return;
    }
    const auto throughput = counter_of(repetition, "samples_per_second");
    if (!throughput || *throughput <= 0) return;
    LibraryTable& table = table_of_libraries(all, words);
    const auto [place, is_new] = table.rows.try_emplace(repetition.name);
    if (is_new && ++all.rows > kMostLibraryRows) {
        table.rows.erase(place);
        return;
    }
    LibraryRow& row = place->second;
    if (is_new)
        row = {.name = repetition.name,
               .library = library,
               .threads = threads,
               .batch = *batch,
               .seconds = {},
               .throughput = {},
               .accuracy = {},
               .half_us = {}};
    row.seconds.push_back(repetition.seconds);
    row.throughput.push_back(*throughput);
    if (const auto accuracy = counter_of(repetition, "test_accuracy")) row.accuracy.push_back(*accuracy);
    if (const auto half = counter_of(repetition, "p50_us")) row.half_us.push_back(*half);
}

/// Of each library and batch the number of threads with the highest throughput; by batch, the fastest first.
std::vector<const LibraryRow*> fastest_rows(const LibraryTable& table) {
    const auto speed = [](const LibraryRow* row) { return median(row->throughput).value_or(0); };
    std::map<std::pair<std::uint64_t, std::string>, const LibraryRow*> best;
    for (const auto& [name, row] : table.rows) {
        const LibraryRow*& known = best[{row.batch, row.library}];
        if (known == nullptr || speed(&row) > speed(known)) known = &row;
    }
    std::vector<const LibraryRow*> rows;
    for (const auto& [key, row] : best) rows.push_back(row);
    std::stable_sort(rows.begin(), rows.end(), [&](const LibraryRow* a, const LibraryRow* b) {
        return a->batch != b->batch ? a->batch < b->batch : speed(a) > speed(b);
    });
    return rows;
}

/// Seconds of a row without what the call itself costs; empty where nothing is left.
std::vector<double> net_seconds(const LibraryRow& row, std::optional<double> call) {
    std::vector<double> seconds = row.seconds;
    for (double& one : seconds) one -= call.value_or(0);
    if (std::any_of(seconds.begin(), seconds.end(), [](double one) { return one <= 0; })) return {};
    return seconds;
}

ordered_json median_json(const std::vector<double>& values, double scale = 1) {
    const auto middle = median(values);
    return middle ? ordered_json(*middle * scale) : ordered_json(nullptr);
}

/// {"ratio", "low", "high", "verdict"}: times as fast as the library ours is. Only the nearest has a verdict.
ordered_json lead_json(const SpeedComparison& speed, std::optional<SpeedVerdict> verdict) {
    if (!speed.ratio) return nullptr;
    ordered_json lead{{"ratio", *speed.ratio}, {"low", nullptr}, {"high", nullptr}};
    if (speed.interval) {
        lead["low"] = speed.interval->lower;
        lead["high"] = speed.interval->upper;
    }
    lead["verdict"] = verdict ? ordered_json(word(*verdict)) : ordered_json(nullptr);
    return lead;
}

/// Verdicts on the libraries that ours leads by least, by place: one a batch. Where the least lead is no
/// chance, none of the others is, so these alone are judged, and their number alone has a price.
std::map<std::size_t, SpeedVerdict> verdicts_on_nearest(const std::vector<const LibraryRow*>& rows,
                                                        const std::vector<TimeSamples>& times,
                                                        const std::vector<SpeedComparison>& speed) {
    std::map<std::uint64_t, std::size_t> nearest;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!speed[i].ratio) continue;
        const auto [known, is_new] = nearest.emplace(rows[i]->batch, i);
        if (!is_new && *speed[i].ratio < *speed[known->second].ratio) known->second = i;
    }
    std::vector<TimeSamples> samples;
    for (const auto& [batch, place] : nearest) samples.push_back(times[place]);
    const std::vector<SpeedComparison> judged = judge_speed(samples, {});
    std::map<std::size_t, SpeedVerdict> verdicts;
    for (const auto& [batch, place] : nearest) verdicts[place] = judged[verdicts.size()].verdict;
    return verdicts;
}

ordered_json library_rows_json(const LibraryTable& table, const EmptyCalls& calls, const PageSource& source) {
    const std::vector<const LibraryRow*> rows = fastest_rows(table);
    std::map<std::uint64_t, const LibraryRow*> ours;
    for (const LibraryRow* row : rows) {
        if (row->library.empty()) ours[row->batch] = row;
    }
    std::vector<std::optional<double>> of_calls;
    std::vector<std::vector<double>> nets;
    for (const LibraryRow* row : rows) {
        const auto found = calls.find({row->batch, row->threads, row->library});
        of_calls.push_back(found == calls.end() ? std::nullopt : median(found->second));
        nets.push_back(net_seconds(*row, of_calls.back()));
    }
    std::vector<TimeSamples> times;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto own = ours.find(rows[i]->batch);
        const bool can_be = !rows[i]->library.empty() && own != ours.end();
        TimeSamples samples;
        if (can_be) {
            const RowDisturbance* found = source.disturbance(own->second->name);
            samples = {.base = nets[i],
                       .new_values = own->second->seconds,
                       .disturbed = found != nullptr && found->is_spoilt};
        }
        times.push_back(samples);
    }
    const std::vector<SpeedComparison> speed = judge_speed(times, {});
    const std::map<std::size_t, SpeedVerdict> verdicts = verdicts_on_nearest(rows, times, speed);
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const LibraryRow& row = *rows[i];
        const std::string title = source.fact("mnist.peers." + row.library + ".title");
        list.push_back(
            {{"batch", row.batch},
             {"library", row.library},
             {"title", row.library.empty() ? "mnist_bench"
                       : title.empty()     ? row.library
                                           : title},
             {"version", row.library.empty() ? source.fact("mnist.build.version")
                                             : source.fact("mnist.peers." + row.library + ".version")},
             {"threads", row.threads},
             {"samples_per_second", estimate_json(row.throughput)},
             {"accuracy", median_json(row.accuracy)},
             {"p50_us", median_json(row.half_us)},
             {"call_us", of_calls[i] ? ordered_json(*of_calls[i] * 1e6) : ordered_json(nullptr)},
             {"lead",
              lead_json(speed[i], verdicts.contains(i) ? std::optional(verdicts.at(i)) : std::nullopt)},
             {"disturbed", disturbance_json(source.disturbance(row.name))}});
    }
    return list;
}

}  // namespace

ordered_json libraries_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].bench() == nullptr) continue;
        Libraries all;
        for (const BenchRepetition& repetition : sources[i].bench()->repetitions)
            add_repetition_to(all, repetition, sources[i]);
        for (const LibraryTable& table : all.tables) {
            const bool beside = std::any_of(table.rows.begin(), table.rows.end(),
                                            [](const auto& row) { return !row.second.library.empty(); });
            if (!beside) continue;
            list.push_back({{"source", i},
                            {"family", table.family},
                            {"optimizer",
                             table.optimizer ? ordered_json(name(*table.optimizer)) : ordered_json(nullptr)},
                            {"precision", table.precision},
                            {"rows", library_rows_json(table, all.calls, sources[i])}});
        }
    }
    return list;
}

}  // namespace mnist
