// What all outputs of a history say alike. Private to this room.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mnist/history/history.hpp"

namespace mnist {

/// A change and where it is.
struct ShownChange {
    const HistoryGroup* group;
    const HistoryLine* line;
    const Change* change;

    [[nodiscard]] const HistoryPlace& before() const {
        return group->places[line->places[change->place - 1]];
    }
    [[nodiscard]] const HistoryPlace& after() const { return group->places[line->places[change->place]]; }
};

/// Of a group: unexplained regressions first, then the newest.
[[nodiscard]] std::vector<ShownChange> shown_changes(const HistoryGroup& group);

/// What history_json() says of it.
[[nodiscard]] nlohmann::ordered_json change_json(const ShownChange& shown);

/// "slower", "more accurate".
[[nodiscard]] std::string change_words(const Change& change);
/// "program", "machine", "undecided".
[[nodiscard]] std::string_view word(Cause cause);
/// "time", "accuracy".
[[nodiscard]] std::string_view word(Quantity quantity);

/// "0.952x", "-0.35 points"; with the interval as "0.941-0.963", empty without one. Of a change of the
/// program with the machine taken off: as measured the time may not move, or the other way, where the machine
/// moved as well.
[[nodiscard]] std::string change_size(const Change& change);
[[nodiscard]] std::string change_interval(const Change& change);
/// The ratio without what the machine explains; empty where it is not known.
[[nodiscard]] std::string corrected_size(const Change& change);
/// "peak 0.953x, bandwidth 0.970x": how the machine's own measurements moved; empty where it is not known.
[[nodiscard]] std::string machine_words(const Change& change);
/// "2026-11-24" of the commit, else of the measurement; empty where neither is known.
[[nodiscard]] std::string day_of(const HistoryPlace& place);
/// "AMD EPYC, 2 threads (epochs 5)".
[[nodiscard]] std::string group_title(const HistoryGroup& group);
/// "12 commits, 2026-11-20 to 2026-11-24".
[[nodiscard]] std::string group_range(const HistoryGroup& group, HistoryOrder order);

/// Groups in which nothing changed, of which there can be many more than of the others.
struct QuietGroups {
    std::vector<const HistoryGroup*> groups;
    std::string sentence;  ///< on all of them, without a full stop

    /// More titles than these would hide what did change.
    [[nodiscard]] bool are_few() const { return groups.size() <= 5; }
};
/// Of its longest series.
[[nodiscard]] std::size_t most_points(const HistoryGroup& group);
[[nodiscard]] bool has_changes(const HistoryGroup& group);
[[nodiscard]] QuietGroups quiet_groups(const History& history);

/// "1 file", "2 files".
[[nodiscard]] std::string counted(std::size_t count, const std::string& one, const std::string& many = {});

}  // namespace mnist
