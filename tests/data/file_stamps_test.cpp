// Files that change while they are read: replaced, written to, removed, with time-stamps set back.
#include "file_stamps.hpp"

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

DatasetFiles four_files(const fs::path& folder) {
    DatasetFiles files;
    for (std::size_t i = 0; i < files.size(); ++i) {
        files[i] = folder / std::to_string(i);
        std::ofstream(files[i]) << "content";
    }
    return files;
}

std::string changed(const FileStamps& stamps) {
    try {
        stamps.require_unchanged();
    } catch (const InputError& error) {
        return fs::path(error.fault().where).filename();
    }
    return "";
}

}  // namespace

TEST_CASE("file stamps: files that stay are fine, one that is replaced or written to is named") {
    const TemporaryFolder place;
    const DatasetFiles files = four_files(place.path());
    {
        const FileStamps stamps(files);
        CHECK(changed(stamps).empty());
        std::ofstream(place.path() / "new") << "CONTENT";
        fs::rename(place.path() / "new", files[2]);
        CHECK(changed(stamps) == "2");
    }
    {
        const FileStamps stamps(files);
        std::ofstream(files[1]) << "longer content";
        CHECK(changed(stamps) == "1");
    }
    {
        const FileStamps stamps(files);
        CHECK(fs::remove(files[3]));
        CHECK(changed(stamps) == "3");
    }
}

TEST_CASE("file stamps: the same size under the same time of writing is not enough") {
    const TemporaryFolder place;
    const DatasetFiles files = four_files(place.path());
    const FileStamps stamps(files);
    const fs::file_time_type time = fs::last_write_time(files[0]);
    std::ofstream(place.path() / "new") << "CONTENT";
    fs::last_write_time(place.path() / "new", time);
    fs::rename(place.path() / "new", files[0]);
    CHECK(changed(stamps) == "0");
}

}  // namespace mnist
