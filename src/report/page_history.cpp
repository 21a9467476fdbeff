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
#include "json_words.hpp"
#include "mnist/history/history.hpp"
#include "mnist/report/history_report.hpp"
#include "mnist/stats/summary.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLeastPoints = 3;
constexpr std::size_t kMostDrawn = 180;    // of a series, and what changes divide
constexpr std::size_t kMostGroups = 20;    // those with changes come first
constexpr std::size_t kMostSeries = 48;    // of all groups together; those with changes come first
constexpr std::size_t kLeastSeries = 3;    // of a group
constexpr std::size_t kMostChanges = 100;  // of a group
constexpr std::size_t kMostSentences = 5;
constexpr std::size_t kCommitDigits = 12;

using Points = std::span<const HistoryPoint>;

/// Of the points whose times count; of all where none does.
std::optional<double> middle(Points points, std::optional<double> (*value)(const HistoryPoint&)) {
    const bool all = std::ranges::all_of(points, [](const HistoryPoint& one) { return one.disturbed; });
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
        const auto [least, most] = std::ranges::minmax_element(
            own, [](const HistoryPoint& a, const HistoryPoint& b) { return a.seconds < b.seconds; });
        drawn["places"].push_back(line.places[range.begin]);
        drawn["counts"].push_back(own.size());
        drawn["speed"].push_back(speed_json(seconds, middle(own, seconds_of)));
        drawn["low"].push_back(speed_json(seconds, most->seconds));
        drawn["high"].push_back(speed_json(seconds, least->seconds));
        drawn["peak"].push_back(speed_json(compute, middle(own, compute_of)));
        drawn["bandwidth"].push_back(speed_json(memory, middle(own, memory_of)));
        if (std::ranges::all_of(own, [](const HistoryPoint& one) { return one.disturbed; }))
            drawn["disturbed"].push_back(drawn["counts"].size() - 1);
    }
    return drawn;
}

