// Which files in a folder make up a data set. Names differ between sets and mirrors, so they are recognised
// by their form:
//   [PREFIX]train-images-idx3-ubyte[.gz], the test files with "t10k" or "test", "." instead of "-" before
//   "idx"
// ("emnist-digits-test-labels-idx1-ubyte.gz", "train-images.idx3-ubyte"). Only names are looked at here, not
// contents.
#pragma once

#include <array>
#include <filesystem>
#include <vector>

#include "mnist/data/catalog.hpp"

namespace mnist {

/// The four files, by DataPart.
using DatasetFiles = std::array<std::filesystem::path, 4>;

/// True when the folder holds at least one file that looks like a part of a data set. False for anything
/// unreadable.
[[nodiscard]] bool holds_dataset_files(const std::filesystem::path& folder);

/// Finds the four files. Where one part is there several times, the archive under the customary name (what a
/// fetch writes) comes first, then the plain file, then the dotted spellings. Throws InputError when the
/// folder cannot be read, holds none or only some of the files (the message names the missing ones) or those
/// of several sets (the message names the sets). Cost: one pass over the folder.
[[nodiscard]] DatasetFiles find_dataset_files(const std::filesystem::path& folder);

/// The files that carry `part` under a name without a prefix, the one that find_dataset_files would take
/// first; empty where there is none.
[[nodiscard]] std::vector<std::filesystem::path> files_of_part(const std::filesystem::path& folder,
                                                               DataPart part);

}  // namespace mnist
