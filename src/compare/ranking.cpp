// All pairs of sides in one table, so that their p values are adjusted together.
#include "mnist/compare/ranking.hpp"

#include <algorithm>
#include <unordered_map>

#include "table.hpp"

namespace mnist {
namespace {

/// The rows that every side has: a list a side, all in the base's order.
std::vector<std::vector<const MeasuredRow*>> common_rows(std::span<const Measurements> sides) {
    std::vector<std::unordered_map<std::string, const MeasuredRow*>> by_name(sides.size());
    for (std::size_t i = 0; i < sides.size(); ++i) {
        for (const MeasuredRow& row : sides[i].rows) by_name[i].emplace(row.name, &row);
    }
    std::vector<std::vector<const MeasuredRow*>> common(sides.size());
    for (const MeasuredRow& row : sides.front().rows) {
        if (!std::all_of(by_name.begin(), by_name.end(),
                         [&](const auto& side) { return side.contains(row.name); }))
            continue;
        for (std::size_t i = 0; i < sides.size(); ++i) common[i].push_back(by_name[i].at(row.name));
    }
    return common;
}

struct Pair {
    std::size_t first, second;  ///< sides; first < second
};

std::vector<Pair> all_pairs(std::size_t sides) {
    std::vector<Pair> pairs;
    for (std::size_t first = 0; first < sides; ++first) {
        for (std::size_t second = first + 1; second < sides; ++second) pairs.push_back({first, second});
    }
    return pairs;
}

/// The verdicts of a family: `pairs` and what is known of each.
FamilyRanking ranking_of(const RowGroup& family, std::span<const Measurements> sides,
                         std::span<const Pair> pairs, std::span<const GroupComparison> judged) {
    FamilyRanking ranking{.family = family.title, .rows = family.rows.size(), .members = {}};
    for (const Measurements& side : sides) {
        RankedMember& member = ranking.members.emplace_back();
        member.label = side.label;
        member.judged = false;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& [first, second] = pairs[i];
        const SpeedComparison& speed = judged[i].speed;
        if (speed.interval) ranking.members[first].judged = ranking.members[second].judged = true;
        if (speed.verdict == SpeedVerdict::faster) ++ranking.members[first].rank;
        if (speed.verdict == SpeedVerdict::slower) ++ranking.members[second].rank;
        if (first != 0) continue;
        ranking.members[second].ratio = speed.ratio.value_or(1);
        ranking.members[second].interval = speed.interval;
        ranking.members[second].accuracy = judged[i].accuracy;
    }
    std::stable_sort(ranking.members.begin(), ranking.members.end(),
                     [](const RankedMember& a, const RankedMember& b) {
                         if (a.judged != b.judged) return a.judged;
                         return a.rank != b.rank ? a.rank < b.rank : a.ratio > b.ratio;
                     });
    for (std::size_t i = 1; i < ranking.members.size() && ranking.members[i].judged; ++i) {
        if (ranking.members[i].rank == ranking.members[i - 1].rank)
            ranking.members[i].tied = ranking.members[i - 1].tied = true;
    }
    return ranking;
}

}  // namespace

std::vector<FamilyRanking> ranked(std::span<const Measurements> sides, const VerdictSettings& settings) {
    if (sides.size() < 3) return {};
    const auto rows = common_rows(sides);
    const std::vector<Pair> pairs = all_pairs(sides.size());
    Table table;  // the common rows of the first pair, of the second, ...
    for (const Pair& pair : pairs) {
        for (std::size_t i = 0; i < rows.front().size(); ++i)
            table.add({rows[pair.first][i], rows[pair.second][i]}, sides.front().facts);
    }
    const std::span<const std::string> names = std::span(table.names).first(rows.front().size());
    const std::vector<RowGroup> families = groups_by_family(names);
    std::vector<RowGroup> groups;
    for (const RowGroup& family : families) {
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            RowGroup group = family;
            for (std::size_t& row : group.rows) row += i * names.size();
            groups.push_back(std::move(group));
        }
    }
    const auto speed = judge_speed(table.times, settings);
    const auto accuracy = judge_accuracy(table.accuracies, settings);
    const auto judged = judge_groups(groups, table.times, speed, accuracy, settings);
    std::vector<FamilyRanking> rankings;
    rankings.reserve(families.size());
    for (const RowGroup& family : families)
        rankings.push_back(ranking_of(
            family, sides, pairs, std::span(judged).subspan(rankings.size() * pairs.size(), pairs.size())));
    return rankings;
}

ComparedFiles compare_files(std::span<const Measurements> sides, const CompareSettings& settings) {
    return {.comparisons = compare(sides.front(), sides.subspan(1), settings),
            .rankings = ranked(sides, settings.verdict)};
}

}  // namespace mnist