ordered_json levels_json(const HistoryGroup& group, const HistoryLine& line) {
    const Points points = line.points;
    const auto compute = middle(points, compute_of);
    const auto memory = middle(points, memory_of);
    return json_list(ranges(line, points.size()), [&](const Range& range) {
        const Points own = points.subspan(range.begin, range.end - range.begin);
        return ordered_json{{"since", group.places[line.places[range.begin]].name},
                            {"until", group.places[line.places[range.end - 1]].name},
                            {"points", own.size()},
                            {"seconds", middle(own, seconds_of).value_or(0)},
                            {"peak", speed_json(compute, middle(own, compute_of))},
                            {"bandwidth", speed_json(memory, middle(own, memory_of))}};
    });
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

ordered_json shown_change_json(const ShownChange& shown) {
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

/// What there is to say of a series: most of a regression, something of any change.
int weight(const HistoryLine& line) {
    if (std::ranges::any_of(line.changes, is_unexplained_regression)) return 2;
    return line.changes.empty() ? 0 : 1;
}

/// Those with most to say first.
std::vector<const HistoryLine*> ordered_series(const HistoryGroup& group) {
    std::vector<const HistoryLine*> all;
    for (const HistoryLine& line : group.series)
        if (line.points.size() >= kLeastPoints) all.push_back(&line);
    std::ranges::stable_sort(
        all, [](const HistoryLine* a, const HistoryLine* b) { return weight(*a) > weight(*b); });
    return all;
}

/// A group that is shown.
struct PageGroup {
    const HistoryGroup* group;
    std::vector<const HistoryLine*> lines;
    std::size_t needed;  ///< points for a change
};

/// Those with most to say first, then those with most points.
std::vector<PageGroup> ordered_groups(const History& history) {
    const std::vector<std::size_t> needed = points_needed(history);
    std::vector<PageGroup> all;
    for (std::size_t i = 0; i < needed.size(); ++i) {
        PageGroup one{&history.groups[i], ordered_series(history.groups[i]), needed[i]};
        if (!one.lines.empty()) all.push_back(std::move(one));
    }
    std::ranges::stable_sort(all, [](const PageGroup& a, const PageGroup& b) {
        const auto key = [](const PageGroup& one) {
            return std::pair(weight(*one.lines.front()), one.group->places.size());
        };
        return key(a) > key(b);
    });
    return all;
}

/// "No change in 12 series.", and whether any could have been found.
std::string quiet_sentence(const PageGroup& one) {
    const std::string none = fmt::format("No change in {}", counted(one.lines.size(), "series", "series"));
    const std::size_t most = most_points(*one.group);
    return most >= one.needed ? none + "."
                              : fmt::format("{}: too few points for any to be found ({}; {} are needed).",
                                            none, most, one.needed);
}

ordered_json series_json(const HistoryGroup& group, const HistoryLine& line) {
    return {{"benchmark", line.benchmark},
            {"points", line.points.size()},
            {"seconds", middle(line.points, seconds_of).value_or(0)},
            {"drawn", drawn_json(line)},
            {"levels", levels_json(group, line)},
            {"changes", json_list(line.changes, [&](const Change& change) {
                 return shown_change_json({&group, &line, &change});
             })}};
}

ordered_json page_group_json(const PageGroup& one, std::size_t most_series) {
    const HistoryGroup& group = *one.group;
    const std::vector<const HistoryLine*>& lines = one.lines;
    ordered_json places = json_list(group.places, [](const HistoryPlace& place) {
        return ordered_json{{"name", place.name},
                            {"commit", place.commit.substr(0, kCommitDigits)},
                            {"label", place.label},
                            {"onednn", place.onednn}};
    });
    ordered_json series = ordered_json::array();
    for (std::size_t i = 0; i < std::min(lines.size(), most_series); ++i)
        series.push_back(series_json(group, *lines[i]));
    const std::vector<ShownChange> shown = shown_changes(group);
    ordered_json changes = ordered_json::array();
    std::vector<std::string> sentences;
    for (std::size_t i = 0; i < std::min(shown.size(), kMostChanges); ++i) {
        changes.push_back(shown_change_json(shown[i]));
        if (i < kMostSentences)
            sentences.push_back(shown[i].line->benchmark + ": " + change_sentence(shown[i]));
    }
    if (const std::size_t rest = shown.size() - sentences.size(); rest > 0)
        sentences.push_back(shown.size() > changes.size()
                                ? fmt::format("{} more; the table has the first {} of all.",
                                              counted(rest, "change"), changes.size())
                                : counted(rest, "more change is", "more changes are") + " in the table.");
    if (shown.empty()) sentences.push_back(quiet_sentence(one));
    return {{"title", group_title(group)},   {"range", group_range(group, HistoryOrder::date)},
            {"all_series", lines.size()},    {"sentences", std::move(sentences)},
            {"changes", std::move(changes)}, {"places", std::move(places)},
            {"series", std::move(series)}};
}

}  // namespace

ordered_json history_page_json(const std::vector<ReportSource>& sources) {
    HistoryFiles files;
    for (const ReportSource& source : sources)
        files.files.push_back({source.name, history_reading(source.content)});
    if (files.files.size() < kLeastPoints) return nullptr;
    const History history = history_of(std::move(files), {}, {});
    const std::vector<PageGroup> all = ordered_groups(history);
    if (all.empty()) return nullptr;
    ordered_json groups = ordered_json::array();
    std::size_t series = 0;
    std::size_t in_it = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const HistoryPlace& place : all[i].group->places) in_it += place.files;
        if (i >= kMostGroups) continue;
        const std::size_t others = std::min(all.size(), kMostGroups) - i - 1;  // that want some as well
        const std::size_t room = kMostSeries - std::min(kMostSeries, series + others * kLeastSeries);
        groups.push_back(page_group_json(all[i], std::max(room, kLeastSeries)));
        series += groups.back()["series"].size();
    }
    return {{"files", in_it}, {"all_groups", all.size()}, {"groups", std::move(groups)}};
}

}  // namespace mnist
