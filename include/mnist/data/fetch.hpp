// Downloads the files of a known data set. Mirrors are tried in turn; the SHA-256 of the decompressed content
// decides, not the archive's; a file appears under its name only when it is verified. Files that are there
// and right are not fetched again, so a second call goes on where the first stopped. File names come from the
// catalog, never from a server.
//
// Only HTTPS is spoken, and plain HTTP with this machine itself (a mirror of one's own, a test). Redirects
// stay within that. Proxies are set by libcurl's usual environment variables: https_proxy, all_proxy,
// no_proxy; this machine is never asked through a proxy.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mnist/data/catalog.hpp"

namespace mnist {

struct FetchRequest {
    std::string dataset = "mnist";        ///< "mnist" or "fashion-mnist"
    std::filesystem::path folder;         ///< created when missing
    std::optional<std::string> base_url;  ///< a mirror of the user's own instead of the built-in ones
    long connect_timeout_s = 5;           ///< name lookup included
    long stall_timeout_s = 20;            ///< give up when slower than 1 kB/s for this long
};

struct FetchedFile {
    std::filesystem::path path;
    std::string source;  ///< URL, or "already there"
};

/// Throws InputError whose finding lists what every mirror answered, cause first, "; " between them; when the
/// request or the base URL is impossible; when the folder cannot be written to; and when it holds a sound
/// file of another set under the same name (it stays as it is; a damaged file is replaced). `note` is told
/// each attempt. The first file that no mirror serves ends the call. Cost: one file at a time in memory; a
/// body longer than the content could need is cut off.
std::vector<FetchedFile> fetch_dataset(const FetchRequest& request,
                                       const std::function<void(const std::string&)>& note);

/// The same for a set that is not in the catalog; request.dataset is not looked at.
std::vector<FetchedFile> fetch_files(const KnownDataset& set, const FetchRequest& request,
                                     const std::function<void(const std::string&)>& note);

}  // namespace mnist
