// Reuses the writers of result files, so that both kinds of results say the same in the same words.
#include "context_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mnist/compare/score.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/flat_facts.hpp"
#include "mnist/results/train_json.hpp"
#include "mnist/step/precision.hpp"

namespace mnist::bench {
namespace {

using nlohmann::ordered_json;

ordered_json config_json(const Bench& bench) {
    ordered_json config = to_json(bench.config(OptimizerKind::adam, 0, 0));
    // These are in the names of the benchmarks.
    for (const char* const key :
         {"optimizers", "batch_size", "test_batch_size", "precision", "seeds", "schedule", "jobs"})
        config.erase(key);
    config["threads"] = fmt::format("{}", fmt::join(bench.thread_counts(), ","));
    if (bench.options.threads.empty()) config["threads_chosen"] = "auto";
    if (bench.cluster != nullptr) config["ranks"] = bench.ranks();
    config["max_epochs"] = bench.options.max_epochs;
    config["repetitions"] = bench.options.repetitions;
    return config;
}

// What the command line said that neither the configuration nor a benchmark's name holds: who measures again
// needs it, and no comparison depends on it.
ordered_json run_json(const Options& options) {
    ordered_json run{{"filter", options.filter}, {"interleaved", options.interleaved}};
    if (options.noise_floor) run["noise_floor"] = true;
    if (const auto limit = isa_limit()) run["max_isa"] = name(*limit);
    std::vector<std::string_view> precisions;
    for (const Precision precision : options.precisions) precisions.push_back(name(precision));
    if (!precisions.empty()) run["precision"] = fmt::format("{}", fmt::join(precisions, ","));
    if (options.loader_threads) run["loader_threads"] = *options.loader_threads;
    if (options.min_time_s) run["min_time_s"] = *options.min_time_s;
    if (options.iterations) run["iterations"] = *options.iterations;
    return run;
}

// What oneDNN runs in a training step of 64 rows.
std::vector<PrimitiveFacts> usual_primitives(const Bench& bench) {
    Team team(1, {});
    return Engine(team, {.dims = bench.dims(), .batch = 64}).primitives();
}

}  // namespace

void flatten(const ordered_json& value, const std::string& key, ContextFacts& facts) {
    ContextFacts flat;
    mnist::flatten(value, key, flat);
    for (const auto& [name, text] : flat) facts[name] = printable(text);
}

ContextFacts facts_before(const Bench& bench, const MachineFacts& machine, const BuildFacts& build) {
    ContextFacts facts{{"mnist.schema", "mnist-bench/1"},
                       {"mnist.created", utc_now()},
                       {"mnist.label", printable(host_name())},
                       {"mnist.denormals_flushed", "true"}};
    flatten(run_json(bench.options), "mnist.run", facts);
    if (bench.options.score) {
        facts[kScoreSetKey] = kScoreSet;
        if (const auto obstacle = precision_obstacle(Precision::bf16))
            facts[kScoreWithoutBf16Key] = *obstacle;
    }
    flatten(to_json(machine), "mnist.machine", facts);
    flatten(to_json(build), "mnist.build", facts);
    if (bench.dataset) flatten(to_json(bench.dataset->facts), "mnist.dataset", facts);
    flatten(config_json(bench), "mnist.config", facts);
    if (bench.cluster_facts) {
        ordered_json cluster = to_json(*bench.cluster_facts);
        cluster.erase("idle_ranks");  // each row says its own
        flatten(cluster, "mnist.cluster", facts);
    }
    for (const PrimitiveFacts& primitive : usual_primitives(bench)) {
        std::string key = "mnist.primitives." + primitive.operation;
        for (char& c : key) c = c == ' ' ? '.' : c;
        facts[key] = primitive.implementation +
                     (primitive.weights_layout.empty() ? "" : ", " + primitive.weights_layout);
    }
    return facts;
}

ContextFacts facts_after(const Bench& bench) {
    ContextFacts facts{{"mnist.interrupted", bench.stop.load() ? "true" : "false"}};
    for (const auto& [threads, gflops] : bench.peaks.all())
        facts[fmt::format("mnist.fma_peak_gflops.threads:{}", threads)] = fmt::format("{:.3f}", gflops);
    for (const auto& [trained, grid] : bench.grids) facts["mnist.grid." + trained] = grid;
    return facts;
}

}  // namespace mnist::bench
