// The checkpoints of one `mnist train`: begun anew or gone on from, written while it trains. A checkpoint
// that cannot be written is a warning and never costs the training: the one before it stays.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/train/checkpoint_folder.hpp"
#include "train_options.hpp"

namespace mnist {

class Checkpointing {
  public:
    /// A new training. Throws InputError where the folder has a checkpoint, is in use or cannot be written
    /// to.
    [[nodiscard]] static Checkpointing begin(const std::filesystem::path& folder, Console& console);
    /// Goes on from the newest whole checkpoint; a damaged one is a warning. Throws InputError without one.
    [[nodiscard]] static Checkpointing resume(const std::filesystem::path& folder, Console& console);

    /// Warnings go there from now on; it must outlive this.
    void speak_through(Console& console) noexcept { console_ = &console; }

    [[nodiscard]] bool resumes() const noexcept { return resumes_; }
    [[nodiscard]] const CheckpointHead& head() const noexcept { return head_; }
    [[nodiscard]] std::filesystem::path folder() const { return folder_->path(); }

    /// What was found, for other ranks.
    [[nodiscard]] std::string content() const { return checkpoint_content(head_, found_); }

    /// Before the first step, with everything that the training is made of. A new training gets its first
    /// checkpoint, at its very start; for one that is resumed the conditions are compared, and `inputs` gets
    /// how far it is. Throws InputError.
    void start(ExperimentInputs& inputs, const TrainResult& result, const TrainOptions& options);

    /// While training.
    void save(const ExperimentProgress& progress);
    /// Whether the newest checkpoint is what save() was given last.
    [[nodiscard]] bool up_to_date() const noexcept { return up_to_date_; }

  private:
    Checkpointing(const std::filesystem::path& folder, Console& console)
        : folder_(std::make_unique<CheckpointFolder>(folder)), console_(&console) {}

    std::unique_ptr<CheckpointFolder> folder_;
    Console* console_;
    bool resumes_ = false;
    bool up_to_date_ = true;
    CheckpointHead head_;
    ExperimentProgress found_;  ///< until start()
};

/// "1 of 3 runs is whole, Adam with seed 0 goes on after epoch 3 of 25": where a resumed training stands.
[[nodiscard]] std::string standing(const RunsSoFar& runs, const TrainConfig& config);

}  // namespace mnist
