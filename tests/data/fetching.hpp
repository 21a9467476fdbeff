// What the tests of fetching share: a tiny data set, a server's answers with it, and a folder to fetch into.
#pragma once

#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "local_server.hpp"
#include "mnist/data/fetch.hpp"
#include "test_files.hpp"

namespace mnist {

inline const SetContents kContents = tiny_set();

inline std::string archive_path(DataPart part) {
    return "/" + std::string(file_name(part)) + ".gz";
}

inline void serve_set(LocalServer& server, const SetContents& contents = kContents,
                      const std::string& below = "") {
    for (const DataPart part : kDataParts)
        server.answer(below + archive_path(part), http_ok(gzip(contents[static_cast<std::size_t>(part)])));
}

struct Fetching {
    TemporaryFolder root;
    KnownDataset set = known_as("mnist", kContents);
    std::vector<std::string> notes;

    [[nodiscard]] std::filesystem::path folder() const { return root.path() / "data" / "mnist"; }
    [[nodiscard]] std::filesystem::path file(DataPart part) const {
        return folder() / (std::string(file_name(part)) + ".gz");
    }
    std::vector<FetchedFile> from(const std::optional<std::string>& base_url) {
        FetchRequest request;
        request.folder = folder();
        request.base_url = base_url;
        request.connect_timeout_s = 2;
        request.stall_timeout_s = 1;
        return fetch_files(set, request, [this](const std::string& text) { notes.push_back(text); });
    }
    InputFault fault_from(const std::optional<std::string>& base_url) {
        return fault_of([&] { from(base_url); });
    }
    [[nodiscard]] std::size_t files_in_folder() const {
        if (!std::filesystem::exists(folder())) return 0;
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder()),
                                                      std::filesystem::directory_iterator()));
    }
};

}  // namespace mnist
