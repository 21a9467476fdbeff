// Which files in a folder make up a data set. Names differ between sets and mirrors, so they are recognised
// by their form:
//   [PREFIX]train-images-idx3-ubyte[.gz], the test files with "t10k" or "test", "." instead of "-" before
//   "idx"
// ("emnist-digits-test-labels-idx1-ubyte.gz", "train-images.idx3-ubyte"). Only names and kinds are looked at
// here, not contents: what is no regular file, is empty or may not be read is passed over, so that it hides
// no file beside it.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mnist/data/catalog.hpp"

namespace mnist {

/// The files, by DataPart; a part that was not asked for is an empty path.
using DatasetFiles = std::array<std::filesystem::path, 4>;

/// The parts that a reader needs: all four, or those of the test set.
enum class DataNeed { all, test };
/// Whether they are among them.
[[nodiscard]] bool needs(DataNeed need, DataPart part);

/// True when the folder holds at least one file that looks like a part of a data set. False for anything
/// unreadable.
[[nodiscard]] bool holds_dataset_files(const std::filesystem::path& folder);

/// Finds the files. Where one part is there several times, the archive under the customary name (what a fetch
/// writes) comes first, then the plain file, then the dotted spellings.
///   prefix  of several sets in the folder the one of that prefix, which may be empty, with or without the
///           "-" behind it
/// Throws InputError when the folder cannot be read, holds none or only some of the files (the message says
/// which are missing, and what is there), or those of several sets and no prefix tells which (the message
/// lists them). Cost: one pass over the folder.
[[nodiscard]] DatasetFiles find_dataset_files(const std::filesystem::path& folder,
                                              const std::optional<std::string>& prefix = std::nullopt,
                                              DataNeed need = DataNeed::all);

/// The files that carry `part` under a name without a prefix, the one that find_dataset_files would take
/// first; empty where there is none.
[[nodiscard]] std::vector<std::filesystem::path> files_of_part(const std::filesystem::path& folder,
                                                               DataPart part);

/// What is in a folder, for a message: "a.png (312 bytes), old (a folder) and 3 more", what looks like a part
/// of a data set first; "nothing" for an empty folder, or why it cannot be read.
[[nodiscard]] std::string folder_content(const std::filesystem::path& folder);

}  // namespace mnist
