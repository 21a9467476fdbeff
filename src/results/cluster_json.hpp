// What a result says of the processes that trained together. Private to this room.
#pragma once

#include <nlohmann/json.hpp>

#include "json_cursor.hpp"
#include "mnist/results/train_json.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

[[nodiscard]] nlohmann::ordered_json shares_json(const RankShares& shares);
/// The inverses, of to_json() too. Throw InputError.
[[nodiscard]] ClusterFacts read_cluster(const JsonCursor& object);
[[nodiscard]] RankShares read_shares(const JsonCursor& object);

}  // namespace mnist
