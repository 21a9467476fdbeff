// Each family of benchmarks adds its entries. `bench` is kept by reference and must outlive the registry.
#pragma once

#include "bench.hpp"
#include "registry.hpp"

namespace mnist::bench {

void add_train(Registry& registry, Bench& bench);  ///< Train/<optimizer>/batch:N[/precision:P]
/// TimeToAccuracy/<optimizer>/batch:64/target:97 and TimeToAccuracy/Record
void add_time_to_accuracy(Registry& registry, Bench& bench);
void add_infer(Registry& registry, Bench& bench);          ///< Infer/batch:N
void add_step(Registry& registry, Bench& bench);           ///< Step/<optimizer>/batch:N[/precision:P]
void add_inner_product(Registry& registry, Bench& bench);  ///< InnerProduct/<direction>/in:I/out:O/batch:N
void add_relu(Registry& registry, Bench& bench);           ///< Relu/<direction>/width:W/batch:N
void add_softmax_cross_entropy(Registry& registry, Bench& bench);  ///< SoftmaxCrossEntropy/classes:C/batch:N
void add_optimizer_step(Registry& registry, Bench& bench);         ///< OptimizerStep/<optimizer>/parameters:N
void add_loader(Registry& registry, Bench& bench);                 ///< Loader/batch:N/threads:T
void add_calibrate(Registry& registry, Bench& bench);              ///< Calibrate/<what>/threads:T
void add_scaling(Registry& registry, Bench& bench);                ///< Scaling/<optimizer>/batch:N/cores:C

/// All of them, in the order in which they run.
[[nodiscard]] Registry all_benchmarks(Bench& bench);

}  // namespace mnist::bench
