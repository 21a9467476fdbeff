// Where a file stands. A clock that nobody set, one that went back and one of the future order nothing, so
// such a file has no place by date; by commit it has, and is named.
#include "stamps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <unordered_map>

#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kHour = 3'600;
// The first result files are of 2026; a clock that nobody set says 1970, or the year of its board.
constexpr std::int64_t kFirst = 1'420'070'400;  // 2015

/// Commits by their digits, also by the first of them.
class CommitBook {
  public:
    explicit CommitBook(std::span<const Commit> commits) : commits_(commits) {
        for (std::size_t i = 0; i < commits.size(); ++i) places_.emplace_back(commits[i].hash, i);
        std::sort(places_.begin(), places_.end());
    }
    /// The place of the only commit that begins so; empty where there is none, or several.
    [[nodiscard]] std::optional<std::size_t> find(const std::string& digits) const {
        constexpr std::size_t kFewest = 7;
        const auto at =
            std::lower_bound(places_.begin(), places_.end(), digits,
                             [](const auto& place, const std::string& d) { return place.first < d; });
        if (digits.size() < kFewest || at == places_.end() || !at->first.starts_with(digits))
            return std::nullopt;
        const auto next = std::next(at);
        if (next != places_.end() && next->first.starts_with(digits)) return std::nullopt;
        return at->second;
    }
    [[nodiscard]] const Commit* at(std::size_t place) const { return &commits_[place]; }

  private:
    std::span<const Commit> commits_;
    std::vector<std::pair<std::string_view, std::size_t>> places_;
};

std::string count_of(std::size_t files) {
    return files == 1 ? "1 file" : fmt::format("{} files", files);
}

/// Commits that are not there, a line each, since a commit may have hundreds of files.
class MissingCommits {
  public:
    void add(const std::string& commit) { ++counts_[commit]; }
    void report(History& history) const {
        for (const auto& [commit, files] : counts_)
            history.left_out.push_back(
                {fmt::format("commit {}", commit.empty() ? "unknown" : commit),
                 commit.empty() ? fmt::format("{} of builds that do not say their commit", count_of(files))
                                : fmt::format("not in the repository; {}", count_of(files))});
    }

  private:
    std::map<std::string, std::size_t> counts_;
};

std::optional<std::int64_t> measured_at(const HistoryReading& reading) {
    const auto created = parse_time(fact_of(reading, "mnist.created"));
    return created ? created : parse_time(fact_of(reading, "date"));
}

/// What is wrong with the time of a file; empty where nothing is.
std::string clock_fault(const HistoryReading& reading, const std::optional<std::int64_t>& measured,
                        const Commit* commit, std::int64_t now_s) {
    const auto ended = parse_time(fact_of(reading, "date"));
    if (!measured) return "it does not say when it was measured";
    if (now_s > 0 && *measured > now_s + kDay)
        return fmt::format("it is of the future: {}", time_text(*measured));
    if (*measured < kFirst) return fmt::format("its clock was not set: {}", time_text(*measured));
    if (ended && *ended < *measured - kHour)
        return fmt::format("its clock went back while it was measured, from {} to {}", time_text(*measured),
                           time_text(*ended));
    if (commit != nullptr && *measured < commit->time_s - kHour)
        return fmt::format("its clock says {}, before its commit was made ({})", time_text(*measured),
                           time_text(commit->time_s));
    return {};
}

}  // namespace

std::string fact_of(const HistoryReading& reading, const char* key) {
    const auto found = reading.facts.find(key);
    return found == reading.facts.end() ? std::string() : found->second;
}

std::optional<std::int64_t> parse_time(const std::string& text) {
    std::tm time{};
    const char* rest = nullptr;
    for (const char* const form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"})
        if (rest == nullptr) rest = ::strptime(text.c_str(), form, &time);
    if (rest == nullptr) return std::nullopt;
    const std::string_view zone(rest);
    std::int64_t offset = 0;
    if (!zone.empty() && zone != "Z") {  // "+01:00"
        if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
        const auto hours = parsed<unsigned>(zone.substr(1, 2));
        const auto minutes = parsed<unsigned>(zone.substr(4));
        if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
        offset = std::int64_t{*hours * 60 + *minutes} * (zone[0] == '-' ? -60 : 60);
    }
    return ::timegm(&time) - offset;
}

std::string time_text(std::int64_t time_s) {
    const std::time_t seconds = time_s;
    std::tm time{};
    if (::gmtime_r(&seconds, &time) == nullptr) return {};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", time.tm_year + 1900, time.tm_mon + 1,
                       time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec);
}

bool operator<(const PlaceKey& a, const PlaceKey& b) {
    if (a.position != b.position) return a.position < b.position;
    if (a.is_dirty != b.is_dirty) return b.is_dirty;
    return numbers_less(a.text, b.text);
}

std::vector<PlacedFile> placed(const std::vector<HistoryFile>& files, std::span<const Commit> commits,
                               const HistorySettings& settings, History& history) {
    const CommitBook book(settings.order == HistoryOrder::commit ? commits : std::span<const Commit>());
    MissingCommits missing;
    std::size_t dirty = 0;
    std::vector<PlacedFile> found;
    for (const HistoryFile& file : files) {
        PlacedFile one{.file = &file, .key = {}, .measured_s = measured_at(file.reading)};
        if (settings.order == HistoryOrder::commit) {
            const std::string digits = fact_of(file.reading, "mnist.build.commit");
            const auto place = book.find(digits);
            if (!place) {
                missing.add(digits);
                continue;
            }
            one.commit = book.at(*place);
            one.key.position = static_cast<std::int64_t>(*place);
            one.key.is_dirty = fact_of(file.reading, "mnist.build.dirty") == "true";
            dirty += one.key.is_dirty;
        }
        const std::string fault = clock_fault(file.reading, one.measured_s, one.commit, settings.now_s);
        if (!fault.empty()) {
            if (settings.order == HistoryOrder::date) {
                history.left_out.push_back({file.path, fault});
                continue;
            }
            if (one.measured_s) history.remarks.push_back(fmt::format("{}: {}", file.path, fault));
            one.measured_s.reset();
        }
        if (settings.order == HistoryOrder::date) one.key.position = *one.measured_s;
        if (settings.order == HistoryOrder::onednn)
            one.key.text = fact_of(file.reading, "mnist.build.onednn");
        if (settings.order == HistoryOrder::label) one.key.text = fact_of(file.reading, "mnist.label");
        const bool by_text = settings.order == HistoryOrder::onednn || settings.order == HistoryOrder::label;
        if (by_text && one.key.text.empty()) {
            history.left_out.push_back(
                {file.path, fmt::format("it does not say its {}", word(settings.order))});
            continue;
        }
        found.push_back(std::move(one));
    }
    missing.report(history);
    if (dirty > 0)
        history.remarks.push_back(fmt::format(
            "{} of builds with changes that were not committed, marked +: they stand behind their commit",
            count_of(dirty)));
    return found;
}

}  // namespace mnist
