// What is announced is a line of text: repetition, iterations, name.
#include "ranks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "mnist/core/error.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/train/ranks.hpp"
#include "program_parts.hpp"

namespace mnist::bench {

void require_of_ranks(const Options& options) {
    const std::pair<const char*, bool> of_one[]{{"--score", options.score},
                                                {"--copies", !options.copies.empty()},
                                                {"--processes", options.processes > 1},
                                                {"--until-decided", options.until_decided.has_value()}};
    for (const auto& [flag, given] : of_one) {
        if (!given) continue;
        throw InputError(
            {.where = flag,
             .expected = "one process, which measures alone",
             .found = fmt::format("{} that {} started", launched().processes, launched().launcher),
             .remedy = "Leave it out, or start mnist_bench by itself"});
    }
}

void join_ranks(Bench& bench, Ranks& ranks) {
    Cluster& cluster = *ranks.cluster();
    const bool from_root = bench.options.data_from_root;
    ranks.together([&] {
        bench.dataset.emplace();
        if (ranks.speaks() || !from_root) bench.dataset = load_data(bench.options, ranks.speaks());
    });
    if (from_root) share_data(cluster, *bench.dataset);
    const std::vector<std::size_t> threads = bench.options.threads;
    ExperimentInputs inputs;
    TrainResult facts;
    const std::vector<std::string> cards = ranks.together([&] {
        const std::size_t most = threads.empty() ? 0 : *std::ranges::max_element(threads);
        inputs.config = bench.config(OptimizerKind::adam, 64, most);
        inputs.dataset = &*bench.dataset;
        inputs.cpus = bench.cpus;
        facts.machine = machine_facts();
        facts.build = build_facts();
        return rank_card(inputs, facts);
    });
    ranks.together([&] { settle_ranks(cluster, cards, bench.options.allow_mixed, inputs, facts); });
    bench.join(cluster, std::move(*facts.cluster), std::move(inputs.cpus), inputs.config.threads);
}

void announce(Cluster& cluster, const std::string& name, const RankPart& part) {
    std::string line = fmt::format("{} {} {}", part.repetition, part.iterations, name);
    broadcast_text(cluster, line);
}

void announce_end(Cluster& cluster) {
    std::string none;
    broadcast_text(cluster, none);
}

void serve(Cluster& cluster, const Registry& entries) {
    while (true) {
        std::string line;
        broadcast_text(cluster, line);
        if (line.empty()) return;
        std::istringstream words(line);
        RankPart part;
        std::string name;
        words >> part.repetition >> part.iterations >> name;
        const auto entry =
            std::ranges::find_if(entries, [&](const Entry& one) { return one.name == name && one.serve; });
        if (entry == entries.end()) throw Error(fmt::format("no benchmark of ranks is called {}", name));
        entry->serve(part);
    }
}

}  // namespace mnist::bench
