// What `mnist train` does more where it is one of several ranks: data from the first one, what must be the
// same on all, and which CPUs are whose.
#pragma once

#include <string>
#include <vector>

#include "console.hpp"
#include "mnist/cluster/cluster.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/train/experiment.hpp"
#include "train_options.hpp"

namespace mnist {

/// Of a rank that does not speak: it trains, and writes nothing.
void silence(TrainOptions& options);

/// On all ranks the data of the first.
void share_data(Cluster& cluster, Dataset& dataset);

/// What a rank tells the others before the first step. Throws InputError for what ranks do not do.
[[nodiscard]] std::string rank_card(const ExperimentInputs& inputs, const TrainResult& result);

/// From the cards of all: throws InputError on each rank alike where they differ in what decides bits; gives
/// this rank its CPUs and threads; and says in the result who they are.
void settle_ranks(Cluster& cluster, const std::vector<std::string>& cards, bool allow_mixed,
                  ExperimentInputs& inputs, TrainResult& result);

}  // namespace mnist
