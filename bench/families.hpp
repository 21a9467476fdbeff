// Each family of benchmarks adds its entries. `bench` is kept by reference and must outlive the registry.
#pragma once

#include "bench.hpp"
#include "registry.hpp"

namespace mnist::bench {

void add_train(Registry& registry, Bench& bench);  ///< Train/<optimizer>/batch:N[/precision:P]
/// Train/<optimizer>/batch:N[/precision:P]/copies:C, in place of add_train's where --copies asks for it.
/// Throws InputError where there are more copies than CPUs.
void add_copies(Registry& registry, Bench& bench);
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

/// One entry of add_copies: `number` copies of a training, with the threads and epochs of `training` each.
[[nodiscard]] Entry copies_entry(Bench& bench, const TrainConfig& training, std::size_t number);
/// The numbers of --copies: `all` is one on each physical core; each once.
[[nodiscard]] std::vector<std::size_t> numbers_of_copies(const Bench& bench,
                                                         const std::vector<std::size_t>& wanted,
                                                         std::size_t threads);

void add_exchange(Registry& registry, Bench& bench);  ///< Calibrate/Exchange/bytes:N/ranks:R

/// Of several ranks, those that they run together, named .../ranks:R. Else all of them, in the order in which
/// they run.
[[nodiscard]] Registry all_benchmarks(Bench& bench);

}  // namespace mnist::bench
