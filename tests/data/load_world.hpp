// A world of its own for the search for data: hand-made sets in place of the real ones, a working folder, a
// Debian folder, and a fetch that is told what to do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "mnist/data/load.hpp"
#include "test_files.hpp"

namespace mnist {

inline const SetContents kMnist = tiny_set(1);
inline const SetContents kFashion = tiny_set(2);
inline const SetContents kOther = tiny_set(3);

struct World {
    TemporaryFolder root;
    DataSources sources;
    DataNotices notices;
    std::vector<std::string> progress;
    std::vector<std::string> notes;
    std::vector<std::string> warnings;
    int fetches = 0;
    bool fetch_works = true;

    World() {
        sources.catalog = {known_as("mnist", kMnist), known_as("fashion-mnist", kFashion)};
        sources.debian_fashion_mnist = root.path() / "debian";
        sources.fetch = [this](const KnownDataset& set, const std::filesystem::path& folder,
                               const DataNotices& told) {
            ++fetches;
            if (told.progress) told.progress("fetching from a mirror");
            CHECK(set.name == "mnist");
            if (!fetch_works)
                throw InputError(
                    {.where = "mirror", .expected = "data", .found = "no network at a; HTTP 404 at b"});
            write_set(folder, kMnist);
        };
        sources.draw_synthetic = [] {
            Dataset drawn;
            drawn.facts.name = "synthetic";
            drawn.facts.synthetic = true;
            return drawn;
        };
        notices.progress = [this](const std::string& text) { progress.push_back(text); };
        notices.note = [this](const std::string& text) { notes.push_back(text); };
        notices.warning = [this](const std::string& text) { warnings.push_back(text); };
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] std::filesystem::path local(const std::string& name) const {
        return root.path() / "work" / "data" / name;
    }
    [[nodiscard]] Dataset load(DataRequest request) const {
        request.working_dir = root.path() / "work";
        return load_dataset(request, notices, sources);
    }
    [[nodiscard]] InputFault fault(const DataRequest& request) const {
        return fault_of([&] { static_cast<void>(load(request)); });
    }
};

}  // namespace mnist
