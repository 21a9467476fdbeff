// From the four files of a folder to a checked data set. Internal to this room.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "mnist/data/catalog.hpp"
#include "mnist/data/dataset.hpp"

namespace mnist {

/// Reads the four files in parallel and checks that they belong together. The name in the facts is that of
/// the set in `catalog` with the same checksum, else "custom". Where `wanted` is given, any other content is
/// an InputError that names the first file that differs.
[[nodiscard]] Dataset decode_folder(const std::filesystem::path& folder,
                                    std::span<const KnownDataset> catalog, const KnownDataset* wanted);

}  // namespace mnist
