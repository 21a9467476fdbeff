// What a training has more where it is one of several ranks: data from the first one, what must be the same
// on all, which CPUs are whose, and what they did with their time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mnist/cluster/cluster.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {

/// On all ranks the data of the first.
void share_data(Cluster& cluster, Dataset& dataset);

/// What a rank tells the others before the first step. Throws InputError for what ranks do not do.
[[nodiscard]] std::string rank_card(const ExperimentInputs& inputs, const TrainResult& result);

/// From the cards of all: throws InputError on each rank alike where they differ in what decides bits; gives
/// this rank its CPUs and threads; and says in the result who they are.
void settle_ranks(Cluster& cluster, const std::vector<std::string>& cards, bool allow_mixed,
                  ExperimentInputs& inputs, TrainResult& result);

/// In a batch, which has fewer leaves than there are ranks.
[[nodiscard]] std::size_t idle_ranks(std::size_t ranks, std::size_t batch_rows);

/// Of all ranks' seconds in some epochs; empty for a process alone.
[[nodiscard]] std::optional<RankShares> shares_of(const std::vector<RankSeconds>& ranks);

}  // namespace mnist
