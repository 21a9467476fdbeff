// Other libraries beside mnist_bench, as bench/peers measures them: rows whose names end in "/library:WORD",
// each with the number of threads that it was fastest with. Whether ours leads the nearest of them follows
// from the times by the rule of `mnist compare`. Of inference
// the call of an empty model is taken off first, as ours is not called through Python.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <span>

#include "json_words.hpp"
#include "mnist/stats/summary.hpp"
#include "page_bench.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostLibraryRows = 1000;  // of a file: nobody reads more

struct LibraryRow {
    std::string name, library, threads;  ///< ours has no library
    std::uint64_t batch = 0;
    std::vector<double> seconds{};  ///< without the call of an empty model, where that was measured
    std::vector<double> throughput{}, accuracy{}, half_us{}, call_us{};
};

/// What was measured in the same way: a figure of the page.
struct LibraryTable {
    std::string family;
    std::optional<OptimizerKind> optimizer;
    std::string precision;
    std::map<std::string, LibraryRow> rows{};  ///< by name
};

struct Libraries {
    std::vector<LibraryTable> tables;
    std::size_t rows = 0;
};

LibraryTable& table_of_libraries(Libraries& all, const BenchWords& words) {
    const std::string precision = precision_of(words);
    const auto found = std::ranges::find_if(all.tables, [&](const LibraryTable& one) {
        return one.family == words.family && one.optimizer == words.optimizer && one.precision == precision;
    });
    if (found != all.tables.end()) return *found;
    return all.tables.emplace_back(LibraryTable{words.family, words.optimizer, precision});
}

void add_repetition_to(Libraries& all, const BenchRepetition& repetition, const PageSource& source) {
    const BenchWords words = bench_words(repetition.name);
    const auto batch = words.number("batch");
    const bool wanted = (words.family == "Train" && words.optimizer) || words.family == "Infer";
    if (!wanted || !batch || !copies_of(words).empty()) return;
    const std::string library = words.text("library", {});
    const auto throughput = counter_of(repetition, "samples_per_second");
    // The calls of empty models have rows of their own too; what they take stands in their models' rows.
    if (!throughput || *throughput <= 0 || library.ends_with("_empty")) return;
    if (all.rows == kMostLibraryRows) return;
    const auto [place, is_new] = table_of_libraries(all, words).rows.try_emplace(repetition.name);
    if (is_new) ++all.rows;
    LibraryRow& row = place->second;
    if (is_new)
        row = {.name = repetition.name,
               .library = library,
               .threads = threads_of(repetition.name, source),
               .batch = *batch};
    const auto call = counter_of(repetition, "empty_us");
    if (call) row.call_us.push_back(*call);
    row.seconds.push_back(repetition.seconds - call.value_or(0) / 1e6);
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
    rows.reserve(best.size());
    for (const auto& [key, row] : best) rows.push_back(row);
    std::ranges::stable_sort(rows, [&](const LibraryRow* a, const LibraryRow* b) {
        return a->batch != b->batch ? a->batch < b->batch : speed(a) > speed(b);
    });
    return rows;
}

/// The row's seconds; none where the call alone took as long.
std::span<const double> comparable_seconds(const LibraryRow& row) {
    const bool nothing_left = std::ranges::any_of(row.seconds, [](double one) { return one <= 0; });
    return nothing_left ? std::span<const double>() : row.seconds;
}

/// {"ratio", "low", "high", "verdict"}: times as fast as the library ours is. Only the nearest has a verdict.
ordered_json lead_json(const SpeedComparison& speed, std::optional<SpeedVerdict> verdict) {
    if (!speed.ratio) return nullptr;
    return {{"ratio", *speed.ratio},
            {"low", end_or_null(speed.interval, &Interval::lower)},
            {"high", end_or_null(speed.interval, &Interval::upper)},
            {"verdict", verdict ? ordered_json(word(*verdict)) : ordered_json(nullptr)}};
}

/// Verdicts on the libraries that ours leads by least, by place: one a batch. Ours is faster than all where
/// it is faster than each, judged alone, with the level shared by the batches; that somebody is ahead is
/// judged among all rows, for it is the luckiest that is looked at.
std::map<std::size_t, SpeedVerdict> verdicts_on_nearest(const std::vector<const LibraryRow*>& rows,
                                                        const std::vector<TimeSamples>& times,
                                                        const std::vector<SpeedComparison>& speed) {
    struct Batch {
        std::size_t nearest;
        bool leads = true;
    };
    std::map<std::uint64_t, Batch> batches;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!speed[i].ratio) continue;
        const auto [known, is_new] = batches.try_emplace(rows[i]->batch, Batch{i});
        if (!is_new && *speed[i].ratio < *speed[known->second.nearest].ratio) known->second.nearest = i;
    }
    VerdictSettings alone;
    alone.alpha /= static_cast<double>(std::max<std::size_t>(batches.size(), 1));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto batch = batches.find(rows[i]->batch);
        if (batch == batches.end() || rows[i]->library.empty()) continue;
        const auto judged = judge_speed(std::span(&times[i], 1), alone);
        if (judged.front().verdict != SpeedVerdict::faster) batch->second.leads = false;
    }
    std::map<std::size_t, SpeedVerdict> verdicts;
    for (const auto& [size, batch] : batches) {
        const SpeedVerdict among_all = speed[batch.nearest].verdict;
        const bool chance = among_all == SpeedVerdict::faster;
        verdicts[batch.nearest] = batch.leads ? SpeedVerdict::faster
                                  : chance    ? SpeedVerdict::inconclusive
                                              : among_all;
    }
    return verdicts;
}

ordered_json library_rows_json(const LibraryTable& table, const PageSource& source) {
    const std::vector<const LibraryRow*> rows = fastest_rows(table);
    std::map<std::uint64_t, const LibraryRow*> ours;
    for (const LibraryRow* row : rows) {
        if (row->library.empty()) ours[row->batch] = row;
    }
    std::vector<TimeSamples> times;
    for (const LibraryRow* row : rows) {
        const auto own = ours.find(row->batch);
        const bool can_be = !row->library.empty() && own != ours.end();
        TimeSamples samples;
        if (can_be) {
            const RowDisturbance* found = source.disturbance(own->second->name);
            samples = {.base = comparable_seconds(*row),
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
             {"accuracy", or_null(median(row.accuracy))},
             {"p50_us", or_null(median(row.half_us))},
             {"call_us", or_null(median(row.call_us))},
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
            const bool beside =
                std::ranges::any_of(table.rows, [](const auto& row) { return !row.second.library.empty(); });
            if (!beside) continue;
            list.push_back({{"source", i},
                            {"family", table.family},
                            {"optimizer",
                             table.optimizer ? ordered_json(name(*table.optimizer)) : ordered_json(nullptr)},
                            {"precision", table.precision},
                            {"rows", library_rows_json(table, sources[i])}});
        }
    }
    return list;
}

}  // namespace mnist
