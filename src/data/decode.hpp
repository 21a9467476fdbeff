// From the files of a folder to a checked data set. Internal to this room.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "mnist/data/catalog.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/data/folder.hpp"

namespace mnist {

/// What of a folder is read; the fields of DataRequest.
struct FolderRequest {
    std::filesystem::path folder;
    std::optional<std::string> prefix{};
    DataNeed need = DataNeed::all;
    const KnownDataset* wanted = nullptr;  ///< any other content is an InputError that names the first file
                                           ///< that differs
};

/// Reads the files in parallel and checks that they belong together. The name in the facts is that of the set
/// in `catalog` with the same checksums, else "custom".
[[nodiscard]] Dataset decode_folder(const FolderRequest& request, std::span<const KnownDataset> catalog);

}  // namespace mnist
