// Downloads the files of a known data set. Mirrors are tried in turn; the SHA-256 of the decompressed content decides, not the
// archive's; a file appears under its name only when it is verified. Files that are there and right are not fetched again, so a
// second call goes on where the first stopped.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mnist {

struct FetchRequest {
    std::string dataset = "mnist";                  ///< "mnist" or "fashion-mnist"
    std::filesystem::path folder;                   ///< created when missing
    std::optional<std::string> base_url;            ///< a mirror of the user's own instead of the built-in ones
    long connect_timeout_s = 5;
    long stall_timeout_s = 20;                      ///< give up when slower than 1 kB/s for this long
};

struct FetchedFile {
    std::filesystem::path path;
    std::string source;  ///< URL, or "already there"
};

/// Throws InputError that lists what every mirror answered. `note` is told each attempt.
std::vector<FetchedFile> fetch_dataset(const FetchRequest& request, const std::function<void(const std::string&)>& note);

}  // namespace mnist
