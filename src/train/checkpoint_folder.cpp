// Only names of the one pattern are ever read or removed, so that a folder with other things in it is safe.
#include "mnist/train/checkpoint_folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <system_error>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kSuffix = ".safetensors";

// 12 for "checkpoint-000012.safetensors"; names that this program would not give are none.
std::optional<std::uint64_t> number_in(std::string_view name) {
    constexpr std::size_t kMostDigits = 18;
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix) ||
        name.size() <= kPrefix.size() + kSuffix.size())
        return std::nullopt;
    name.remove_prefix(kPrefix.size());
    name.remove_suffix(kSuffix.size());
    return name.size() <= kMostDigits ? parsed<std::uint64_t>(name) : std::nullopt;
}

std::string content_of(const fs::path& file) {
    std::error_code error;
    const bool regular = fs::is_regular_file(file, error);  // a pipe would be waited for
    const std::uintmax_t bytes = regular ? fs::file_size(file, error) : 0;
    if (!regular || error)
        throw InputError({.where = file.string(),
                          .expected = "a checkpoint",
                          .found = error ? error.message() : "no regular file",
                          .remedy = "Move it out of the folder"});
    return read_file(file, bytes);
}

}  // namespace

CheckpointFolder::CheckpointFolder(const fs::path& folder) : folder_(folder), lock_(folder) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(fmt::format(".{}", kPrefix)) && name.ends_with(".part"))
            fs::remove(entry.path(), ignored);
    }
}

fs::path CheckpointFolder::file_of(std::uint64_t number) const {
    return folder_ / fmt::format("{}{:06}{}", kPrefix, number, kSuffix);
}

// The newest first.
std::vector<std::uint64_t> CheckpointFolder::numbers() const {
    std::vector<std::uint64_t> all;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
        const std::string name = entry.path().filename().string();
        const std::optional<std::uint64_t> number = number_in(name);
        if (number && file_of(*number).filename() == name) all.push_back(*number);
    }
    if (error)
        throw InputError({.where = folder_.string(),
                          .expected = "a readable folder",
                          .found = error.message(),
                          .remedy = "Check its permissions"});
    std::sort(all.begin(), all.end(), std::greater<>());
    return all;
}

void CheckpointFolder::require_empty() const {
    const std::vector<std::uint64_t> there = numbers();
    if (there.empty()) return;
    throw InputError({.where = folder_.string(),
                      .expected = "a folder without a checkpoint",
                      .found = file_of(there.front()).filename().string(),
                      .remedy = fmt::format("Go on from it with --resume {}, or choose another folder",
                                            folder_.string())});
}

Checkpoint CheckpointFolder::load(std::vector<std::string>& warnings) {
    for (const std::uint64_t number : numbers()) {
        try {
            Checkpoint checkpoint = parse_checkpoint(content_of(file_of(number)), file_of(number).string());
            for (std::string& warning : warnings)
                warning +=
                    fmt::format(". The one before it, {}, is used", file_of(number).filename().string());
            last_good_ = number;
            return checkpoint;
        } catch (const InputError& error) {
            warnings.emplace_back(error.what());
        }
    }
    if (!warnings.empty())
        throw InputError(
            {.where = folder_.string(),
             .expected = "a whole checkpoint",
             .found = fmt::format("none that can be used: {}", fmt::join(warnings, "; ")),
             .remedy = fmt::format("Restore one of these files from a copy and resume again; or remove them "
                                   "and train anew with --checkpoint {}",
                                   folder_.string())});
    throw InputError({.where = folder_.string(),
                      .expected = "a checkpoint",
                      .found = "none",
                      .remedy = fmt::format("Begin with --checkpoint {}", folder_.string())});
}

void CheckpointFolder::save(const CheckpointHead& head, const ExperimentProgress& progress) {
    const std::vector<std::uint64_t> before = numbers();
    const std::uint64_t number = before.empty() ? 1 : before.front() + 1;
    write_file_atomically(file_of(number), checkpoint_content(head, progress), IfExists::fail);
    std::error_code ignored;  // what cannot be removed now is removed the next time
    for (const std::uint64_t old : before) {
        if (old != last_good_) fs::remove(file_of(old), ignored);
    }
    last_good_ = number;
}

}  // namespace mnist
