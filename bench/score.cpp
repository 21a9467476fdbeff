// A table of what is set and one of what may stand beside it; everything else is refused, so that a flag that
// comes later cannot change the set unseen.
#include "score.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "families.hpp"
#include "mnist/compare/score.hpp"
#include "mnist/core/error.hpp"
#include "mnist/report/score_text.hpp"
#include "mnist/results/bench_json.hpp"

namespace mnist::bench {
namespace {

static_assert(kScoreRepetitions == 6 && kScoreEpochs == 2, "the texts below say the same");
constexpr std::array<std::pair<std::string_view, const char*>, 6> kDefaults{
    {{"dataset", "mnist"},
     {"epochs", "2"},
     {"precision", "f32,bf16"},
     {"benchmark_filter",
      "^(Train/(SGD|Momentum|Adam)/batch:(64|256|1024)(/precision:bf16)?|TimeToAccuracy/Record(/"
      "precision:bf16)?)$"},
     {"benchmark_repetitions", "6"},
     {"benchmark_enable_random_interleaving", "true"}}};

// Where data and results are, and how things look.
constexpr std::array<std::string_view, 13> kBeside{"score",
                                                   "data-dir",
                                                   "data-prefix",
                                                   "benchmark_out",
                                                   "benchmark_out_format",
                                                   "benchmark_format",
                                                   "benchmark_color",
                                                   "benchmark_counters_tabular",
                                                   "benchmark_display_aggregates_only",
                                                   "benchmark_time_unit",
                                                   "benchmark_context",
                                                   "benchmark_list_tests",
                                                   "v"};

}  // namespace

std::span<const std::pair<std::string_view, const char*>> score_defaults() {
    return kDefaults;
}

void require_beside_score(std::string_view flag, const std::vector<std::string>& values) {
    if (std::find(kBeside.begin(), kBeside.end(), flag) != kBeside.end()) return;
    // What it is anyway contradicts nothing.
    const bool is_set_so = std::ranges::any_of(kDefaults, [&](const auto& one) {
        return one.first == flag && values == std::vector<std::string>{one.second};
    });
    if (is_set_so || (flag == "threads" && values == std::vector<std::string>{"auto"})) return;
    throw InputError({.where = fmt::format("--{}", flag),
                      .expected = "nothing of the kind beside --score, whose set is the same everywhere",
                      .found = fmt::format("\"{}\"", fmt::join(values, ",")),
                      .remedy = flag.starts_with("benchmark_")
                                    ? "Leave it out (as a variable of the environment, too), or --score"
                                    : "Leave out one of the two"});
}

Registry score_rows(Registry alone, Bench& bench) {
    std::erase_if(alone, [](const Entry& entry) { return !entry.obstacle.empty(); });
    for (Entry& entry : alone)
        if (entry.name.starts_with("TimeToAccuracy/Record")) entry.repetitions = kScoreRecords;
    const std::size_t copies = numbers_of_copies(bench, {kAllCopies}, 1).front();
    for (const ScoreReference& row : score_reference()) {
        for (const Precision precision : bench.options.precisions) {
            TrainConfig config = bench.config(row.optimizer, row.batch, 1);
            config.precision = precision;
            Entry entry = copies_entry(bench, config, copies);
            entry.usual_s = 0.375 * static_cast<double>(config.epochs);  // without a copy alone
            if (entry.obstacle.empty()) alone.push_back(std::move(entry));
        }
    }
    return alone;
}

std::string score_announcement(const Registry& rows, const Options& options) {
    double seconds = 0;
    std::size_t all = 0;
    for (const Entry& entry : rows) {
        const std::size_t repetitions = entry.repetitions > 0 ? entry.repetitions : options.repetitions;
        seconds += entry.usual_s * static_cast<double>(repetitions);
        all += repetitions;
    }
    return fmt::format("score {}: {} measurements of {} benchmarks in random order, about {:.0f} s",
                       kScoreSet, all, rows.size(), seconds);
}

ScoreEnd score_at_end(const std::string& result, const TextStyle& style) {
    const Measurements measured = measurements_of(parse_bench_result(result, "the result"), "this run");
    const std::optional<Score> score = score_of(measured);
    if (!score) throw Error("a run of --score without its mark");
    return {.text = "\n" + score_text(*score, style), .refused = score->is_refused()};
}

}  // namespace mnist::bench
