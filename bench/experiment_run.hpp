// One run of the experiment, for the families that train to the end of epochs.
#pragma once

#include <optional>
#include <string>

#include "bench.hpp"
#include "mnist/train/experiment.hpp"

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

/// The implementations that the matrix products among the primitives run on, each once, by ", "; "reference
/// loop: " in front where is_fallback() holds for one.
[[nodiscard]] std::string implementations_label(const std::vector<PrimitiveFacts>& primitives);

/// Whether oneDNN has no kernel for the shape and layout but runs a reference loop.
[[nodiscard]] bool is_fallback(const std::string& implementation);

}  // namespace mnist::bench
