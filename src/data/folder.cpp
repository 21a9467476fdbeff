// Takes file names apart from the end: ".gz", the IDX suffix, what it holds, train or test; the rest is the
// prefix that tells several sets in one folder apart. Hidden files are passed over (editors and other systems
// leave such copies behind).
#include "mnist/data/folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "mnist/core/error.hpp"
#include "mnist/core/remedies.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListed = 8;  // entries of a list in a message

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

// Why a name stands for no file that can be read; empty where it does.
std::string obstacle(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) return "a link to nothing";
    if (status.type() == fs::file_type::none) return error.message();
    if (fs::is_directory(status)) return "a folder";
    if (!fs::is_regular_file(status)) return "no regular file";
    if (fs::file_size(path, error) == 0) return "empty";
    return ::access(path.c_str(), R_OK) == 0 ? "" : std::generic_category().message(errno);
}

FileSets file_sets(const fs::path& folder, std::error_code& error) {
    FileSets sets;
    fs::directory_iterator entries(folder, error);
    while (!error && entries != fs::directory_iterator()) {
        const fs::path& path = entries->path();
        const auto parsed = parse(path.filename().string());
        if (parsed && obstacle(path).empty())
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
    return "Give the folder that holds these files, or fetch a set: " + fetch_words("mnist --data-dir DIR");
}

[[noreturn]] void fail(const fs::path& folder, DataNeed need, const std::string& found,
                       const std::string& remedy = give_folder()) {
    std::vector<std::string_view> names;
    for (const DataPart part : kDataParts)
        if (needs(need, part)) names.push_back(file_name(part));
    throw InputError({.where = folder.string(),
                      .expected = fmt::format("a folder with {} (plain or .gz, perhaps behind a prefix)",
                                              fmt::join(names, ", ")),
                      .found = found,
                      .remedy = remedy});
}

// With or without the separator that ends a prefix in names.
bool is_prefix(const std::string& in_names, const std::string& wanted) {
    return in_names == wanted || (!wanted.empty() && in_names.size() == wanted.size() + 1 &&
                                  std::string_view(in_names).starts_with(wanted));
}

// The one set that is meant.
const FileSets::value_type& chosen_set(const FileSets& sets, const fs::path& folder,
                                       const std::optional<std::string>& prefix, DataNeed need) {
    std::vector<std::string> words;
    std::vector<const FileSets::value_type*> fitting;
    for (const FileSets::value_type& set : sets) {
        words.push_back(set.first.empty() ? "\"\" (names without a prefix)" : set.first);
        if (!prefix || is_prefix(set.first, *prefix)) fitting.push_back(&set);
    }
    if (fitting.size() == 1) return *fitting.front();
    const std::size_t rest = words.size() - std::min(words.size(), kListed);
    words.resize(words.size() - rest);
    const std::string choice =
        fmt::format("{}{}", fmt::join(words, ", "), rest > 0 ? fmt::format(" and {} more", rest) : "");
    if (fitting.empty())
        fail(folder, need, fmt::format("no set with the prefix \"{}\", but {}", *prefix, choice),
             "Give one of these prefixes with --data-prefix");
    fail(folder, need, fmt::format("several sets, with the prefixes {}", choice),
         "Choose one with --data-prefix");
}

}  // namespace

bool needs(DataNeed need, DataPart part) {
    return need == DataNeed::all || part == DataPart::test_images || part == DataPart::test_labels;
}

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

std::string folder_content(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> paths;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error))
        paths.push_back(entries->path());
    if (error) return error.message();
    if (paths.empty()) return "nothing";
    const auto order = [](const fs::path& path) {
        return std::pair(!parse(path.filename().string()).has_value(), path);
    };
    const std::size_t shown = std::min(paths.size(), kListed);
    std::partial_sort(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(shown), paths.end(),
                      [&](const fs::path& a, const fs::path& b) { return order(a) < order(b); });
    std::vector<std::string> words;
    for (std::size_t i = 0; i < shown; ++i) {
        std::string kind = obstacle(paths[i]);
        if (kind.empty()) kind = fmt::format("{} bytes", fs::file_size(paths[i], error));
        words.push_back(fmt::format("{} ({})", paths[i].filename().string(), kind));
    }
    const std::size_t rest = paths.size() - shown;
    return fmt::format("{}{}", fmt::join(words, ", "), rest > 0 ? fmt::format(" and {} more", rest) : "");
}

DatasetFiles find_dataset_files(const fs::path& folder, const std::optional<std::string>& prefix,
                                DataNeed need) {
    std::error_code error;
    const FileSets sets = file_sets(folder, error);
    if (error) fail(folder, need, error.message());
    if (sets.empty()) fail(folder, need, "none of them; it holds " + folder_content(folder));
    const auto& [found_prefix, set] = chosen_set(sets, folder, prefix, need);
    DatasetFiles files;
    std::vector<std::string> missing;
    for (const DataPart part : kDataParts) {
        if (!needs(need, part)) continue;
        const auto index = static_cast<std::size_t>(part);
        if (set[index].empty())
            missing.push_back(fmt::format("{}{}", found_prefix, file_name(part)));
        else
            files[index] = set[index].front().path;
    }
    if (!missing.empty())
        fail(folder, need,
             fmt::format("no {}; it holds {}", fmt::join(missing, ", no "), folder_content(folder)));
    return files;
}

}  // namespace mnist
