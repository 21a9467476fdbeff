// All pairs of sides in one table, so that their p values are adjusted together.
#include "mnist/compare/ranking.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "differences.hpp"
#include "fairness.hpp"
#include "looks.hpp"
#include "table.hpp"

namespace mnist {
namespace {

/// Whether not one of the rows was measured without being disturbed.
bool is_all_disturbed(const std::vector<Match>& side) {
    return std::ranges::all_of(side, [](const Match& row) { return is_disturbed(*row.measured); });
}

/// Takes out the rows that were disturbed on a side, except on sides that have no others: these get no rank,
/// and the others keep theirs.
void take_out_disturbed(std::vector<std::vector<Match>>& sides) {
    std::set<const MeasuredRow*> disturbed;
    for (const std::vector<Match>& side : sides) {
        if (is_all_disturbed(side)) continue;
        for (const Match& row : side)
            if (is_disturbed(*row.measured)) disturbed.insert(row.base);
    }
    for (std::vector<Match>& side : sides)
        std::erase_if(side, [&](const Match& row) { return disturbed.contains(row.base); });
}

/// The rows that every side has: a list a side, all in the base's order, as matches with the base.
std::vector<std::vector<Match>> common_rows(std::span<const Measurements> sides) {
    std::map<const MeasuredRow*, std::vector<Match>> by_base;
    for (const Measurements& side : sides) {
        for (const Match& match : matched(sides.front(), side).rows) by_base[match.base].push_back(match);
    }
    std::vector<std::vector<Match>> common(sides.size());
    for (const MeasuredRow& row : sides.front().rows) {
        const std::vector<Match>& found = by_base[&row];
        if (found.size() < sides.size()) continue;
        for (std::size_t i = 0; i < sides.size(); ++i) common[i].push_back(found[i]);
    }
    take_out_disturbed(common);
    return common;
}

/// Between two sides of which both match the base.
Match between(const Match& first, const Match& second) {
    return {.base = first.measured,
            .measured = second.measured,
            .base_as = first.measured_as,
            .measured_as = second.measured_as};
}

/// A row's name for groups. It has a precision only where all sides have that one: else the precisions are
/// what is compared.
std::string common_name(const std::vector<std::vector<Match>>& rows, std::size_t row) {
    const bool same = std::ranges::all_of(rows, [&](const std::vector<Match>& side) {
        return side[row].measured_as.precision == side[row].base_as.precision;
    });
    return same ? rows.front()[row].group_name() : rows.front()[row].base_as.what;
}

/// How well the others can be set against a side, better is greater: how many do the same, how many of these
/// on the same machine, and their rows and repetitions.
using Likeness = std::array<std::size_t, 5>;

Likeness likeness(const Measurements& base, std::span<const Measurements> sides) {
    Likeness sum{};
    for (const Measurements& other : sides) {
        if (&other == &base || !is_of_same_data(base.facts, other.facts)) continue;
        std::size_t sound = 0;
        for (const Match& match : matched(base, other).rows) {
            const std::size_t repetitions = match.base->seconds.size();
            if (repetitions >= kLeastRepetitions && !is_disturbed(*match.base)) ++sound;
            sum[3] += 1;
            sum[4] += repetitions;
        }
        sum[2] += sound;
        if (sound == 0 || !trains_alike(base, other)) continue;
        sum[0] += 1;
        sum[1] += fingerprint_differences(base.facts, other.facts).empty() ? 1 : 0;
    }
    return sum;
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

/// Of any pair.
std::size_t most_looks(std::span<const Measurements> sides) {
    std::vector<std::size_t> looks;
    for (const Measurements& side : sides) looks.push_back(planned_looks(side));
    std::sort(looks.rbegin(), looks.rend());
    return looks[0] * looks[1];
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
    std::ranges::stable_sort(ranking.members, [](const RankedMember& a, const RankedMember& b) {
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

std::vector<FamilyRanking> ranked(std::span<const Measurements> sides, const VerdictSettings& given) {
    if (sides.size() < 3) return {};
    const VerdictSettings settings = at_level(given, most_looks(sides));
    const auto rows = common_rows(sides);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rows.front().size(); ++i) names.push_back(common_name(rows, i));
    const std::vector<Pair> pairs = all_pairs(sides.size());
    Table table;  // the common rows of the first pair, of the second, ...
    for (const Pair& pair : pairs) {
        for (std::size_t i = 0; i < names.size(); ++i)
            table.add(between(rows[pair.first][i], rows[pair.second][i]), sides.front().facts);
    }
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
    ComparedFiles files{.comparisons = {}, .rankings = {}, .scaling = scaling_of(sides)};
    std::set<std::string> scaled;
    for (const ScalingSeries& series : files.scaling)
        for (const ScalingPoint& point : series.points) scaled.insert(point.label);
    std::vector<Measurements> rivals;
    // A gate that nothing was measured against does not hold.
    if (!scaled.empty() && settings.mode != CompareMode::gate) {
        std::copy_if(sides.begin(), sides.end(), std::back_inserter(rivals), [&](const Measurements& side) {
            return &side == &sides.front() || !scaled.contains(side.label) ||
                   rows_in_common(sides.front(), side) > 0;
        });
        if (rivals.size() == 1 && sides.size() > 1) return files;
        sides = rivals;
    }
    files.comparisons = compare(sides.front(), sides.subspan(1), settings);
    files.rankings = ranked(sides, settings.verdict);
    return files;
}

std::size_t choose_base(std::span<const Measurements> sides) {
    std::size_t best = 0;
    Likeness most{};
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const Likeness one = likeness(sides[i], sides);
        if (one <= most) continue;
        most = one;
        best = i;
    }
    return best;
}

}  // namespace mnist
