// Takes file names apart from the end: ".gz", the IDX suffix, what it holds, train or test; the rest is the
// prefix that tells several sets in one folder apart. Hidden files are passed over (editors and other systems
// leave such copies behind).
#include "mnist/data/folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "mnist/core/error.hpp"
#include "mnist/core/remedies.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

struct Candidate {
    fs::path path;
    int awkwardness = 0;  // 0 for the name that a fetch writes
};

// Of one prefix: the files of each part.
using FileSet = std::array<std::vector<Candidate>, 4>;
using FileSets = std::map<std::string, FileSet>;

bool take_end(std::string_view& text, std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    return true;
}

struct ParsedName {
    std::string prefix;
    DataPart part = DataPart::train_images;
    int awkwardness = 0;
};

std::optional<ParsedName> parse(std::string_view name) {
    if (name.starts_with('.')) return std::nullopt;
    ParsedName parsed;
    if (!take_end(name, ".gz")) parsed.awkwardness += 1;
    const bool images = name.ends_with("idx3-ubyte");
    if (!take_end(name, "idx3-ubyte") && !take_end(name, "idx1-ubyte")) return std::nullopt;
    if (take_end(name, "."))
        parsed.awkwardness += 2;
    else if (!take_end(name, "-"))
        return std::nullopt;
    if (!take_end(name, images ? "-images" : "-labels")) return std::nullopt;

    bool train = false;
    if (take_end(name, "train"))
        train = true;
    else if (take_end(name, "test"))
        parsed.awkwardness += 4;
    else if (!take_end(name, "t10k"))
        return std::nullopt;
    if (!name.empty() && std::string_view("-_.").find(name.back()) == std::string_view::npos)
        return std::nullopt;
    parsed.prefix = name;
    if (train)
        parsed.part = images ? DataPart::train_images : DataPart::train_labels;
    else
        parsed.part = images ? DataPart::test_images : DataPart::test_labels;
    return parsed;
}

FileSets file_sets(const fs::path& folder, std::error_code& error) {
    FileSets sets;
    fs::directory_iterator entries(folder, error);
    while (!error && entries != fs::directory_iterator()) {
        const fs::path& path = entries->path();
        if (const auto parsed = parse(path.filename().string()))
            sets[parsed->prefix][static_cast<std::size_t>(parsed->part)].push_back(
                {path, parsed->awkwardness});
        entries.increment(error);
    }
    for (auto& [prefix, set] : sets)
        for (std::vector<Candidate>& candidates : set)
            std::sort(candidates.begin(), candidates.end(),
                      [](const Candidate& a, const Candidate& b) { return a.awkwardness < b.awkwardness; });
    return sets;
}

std::string give_folder() {
    return "Give the folder that holds the four files, plain or gzip, or fetch them: " +
           fetch_words("mnist --data-dir DIR");
}

[[noreturn]] void fail(const fs::path& folder, const std::string& found,
                       const std::string& remedy = give_folder()) {
    throw InputError({.where = folder.string(),
                      .expected = "a folder with the four IDX files of a data set",
                      .found = found,
                      .remedy = remedy});
}

}  // namespace

bool holds_dataset_files(const fs::path& folder) {
    std::error_code error;
    return !file_sets(folder, error).empty();
}

std::vector<fs::path> files_of_part(const fs::path& folder, DataPart part) {
    std::error_code error;
    std::vector<fs::path> paths;
    const FileSets sets = file_sets(folder, error);
    if (const auto plain = sets.find(""); plain != sets.end())
        for (const Candidate& candidate : plain->second[static_cast<std::size_t>(part)])
            paths.push_back(candidate.path);
    return paths;
}

DatasetFiles find_dataset_files(const fs::path& folder) {
    std::error_code error;
    const FileSets sets = file_sets(folder, error);
    if (error) fail(folder, error.message());
    if (sets.empty()) fail(folder, "none of them");
    if (sets.size() > 1) {
        std::vector<std::string> names;
        for (const auto& [prefix, set] : sets)
            names.push_back(prefix.empty() ? "files without a prefix" : prefix + "*");
        fail(folder, fmt::format("several sets: {}", fmt::join(names, ", ")),
             "Give a folder that holds only one of them");
    }
    const auto& [prefix, set] = *sets.begin();
    DatasetFiles files;
    std::vector<std::string> missing;
    for (const DataPart part : kDataParts) {
        const auto index = static_cast<std::size_t>(part);
        if (set[index].empty())
            missing.push_back(fmt::format("{}{}", prefix, file_name(part)));
        else
            files[index] = set[index].front().path;
    }
    if (!missing.empty()) fail(folder, fmt::format("no {}", fmt::join(missing, ", no ")));
    return files;
}

}  // namespace mnist
