// The folder of a training's checkpoints: checkpoint-000001.safetensors and on, each under a name of its own,
// so that a new one never touches the one before. Two are kept: the newest and the last whole one before it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/folder_lock.hpp"
#include "mnist/train/checkpoint.hpp"

namespace mnist {

class CheckpointFolder {
  public:
    /// Takes the folder for this process alone; missing ones are created. Temporary files of a process that
    /// was killed are removed. Throws InputError where another training uses it or nothing can be written.
    explicit CheckpointFolder(const std::filesystem::path& folder);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }

    /// Throws InputError where there is a checkpoint already, whole or not.
    void require_empty() const;

    /// The newest that is whole. `warnings`, empty before, gets a sentence for each newer one that is not.
    /// Throws InputError where there is none: it says what is wrong with each, and what to do.
    [[nodiscard]] Checkpoint load(std::vector<std::string>& warnings);

    /// Adds a checkpoint, whole or not at all, and then removes all but it and the one that was loaded or
    /// saved before. Throws InputError (disk full, ...); the older ones are then as they were. Cost: that of
    /// checkpoint_content and two fsync.
    void save(const CheckpointHead& head, const ExperimentProgress& progress);

  private:
    [[nodiscard]] std::filesystem::path file_of(std::uint64_t number) const;
    [[nodiscard]] std::vector<std::uint64_t> numbers() const;

    std::filesystem::path folder_;
    FolderLock lock_;
    std::optional<std::uint64_t> last_good_;
};

}  // namespace mnist
