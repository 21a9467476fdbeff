// The settings go into the checkpoint as the TOML that reproduces the run, with absolute paths, so that
// --resume needs no other word and works from any folder.
#include "checkpointing.hpp"

#include <fmt/format.h>

#include <utility>

#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {

Checkpointing Checkpointing::begin(const std::filesystem::path& folder, Console& console) {
    Checkpointing begun(folder, console);
    begun.folder_->require_empty();
    return begun;
}

Checkpointing Checkpointing::resume(const std::filesystem::path& folder, Console& console) {
    std::error_code unknown;
    if (!std::filesystem::is_directory(folder, unknown))  // which a lock would create
        throw InputError({.where = folder.string(),
                          .expected = "a folder with a checkpoint",
                          .found = "no folder",
                          .remedy = fmt::format("Begin with --checkpoint {}", folder.string())});
    Checkpointing resumed(folder, console);
    resumed.resumes_ = true;
    std::vector<std::string> warnings;
    Checkpoint checkpoint = resumed.folder_->load(warnings);
    for (const std::string& warning : warnings) console.warn(warning);
    resumed.head_ = std::move(checkpoint.head);
    resumed.found_ = std::move(checkpoint.progress);
    return resumed;
}

void Checkpointing::start(ExperimentInputs& inputs, const TrainResult& result, const TrainOptions& options) {
    nlohmann::json conditions = checkpoint_conditions(inputs, result.build, result.machine);
    const std::optional<ProcessFacts> before = std::exchange(head_.process, last_process(result));
    if (!resumes_) {
        head_ = {.created = result.created,
                 .conditions = std::move(conditions),
                 .settings = train_options_toml(with_absolute_paths(options)),
                 .resumed = {},
                 .process = head_.process};
        folder_->save(head_, {});
        return;
    }
    require_same_conditions(head_.conditions, conditions, folder().string());
    const RunsSoFar& runs = found_.runs;
    // A process that finds all done and is like the one before adds nothing; another one wrote no second.
    if (runs.finished.size() < inputs.config.seeds * inputs.config.optimizers.size() ||
        before != head_.process)
        head_.resumed.push_back({.time = utc_now(),
                                 .run = runs.finished.size(),
                                 .epochs = runs.present.empty() ? 0 : runs.present.front().epochs.size(),
                                 .before = before});
    inputs.progress = std::move(found_);
}

void Checkpointing::save(const ExperimentProgress& progress) {
    try {
        folder_->save(head_, progress);
        up_to_date_ = true;
    } catch (const Error& error) {
        // One warning a spell: a full disk would give one an epoch.
        if (up_to_date_)
            console_->warn(
                fmt::format("the checkpoint could not be written: {}. The training goes on, the checkpoint "
                            "before it is kept, and the next one is tried",
                            error.what()));
        up_to_date_ = false;
    }
}

std::string standing(const RunsSoFar& runs, const TrainConfig& config) {
    const std::size_t all = config.seeds * config.optimizers.size();
    const std::size_t whole = runs.finished.size();
    std::string text = fmt::format("{} of {} runs {} whole", whole, all, whole == 1 ? "is" : "are");
    for (const RunRecord& run : runs.present)
        text += fmt::format(", {} with seed {} goes on after epoch {} of {}", title(run.optimizer), run.seed,
                            run.epochs.size(), config.epochs);
    return text;
}

}  // namespace mnist
