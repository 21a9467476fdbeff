// Histories on a page: groups of files of one machine and configuration at three times or more, found by the
// rule of `mnist history`. What is drawn is relative to the series' own median, so that benchmarks of any
// length and the machine's own measurements stand on one axis, higher is faster. Long series are drawn in
// bins with their least and greatest value, which end where a change is. Left out: the order of commits, for
// a page is made without their repository.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "history_words.hpp"
#include "mnist/core/error.hpp"
#include "mnist/history/history.hpp"
#include "mnist/report/history_report.hpp"
#include "mnist/stats/summary.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLeastPoints = 3;
constexpr std::size_t kMostDrawn = 400;    // of a series, and what changes divide
constexpr std::size_t kMostSeries = 120;   // of a group; those with changes come first
constexpr std::size_t kMostChanges = 200;  // of a group
constexpr std::size_t kMostSentences = 20;
constexpr std::size_t kCommitDigits = 12;

using Points = std::span<const HistoryPoint>;

/// Of the points whose times count; of all where none does.
std::optional<double> middle(Points points, std::optional<double> (*value)(const HistoryPoint&)) {
    const bool all =
        std::all_of(points.begin(), points.end(), [](const HistoryPoint& one) { return one.disturbed; });
    std::vector<double> values;
    for (const HistoryPoint& one : points)
        if (const auto number = value(one); number && (all || !one.disturbed)) values.push_back(*number);
    return median(values);
}

std::optional<double> seconds_of(const HistoryPoint& point) {
    return point.seconds;
}
std::optional<double> compute_of(const HistoryPoint& point) {
    return point.compute_seconds;
}
std::optional<double> memory_of(const HistoryPoint& point) {
    return point.memory_seconds;
}

/// Five digits: a page need not carry more of what is drawn.
ordered_json speed_json(const std::optional<double>& whole, const std::optional<double>& seconds) {
    if (!whole || !seconds) return nullptr;
    constexpr double kDigits = 1e5;
    return std::round(*whole / *seconds * kDigits) / kDigits;
}

/// Where bins and levels begin and end.
struct Range {
    std::size_t begin, end;
};

/// Between the changes of a series, at most `most` points each.
std::vector<Range> ranges(const HistoryLine& line, std::size_t most) {
    std::vector<Range> all;
    auto change = line.changes.begin();
    for (std::size_t i = 0; i < line.points.size(); i = all.back().end) {
        while (change != line.changes.end() && change->place <= i) ++change;
        const std::size_t end = change == line.changes.end() ? line.points.size() : change->place;
        all.push_back({i, std::min(end, i + most)});
    }
    return all;
}

ordered_json drawn_json(const HistoryLine& line) {
    const Points points = line.points;
    const auto seconds = middle(points, seconds_of);
    const auto compute = middle(points, compute_of);
    const auto memory = middle(points, memory_of);
    ordered_json drawn{{"places", ordered_json::array()},    {"counts", ordered_json::array()},
                       {"speed", ordered_json::array()},     {"low", ordered_json::array()},
                       {"high", ordered_json::array()},      {"peak", ordered_json::array()},
                       {"bandwidth", ordered_json::array()}, {"disturbed", ordered_json::array()}};
    for (const Range& range : ranges(line, (points.size() + kMostDrawn - 1) / kMostDrawn)) {
        const Points own = points.subspan(range.begin, range.end - range.begin);
        const auto [least, most] = std::minmax_element(
            own.begin(), own.end(),
            [](const HistoryPoint& a, const HistoryPoint& b) { return a.seconds < b.seconds; });
        drawn["places"].push_back(line.places[range.begin]);
        drawn["counts"].push_back(own.size());
        drawn["speed"].push_back(speed_json(seconds, middle(own, seconds_of)));
        drawn["low"].push_back(speed_json(seconds, most->seconds));
        drawn["high"].push_back(speed_json(seconds, least->seconds));
        drawn["peak"].push_back(speed_json(compute, middle(own, compute_of)));
        drawn["bandwidth"].push_back(speed_json(memory, middle(own, memory_of)));
        drawn["disturbed"].push_back(
            std::all_of(own.begin(), own.end(), [](const HistoryPoint& one) { return one.disturbed; }));
    }
    return drawn;
}

ordered_json levels_json(const HistoryGroup& group, const HistoryLine& line) {
    const Points points = line.points;
    const auto compute = middle(points, compute_of);
    const auto memory = middle(points, memory_of);
    ordered_json levels = ordered_json::array();
    for (const Range& range : ranges(line, points.size())) {
        const Points own = points.subspan(range.begin, range.end - range.begin);
        levels.push_back({{"since", group.places[line.places[range.begin]].name},
                          {"until", group.places[line.places[range.end - 1]].name},
                          {"points", own.size()},
                          {"seconds", middle(own, seconds_of).value_or(0)},
                          {"peak", speed_json(compute, middle(own, compute_of))},
                          {"bandwidth", speed_json(memory, middle(own, memory_of))}});
    }
    return levels;
}

