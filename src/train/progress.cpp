// A checkpoint is a file, so what it says is compared with the plan before anything is indexed by it.
#include "progress.hpp"

#include <fmt/format.h>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

[[noreturn]] void refuse(std::string expected, std::string found) {
    throw InputError(
        {.where = "the checkpoint",
         .expected = std::move(expected),
         .found = std::move(found),
         .remedy = "It is not one of this training: train anew with --checkpoint in another folder"});
}

void require_planned(const TrainConfig& config, const RunRecord& run, std::size_t index) {
    const RunRecord planned = planned_run(config, index);
    if (run.optimizer != planned.optimizer || run.seed != planned.seed)
        refuse(fmt::format("run {} to be {} with seed {}", index + 1, title(planned.optimizer), planned.seed),
               fmt::format("{} with seed {}", title(run.optimizer), run.seed));
    if (run.epochs.size() > config.epochs)
        refuse(fmt::format("at most {} epochs of run {}", config.epochs, index + 1),
               fmt::format("{}", run.epochs.size()));
}

}  // namespace

RunRecord planned_run(const TrainConfig& config, std::size_t index) {
    RunRecord run;
    run.optimizer = config.optimizers[index % config.optimizers.size()];
    run.seed = config.seed + index / config.optimizers.size();
    return run;
}

void require_progress_of(const TrainConfig& config, const RunsSoFar& runs) {
    const std::size_t all = config.seeds * config.optimizers.size();
    const std::size_t begun = runs.finished.size() + (runs.present ? 1 : 0);
    if (begun > all) refuse(fmt::format("at most {} runs", all), fmt::format("{}", begun));
    for (std::size_t r = 0; r < runs.finished.size(); ++r) {
        require_planned(config, runs.finished[r], r);
        if (runs.finished[r].status == RunStatus::interrupted)
            refuse("runs that are whole", "an interrupted one");
    }
    if (!runs.present) return;
    require_planned(config, *runs.present, runs.finished.size());
    if (runs.present->status != RunStatus::completed)
        refuse("a present run that goes on", "one that has ended");
}

}  // namespace mnist
