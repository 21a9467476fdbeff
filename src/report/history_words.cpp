// Words and figures; where they stand is for each output to say.
#include "history_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "comparison_words.hpp"
#include "mnist/report/history_report.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

template <class Count>
std::size_t count_changes(const History& history, const Count& counts) {
    std::size_t sum = 0;
    for (const HistoryGroup& group : history.groups)
        for (const HistoryLine& line : group.series)
            sum += static_cast<std::size_t>(std::ranges::count_if(line.changes, counts));
    return sum;
}

// Where the machine moved at the same place, the time as measured may not move at all, or the other way.
bool is_corrected(const Change& change) {
    return change.cause == Cause::program && change.corrected_ratio.has_value();
}

double shown_ratio(const Change& change) {
    return is_corrected(change) ? *change.corrected_ratio : change.ratio;
}

}  // namespace

std::vector<ShownChange> shown_changes(const HistoryGroup& group) {
    std::vector<ShownChange> shown;
    for (const HistoryLine& line : group.series)
        for (const Change& change : line.changes) shown.push_back({&group, &line, &change});
    std::ranges::stable_sort(shown, [](const ShownChange& a, const ShownChange& b) {
        const auto key = [](const ShownChange& one) {
            return std::pair(is_unexplained_regression(*one.change), one.line->places[one.change->place]);
        };
        return key(a) > key(b);
    });
    return shown;
}

std::string change_words(const Change& change) {
    if (change.quantity == Quantity::time) return shown_ratio(change) > 1 ? "faster" : "slower";
    return change.difference > 0 ? "more accurate" : "less accurate";
}

std::string_view word(Cause cause) {
    constexpr std::array<std::string_view, 3> kWords{"program", "machine", "undecided"};
    return kWords.at(static_cast<std::size_t>(cause));
}

std::string_view word(Quantity quantity) {
    return quantity == Quantity::time ? "time" : "accuracy";
}

std::string change_size(const Change& change) {
    return change.quantity == Quantity::time ? ratio_cell(shown_ratio(change))
                                             : fmt::format("{} points", points(change.difference));
}

std::string change_interval(const Change& change) {
    if (change.quantity == Quantity::time)
        return interval_cell(is_corrected(change) ? change.corrected_interval : change.interval);
    if (!change.interval) return interval_cell(change.interval);
    return fmt::format("{} to {}", points(change.interval->lower), points(change.interval->upper));
}

std::string corrected_size(const Change& change) {
    return ratio_cell(change.corrected_ratio);
}

std::string machine_words(const Change& change) {
    std::vector<std::string> words;
    if (change.compute_ratio) words.push_back(fmt::format("peak {}", ratio_cell(change.compute_ratio)));
    if (change.memory_ratio) words.push_back(fmt::format("bandwidth {}", ratio_cell(change.memory_ratio)));
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string day_of(const HistoryPlace& place) {
    constexpr std::size_t kDay = 10;
    return (place.committed.empty() ? place.date : place.committed).substr(0, kDay);
}

std::string group_title(const HistoryGroup& group) {
    const std::string machine = short_printable(group.machine);
    return group.configuration.empty()
               ? machine
               : fmt::format("{} ({})", machine, short_printable(group.configuration));
}

std::string group_range(const HistoryGroup& group, HistoryOrder order) {
    constexpr std::array<std::pair<const char*, const char*>, 4> kPlaces{
        {{"commit", "commits"}, {"time", "times"}, {"oneDNN", "oneDNNs"}, {"label", "labels"}}};
    const auto& [one, many] = kPlaces.at(static_cast<std::size_t>(order));
    std::string first;
    std::string last;
    for (const HistoryPlace& place : group.places) {
        const std::string day = day_of(place);
        if (day.empty()) continue;
        if (first.empty() || day < first) first = day;
        last = std::max(last, day);
    }
    const std::string count = counted(group.places.size(), one, many);
    if (first.empty()) return count;
    return first == last ? fmt::format("{}, {}", count, first)
                         : fmt::format("{}, {} to {}", count, first, last);
}

bool has_changes(const HistoryGroup& group) {
    return std::ranges::any_of(group.series, [](const HistoryLine& line) { return !line.changes.empty(); });
}

std::size_t most_points(const HistoryGroup& group) {
    std::size_t most = 0;
    for (const HistoryLine& line : group.series) most = std::max(most, line.points.size());
    return most;
}

QuietGroups quiet_groups(const History& history) {
    QuietGroups quiet;
    std::size_t series = 0;
    const std::vector<std::size_t> needed = points_needed(history);
    std::set<std::size_t> below;
    std::size_t short_ones = 0;
    for (std::size_t i = 0; i < needed.size(); ++i) {
        const HistoryGroup& group = history.groups[i];
        if (has_changes(group)) continue;
        quiet.groups.push_back(&group);
        series += group.series.size();
        if (most_points(group) >= needed[i]) continue;
        ++short_ones;
        below.insert(needed[i]);
    }
    const std::size_t count = quiet.groups.size();
    quiet.sentence =
        fmt::format("No change in {} of {}", counted(series, "series", "series"), counted(count, "group"));
    if (short_ones > 0)
        quiet.sentence +=
            fmt::format("; too few points for any change to be found (below {}{}): {}", *below.begin(),
                        below.size() > 1 ? fmt::format(" to {}", *below.rbegin()) : "",
                        short_ones == count ? "all" : counted(short_ones, "group"));
    return quiet;
}

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
    return fmt::format("{} {}", grouped(static_cast<std::uint64_t>(count)),
                       count == 1     ? one
                       : many.empty() ? one + "s"
                                      : many);
}

std::string history_summary(const History& history) {
    const std::string of =
        fmt::format("{} series of {}, {}", grouped(static_cast<std::uint64_t>(history.series())),
                    counted(history.points(), "point"), counted(history.files, "file"));
    const std::size_t all = count_changes(history, [](const Change&) { return true; });
    if (all == 0) return fmt::format("No changes in {}", of);
    const std::size_t regressions = count_changes(history, is_unexplained_regression);
    const std::size_t machine =
        count_changes(history, [](const Change& change) { return change.cause == Cause::machine; });
    std::vector<std::string> words;
    if (regressions > 0) words.push_back(counted(regressions, "unexplained regression"));
    if (machine > 0) words.push_back(fmt::format("{} of the machine", machine));
    if (const std::size_t rest = all - regressions - machine; rest > 0)
        words.push_back(counted(rest, "improvement"));
    return fmt::format("{}: {}; in {}", counted(all, "change"), fmt::join(words, ", "), of);
}

std::string history_gate(const History& history) {
    std::size_t closed = 0;
    for (const HistoryGroup& group : history.groups)
        for (const HistoryLine& line : group.series)
            closed += has_new_regression(line.changes, line.points.size(), history.settings);
    const std::string newest = counted(history.settings.newest, "point");
    return closed == 0
               ? fmt::format("PASSED: no series has an unexplained regression among its newest {}", newest)
               : fmt::format("FAILED: {} an unexplained regression among the newest {}",
                             counted(closed, "series has", "series have"), newest);
}

}  // namespace mnist
