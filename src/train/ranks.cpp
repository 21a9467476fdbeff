// Cards are JSON: the conditions under which a checkpoint may be gone on with are those under which ranks may
// train together.
#include "mnist/train/ranks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mnist/core/error.hpp"
#include "mnist/step/layer_plan.hpp"
#include "mnist/train/checkpoint.hpp"

namespace mnist {
namespace {

using nlohmann::json;

template <class Array>
void share_bytes(Cluster& cluster, Array& array, std::size_t count) {
    array.resize(count);
    cluster.broadcast(std::as_writable_bytes(std::span(array)));
}

// "dataset.sha256 is A and B": what differs between two cards' conditions, section by section.
std::vector<std::string> differing(const json& first, const json& other, bool allow_mixed) {
    std::vector<std::string> found;
    for (const auto& [section, keys] : first.items()) {
        if (allow_mixed && (section == "program" || section == "caches")) continue;
        for (const auto& [key, value] : keys.items()) {
            const json theirs = other.at(section).value(key, json());
            if (theirs != value)
                found.push_back(fmt::format("{}.{} is {} and {}", section, key, value.dump(), theirs.dump()));
        }
    }
    return found;
}

// Whether they differ, and that was allowed.
bool require_same(Cluster& cluster, const std::vector<json>& cards, bool allow_mixed) {
    const json& first = cards.front().at("conditions");
    bool mixed = false;
    for (std::size_t r = 1; r < cards.size(); ++r) {
        const json& other = cards[r].at("conditions");
        const std::vector<std::string> found = differing(first, other, allow_mixed);
        if (!found.empty()) {
            const bool data = first.at("dataset") != other.at("dataset");
            throw InputError(
                {.where = fmt::format("{} and {}", rank_name(cluster, 0), rank_name(cluster, r)),
                 .expected = "the same of all that decides bits",
                 .found = fmt::format("{}", fmt::join(found, "; ")),
                 .remedy = data ? "Give all hosts the same files, or let the first process hand them on with "
                                  "--data-from-root"
                                : "Install the same version on all hosts and hold them to the lowest "
                                  "instructions with MNIST_MAX_ISA, or allow it with --allow-mixed"});
        }
        mixed = mixed || !differing(first, other, false).empty();
    }
    return mixed;
}

// Ranks that may use the same CPUs of a host divide them.
void divide_cpus(Cluster& cluster, const std::vector<json>& cards, ExperimentInputs& inputs) {
    const std::size_t own = cluster.rank();
    std::size_t sharers = 1;
    std::size_t place = 0;
    for (std::size_t r = 0; r < cards.size(); ++r) {
        if (r == own || cluster.hosts()[r] != cluster.hosts()[own] ||
            cards[r].at("cpus") != cards[own].at("cpus"))
            continue;
        if (r < own) ++place;
        ++sharers;
    }
    TrainConfig& config = inputs.config;
    if (config.threads == 0) config.threads = std::max<std::size_t>(1, auto_workers(inputs.cpus) / sharers);
    if (sharers > 1) inputs.cpus = separate_cpus(inputs.cpus, sharers, config.threads).at(place);
}

RankFacts facts_of(Cluster& cluster, const json& card, std::size_t rank) {
    const auto word = [&](const char* key) { return card.at(key).get<std::string>(); };
    return {.host = cluster.hosts()[rank],
            .cpu_model = word("cpu_model"),
            .usable_cores = card.at("usable_cores"),
            .threads = 1,
            .isa = word("isa"),
            .onednn_isa = word("onednn_isa"),
            .os = word("os"),
            .kernel = word("kernel")};
}

}  // namespace

// Waiting for the slowest rank is part of the others' exchange.
std::optional<RankShares> shares_of(const std::vector<RankSeconds>& ranks) {
    if (ranks.empty()) return std::nullopt;
    RankSeconds sum;
    double longest = 0;
    for (const RankSeconds& rank : ranks) {
        sum.computing += rank.computing;
        sum.exchanging += rank.exchanging;
        longest = std::max(longest, rank.computing);
    }
    const double all = sum.computing + sum.exchanging;
    return RankShares{.compute_share = sum.computing / all,
                      .exchange_share = sum.exchanging / all,
                      .imbalance = longest * static_cast<double>(ranks.size()) / sum.computing - 1};
}

std::size_t idle_ranks(std::size_t ranks, std::size_t batch_rows) {
    return ranks - std::min(ranks, cut_batch(batch_rows).leaves());
}

void share_data(Cluster& cluster, Dataset& dataset) {
    const DatasetFacts& have = dataset.facts;
    std::string head =
        json{{"name", have.name},         {"sha256", have.sha256},      {"train", have.train_samples},
             {"test", have.test_samples}, {"rows", have.rows},          {"columns", have.columns},
             {"classes", have.classes},   {"synthetic", have.synthetic}}
            .dump();
    broadcast_text(cluster, head);
    const json told = json::parse(head);
    dataset.facts = {.name = told.at("name"),
                     .sha256 = told.at("sha256"),
                     .train_samples = told.at("train"),
                     .test_samples = told.at("test"),
                     .rows = told.at("rows"),
                     .columns = told.at("columns"),
                     .classes = told.at("classes"),
                     .synthetic = told.at("synthetic")};
    const auto share = [&](Split& split, std::size_t count) {
        share_bytes(cluster, split.images, count * dataset.pixels());
        share_bytes(cluster, split.labels, count);
    };
    share(dataset.train, dataset.facts.train_samples);
    share(dataset.test, dataset.facts.test_samples);
}

std::string rank_card(const ExperimentInputs& inputs, const TrainResult& result) {
    if (inputs.config.jobs > 1)
        throw InputError({.where = "--jobs",
                          .expected = "1 where several processes train together",
                          .found = std::to_string(inputs.config.jobs),
                          .remedy = "Leave it out: each run has all processes"});
    const MachineFacts& machine = result.machine;
    return json{{"conditions", checkpoint_conditions(inputs, result.build, machine)},
                {"cpus", inputs.cpus.order},
                {"cpu_model", machine.cpu_model},
                {"usable_cores", machine.usable_cores},
                {"isa", machine.isa},
                {"onednn_isa", machine.onednn_isa},
                {"os", machine.os},
                {"kernel", machine.kernel}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

void settle_ranks(Cluster& cluster, const std::vector<std::string>& cards, bool allow_mixed,
                  ExperimentInputs& inputs, TrainResult& result) {
    std::vector<json> parsed;
    parsed.reserve(cards.size());
    for (const std::string& card : cards) parsed.push_back(json::parse(card));
    ClusterFacts facts{.library = cluster.library()};
    facts.mixed = require_same(cluster, parsed, allow_mixed);
    inputs.config.jobs = 1;
    inputs.widens = false;
    divide_cpus(cluster, parsed, inputs);
    inputs.exchange = &cluster;
    std::vector<double> threads(cluster.ranks(), 0.0);
    threads[cluster.rank()] = static_cast<double>(inputs.config.threads);
    cluster.join(threads);
    for (std::size_t r = 0; r < cards.size(); ++r) {
        facts.ranks.push_back(facts_of(cluster, parsed[r], r));
        facts.ranks.back().threads = static_cast<std::uint64_t>(threads[r]);
    }
    const std::size_t rows = std::min(inputs.config.batch_size, inputs.dataset->train.count());
    facts.idle_ranks = idle_ranks(cluster.ranks(), rows);
    result.cluster = std::move(facts);
}

}  // namespace mnist
