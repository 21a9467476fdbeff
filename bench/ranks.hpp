// Several processes that a launcher started measure together what they train together. Google Benchmark, the
// result and everything that is said are the first rank's; the others serve: it tells them the name of what
// it is about to call, and they take part in the same steps. So how often something is called is decided in
// one place. Left out: what is measured in one process alone.
#pragma once

#include <string>

#include "bench.hpp"
#include "mnist/cluster/ranks.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// Throws InputError for flags that are about one process.
void require_of_ranks(const Options& options);

/// Reads the data, sees that ranks are alike, and gives this one its CPUs and threads. All ranks call it.
void join_ranks(Bench& bench, Ranks& ranks);

/// The first rank, before it calls an entry, and when it will call no more.
void announce(Cluster& cluster, const std::string& name, const RankPart& part);
void announce_end(Cluster& cluster);

/// The others: takes part in what the first announces, until its end.
void serve(Cluster& cluster, const Registry& entries);

}  // namespace mnist::bench
