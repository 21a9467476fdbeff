// Keys in the order of the structs.
#include "cluster_json.hpp"

namespace mnist {

using nlohmann::ordered_json;

ordered_json to_json(const ClusterFacts& cluster) {
    ordered_json ranks = ordered_json::array();
    for (const RankFacts& rank : cluster.ranks)
        ranks.push_back({{"host", rank.host},
                         {"cpu_model", rank.cpu_model},
                         {"usable_cores", rank.usable_cores},
                         {"threads", rank.threads},
                         {"isa", rank.isa},
                         {"onednn_isa", rank.onednn_isa},
                         {"os", rank.os},
                         {"kernel", rank.kernel}});
    return {{"library", cluster.library},
            {"ranks", std::move(ranks)},
            {"idle_ranks", cluster.idle_ranks},
            {"mixed", cluster.mixed}};
}

ordered_json shares_json(const RankShares& shares) {
    return {{"compute_share", shares.compute_share},
            {"exchange_share", shares.exchange_share},
            {"imbalance", shares.imbalance}};
}

ClusterFacts read_cluster(const JsonCursor& object) {
    ClusterFacts cluster{.library = object.at("library").string(),
                         .idle_ranks = object.at("idle_ranks").unsigned_integer(),
                         .mixed = object.at("mixed").boolean()};
    for (const JsonCursor& rank : object.at("ranks").elements())
        cluster.ranks.push_back({.host = rank.at("host").string(),
                                 .cpu_model = rank.at("cpu_model").string(),
                                 .usable_cores = rank.at("usable_cores").unsigned_integer(),
                                 .threads = rank.at("threads").unsigned_integer(),
                                 .isa = rank.at("isa").string(),
                                 .onednn_isa = rank.at("onednn_isa").string(),
                                 .os = rank.at("os").string(),
                                 .kernel = rank.at("kernel").string()});
    return cluster;
}

RankShares read_shares(const JsonCursor& object) {
    return {.compute_share = object.at("compute_share").number(0, 1),
            .exchange_share = object.at("exchange_share").number(0, 1),
            .imbalance = object.at("imbalance").number(0)};
}

}  // namespace mnist
