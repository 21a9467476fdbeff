// A checkpoint is a file, so what it says is compared with the plan before anything is indexed by it.
#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>

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

void require_in_order(const TrainConfig& config, const std::vector<RunRecord>& runs) {
    std::optional<std::size_t> before;
    for (const RunRecord& run : runs) {
        const std::size_t index = plan_index(config, run);
        if (before && index <= *before)
            refuse(
                "runs in the order of the training, each once",
                fmt::format("{} with seed {} behind a later one or itself", title(run.optimizer), run.seed));
        before = index;
        if (run.epochs.size() > config.epochs)
            refuse(fmt::format("at most {} epochs of run {}", config.epochs, index + 1),
                   fmt::format("{}", run.epochs.size()));
    }
}

}  // namespace

RunRecord planned_run(const TrainConfig& config, std::size_t index) {
    RunRecord run;
    run.optimizer = config.optimizers[index % config.optimizers.size()];
    run.seed = config.seed + index / config.optimizers.size();
    return run;
}

std::size_t plan_index(const TrainConfig& config, const RunRecord& run) {
    const auto& kinds = config.optimizers;
    const auto kind = std::find(kinds.begin(), kinds.end(), run.optimizer);
    const std::uint64_t seed = run.seed - config.seed;  // seeds wrap around as planned_run's do
    if (kind == kinds.end() || seed >= config.seeds)
        refuse("runs of this training", fmt::format("{} with seed {}", title(run.optimizer), run.seed));
    return static_cast<std::size_t>(seed) * kinds.size() + static_cast<std::size_t>(kind - kinds.begin());
}

void require_progress_of(const TrainConfig& config, const RunsSoFar& runs) {
    require_in_order(config, runs.finished);
    require_in_order(config, runs.present);
    for (const RunRecord& run : runs.finished)
        if (run.status == RunStatus::interrupted) refuse("runs that are whole", "an interrupted one");
    for (const RunRecord& run : runs.present) {
        if (run.status != RunStatus::completed) refuse("runs that go on", "one that has ended");
        const auto twice = std::any_of(runs.finished.begin(), runs.finished.end(), [&](const RunRecord& one) {
            return plan_index(config, one) == plan_index(config, run);
        });
        if (twice)
            refuse("each run once", fmt::format("{} with seed {} twice", title(run.optimizer), run.seed));
    }
}

}  // namespace mnist
