// One run of the experiment, for the families that train to the end of epochs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "bench.hpp"
#include "mnist/train/experiment.hpp"
#include "registry.hpp"

namespace mnist::bench {

struct ExperimentRun {
    RunRecord run;
    std::string label;  ///< oneDNN's implementations, e.g. "brgemm:avx512_core"
    std::size_t workers = 1;
};

/// Trains once as `wanted` says (one optimizer, one seed), with the team that auto means for it. With
/// `target`, in percent, it ends after the epoch that reaches it. `usual_epochs` is how many it takes, about,
/// for the time that remains. A program that was told to end leaves RunStatus::interrupted. Throws as
/// run_experiment.
[[nodiscard]] ExperimentRun run_one(Bench& bench, const TrainConfig& wanted, std::optional<double> target,
                                    std::size_t usual_epochs);

/// Trains all runs of `config` on `cpus`, its jobs side by side; `in_step`: each epoch begins when all are
/// ready. Throws as run_experiment, and what ended a run that could not go on.
[[nodiscard]] ExperimentOutcome run_side_by_side(Bench& bench, const TrainConfig& config, UsableCpus cpus,
                                                 bool in_step);

/// Throws Error where a run did not end with the weights (their SHA-256) that its seed ends with alone.
void require_same_weights(const std::vector<RunRecord>& runs,
                          const std::function<std::string(std::uint64_t)>& alone);

/// Key of Bench::weights_alone: what a run of this training with `seed` ends with after its epochs.
[[nodiscard]] std::string alone_name(const TrainConfig& config, std::uint64_t seed);

/// What ranks did with their time, and how many of them had nothing to do in a batch; of a process alone
/// nothing.
void count_ranks(Call& call, const Bench& bench, const std::optional<RankShares>& shares, std::size_t batch);

/// Whether the peak of this process is one to compare with: it is one of f32.
[[nodiscard]] bool has_peak(const Bench& bench, Precision precision);

/// Throws InputError where the data have fewer rows than --rows-per-rank asks for.
void require_rows(const Bench& bench, const NamedBatch& batch);

/// The implementations that the matrix products among the primitives run on, each once, by ", "; "reference
/// loop: " in front where is_fallback() holds for one.
[[nodiscard]] std::string implementations_label(const std::vector<PrimitiveFacts>& primitives);

/// Whether oneDNN has no kernel for the shape and layout but runs a reference loop.
[[nodiscard]] bool is_fallback(const std::string& implementation);

}  // namespace mnist::bench
