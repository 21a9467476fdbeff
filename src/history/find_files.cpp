// Which files, and what of them need not be read again.
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <set>
#include <system_error>
#include <unordered_map>

#include "cache.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/history/reading.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// Paths by what they lead to, so that a file that is named beside its folder is there once.
using FoundFiles = std::set<fs::path>;

void require_few(std::size_t files) {
    if (files > kMostHistoryFiles)
        throw InputError({.where = "history",
                          .expected = fmt::format("{} files at most", kMostHistoryFiles),
                          .found = "more",
                          .remedy = "Give fewer folders"});
}

void find_in(const fs::path& folder, FoundFiles& found, std::vector<LeftOut>& left_out) {
    std::error_code error;
    // A folder that may not be opened costs itself only.
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
    if (::access(folder.c_str(), R_OK | X_OK) != 0) error = {errno, std::generic_category()};
    while (!error && at != fs::recursive_directory_iterator()) {
        const fs::directory_entry entry = *at;
        std::error_code unknown;
        const bool is_json = entry.path().extension() == ".json";
        if (entry.is_directory(unknown)) {
            if (::access(entry.path().c_str(), R_OK | X_OK) != 0)
                left_out.push_back(
                    {entry.path().string(),
                     fmt::format("could not be searched: {}", std::generic_category().message(errno))});
        } else if (is_json && entry.is_regular_file(unknown)) {
            found.insert(fs::weakly_canonical(entry.path()));
            require_few(found.size());
        } else if (is_json) {
            left_out.push_back(
                {entry.path().string(), entry.exists(unknown) ? "no file" : "a link that leads nowhere"});
        }
        at.increment(error);
    }
    if (error)
        left_out.push_back({folder.string(), fmt::format("could not be searched: {}", error.message())});
}

FoundFiles find_files(std::span<const std::string> arguments, std::vector<LeftOut>& left_out) {
    FoundFiles found;
    for (const std::string& argument : arguments) {
        std::error_code error;
        const fs::file_status status = fs::status(argument, error);
        if (!fs::exists(status))
            throw InputError({.where = argument,
                              .expected = "a result file or a folder of them",
                              .found = error ? error.message() : "nothing",
                              .remedy = "For example: mnist history results"});
        if (fs::is_directory(status)) {
            find_in(argument, found, left_out);
        } else {
            found.insert(fs::weakly_canonical(argument));
        }
        require_few(found.size());
    }
    return found;
}

std::optional<HistoryStamp> stamp_of(const fs::path& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
    return HistoryStamp{
        .bytes = facts.st_size,
        .changed_ns = std::int64_t{facts.st_mtim.tv_sec} * kNsPerSecond + facts.st_mtim.tv_nsec};
}

/// A file that was written to just now may be written to again within the clock's grain, and look the same.
bool is_settled(const HistoryStamp& stamp) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - stamp.changed_ns >
           2 * kNsPerSecond;
}

/// The message without the path that it begins with.
std::string reason(const std::string& message, const std::string& path) {
    if (!message.starts_with(path)) return message;
    const std::size_t rest = message.find_first_not_of(":, ", path.size());
    return rest == std::string::npos ? message : message.substr(rest);
}

HistoryCache::Known read_one(const std::string& path, HistoryCache& cache, std::size_t& parsed) {
    const std::optional<HistoryStamp> stamp = stamp_of(path);
    if (stamp)
        if (auto known = cache.find(path, *stamp)) return std::move(*known);
    const std::string text = read_file(path, kMaxResultBytes);
    HistoryCache::Known known{.sha256 = sha256_hex(std::as_bytes(std::span(text))), .reading = {}};
    if (auto content = cache.find_content(known.sha256)) {
        known.reading = std::move(*content);
    } else {
        known.reading = history_reading(parse_result_file(text, path));
        ++parsed;
    }
    const bool stays = stamp && stamp == stamp_of(path) && is_settled(*stamp);
    cache.keep(path, stays ? stamp : std::nullopt, known);
    return known;
}

}  // namespace

fs::path history_cache_path() {
    const auto folder = [](const char* name) {
        const char* const value = std::getenv(name);
        return value != nullptr && *value == '/' ? fs::path(value) : fs::path();
    };
    fs::path cache = folder("XDG_CACHE_HOME");
    if (cache.empty() && !folder("HOME").empty()) cache = folder("HOME") / ".cache";
    return cache.empty() ? cache : cache / "mnist_bench" / "history.sqlite";
}

HistoryFiles read_history_files(std::span<const std::string> arguments, const HistoryReadSettings& settings) {
    HistoryFiles read;
    const FoundFiles found = find_files(arguments, read.left_out);
    HistoryCache cache(settings.cache);
    std::unordered_map<std::string, std::string> paths;  // by content
    std::size_t done = 0;
    for (const fs::path& file : found) {
        const std::string path = file.string();
        try {
            HistoryCache::Known known = read_one(path, cache, read.parsed);
            const auto [same, is_new] = paths.emplace(known.sha256, path);
            if (known.reading.rows.empty()) {
                read.left_out.push_back({path, "no benchmark in it has a time"});
            } else if (is_new) {
                read.files.push_back({path, std::move(known.reading)});
            } else {
                read.left_out.push_back(
                    {path, fmt::format("the same run as {}, which counts once", same->second)});
            }
        } catch (const InputError& error) {
            read.left_out.push_back({path, reason(error.what(), path)});
        }
        if (settings.progress) settings.progress(++done, found.size());
    }
    return read;
}

}  // namespace mnist