std::string whose(Cause cause) {
    if (cause == Cause::undecided) return "whose it is cannot be said";
    return cause == Cause::program ? "the program's" : "the machine's";
}

/// "slower, 0.952x (0.941-0.963), since 2026-11-20T00:00:00Z, commit 0123456789ab: the program's".
std::string change_sentence(const ShownChange& shown) {
    const Change& change = *shown.change;
    const std::string interval = change_interval(change);
    const std::string commit = shown.after().commit.substr(0, kCommitDigits);
    const std::string machine = machine_words(change);
    return fmt::format("{}, {}{}, since {}{}: {}{}", change_words(change), change_size(change),
                       interval.empty() ? "" : fmt::format(" ({})", interval), shown.after().name,
                       commit.empty() ? "" : ", commit " + commit, whose(change.cause),
                       machine.empty() ? "" : fmt::format(" (the machine: {})", machine));
}

ordered_json change_json(const ShownChange& shown) {
    const Change& change = *shown.change;
    return {{"benchmark", shown.line->benchmark},
            {"place", shown.line->places[change.place]},
            {"change", change_words(change)},
            {"size", change_size(change)},
            {"interval", change_interval(change)},
            {"cause", word(change.cause)},
            {"unexplained_regression", is_unexplained_regression(change)},
            {"after", shown.before().name},
            {"since", shown.after().name},
            {"commit", shown.after().commit.substr(0, kCommitDigits)},
            {"machine", machine_words(change)},
            {"corrected", corrected_size(change)},
            {"sentence", change_sentence(shown)}};
}

/// Those with most to say first: a regression, any change, none.
std::vector<const HistoryLine*> ordered_series(const HistoryGroup& group) {
    std::vector<const HistoryLine*> all;
    for (const HistoryLine& line : group.series)
        if (line.points.size() >= kLeastPoints) all.push_back(&line);
    const auto weight = [](const HistoryLine* line) {
        if (std::any_of(line->changes.begin(), line->changes.end(), is_unexplained_regression)) return 2;
        return line->changes.empty() ? 0 : 1;
    };
    std::stable_sort(all.begin(), all.end(),
                     [&](const HistoryLine* a, const HistoryLine* b) { return weight(a) > weight(b); });
    return all;
}

ordered_json series_json(const HistoryGroup& group, const HistoryLine& line) {
    ordered_json changes = ordered_json::array();
    for (const Change& change : line.changes) changes.push_back(change_json({&group, &line, &change}));
    return {{"benchmark", line.benchmark},
            {"points", line.points.size()},
            {"seconds", middle(line.points, seconds_of).value_or(0)},
            {"drawn", drawn_json(line)},
            {"levels", levels_json(group, line)},
            {"changes", std::move(changes)}};
}

ordered_json group_json(const HistoryGroup& group, const std::vector<const HistoryLine*>& lines) {
    ordered_json places = ordered_json::array();
    for (const HistoryPlace& place : group.places)
        places.push_back({{"name", place.name},
                          {"commit", place.commit},
                          {"label", place.label},
                          {"onednn", place.onednn}});
    ordered_json series = ordered_json::array();
    for (std::size_t i = 0; i < std::min(lines.size(), kMostSeries); ++i)
        series.push_back(series_json(group, *lines[i]));
    const std::vector<ShownChange> shown = shown_changes(group);
    ordered_json changes = ordered_json::array();
    std::vector<std::string> sentences;
    for (std::size_t i = 0; i < std::min(shown.size(), kMostChanges); ++i) {
        changes.push_back(change_json(shown[i]));
        if (i < kMostSentences)
            sentences.push_back(shown[i].line->benchmark + ": " + change_sentence(shown[i]));
    }
    if (sentences.size() < shown.size())
        sentences.push_back(fmt::format("{} more, of which the table has {}.",
                                        counted(shown.size() - sentences.size(), "change"),
                                        changes.size() - sentences.size()));
    return {{"title", group_title(group)},   {"range", group_range(group, HistoryOrder::date)},
            {"all_series", lines.size()},    {"sentences", std::move(sentences)},
            {"changes", std::move(changes)}, {"places", std::move(places)},
            {"series", std::move(series)}};
}

}  // namespace

ordered_json history_page_json(const std::vector<PageSource>& sources) {
    HistoryFiles files;
    for (const PageSource& source : sources) {
        try {
            files.files.push_back({source.name(), history_reading(source.source->content, source.name())});
        } catch (const InputError&) {
            continue;  // of the future: whatever else the page says of it, it has no place in a history
        }
    }
    if (files.files.size() < kLeastPoints) return nullptr;
    const History history = history_of(std::move(files), {}, {});
    ordered_json groups = ordered_json::array();
    for (const HistoryGroup& group : history.groups)
        if (const auto lines = ordered_series(group); !lines.empty())
            groups.push_back(group_json(group, lines));
    if (groups.empty()) return nullptr;
    return {{"groups", std::move(groups)}};
}

}  // namespace mnist
