// A row's name without ranks and threads says what scales.
#include "mnist/compare/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "differences.hpp"
#include "fairness.hpp"
#include "mnist/compare/groups.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/stats/summary.hpp"
#include "table.hpp"

namespace mnist {
namespace {

constexpr const char* kRanks = "/ranks:";

std::optional<std::uint64_t> whole_number(const std::string& text) {
    const auto number = parsed<std::uint64_t>(text);
    return number && *number > 0 && *number < (std::uint64_t{1} << 32U) ? number : std::nullopt;
}

std::optional<std::uint64_t> number_of(const Facts& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::nullopt : whole_number(found->second);
}

// A name's threads are those of each rank. Where they are left open, ranks may differ.
std::optional<std::uint64_t> all_threads(const MeasuredRow& row, const Facts& facts, std::size_t ranks) {
    std::string name = row.name;
    if (const auto each = whole_number(taken_out(name, "/threads:"))) return *each * ranks;
    if (ranks == 1) return number_of(facts, "mnist.config.threads");
    std::uint64_t all = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
        const auto own = number_of(facts, fmt::format("mnist.cluster.ranks.{}.threads", r));
        if (!own) return std::nullopt;
        all += *own;
    }
    return all;
}

void add_row(std::map<std::string, std::size_t>& places, std::vector<ScalingSeries>& all,
             const MeasuredRow& row, const Measurements& side) {
    const std::string family = family_of(row.name);
    if ((family != "Train" && family != "Step") || row.seconds.empty() ||
        row.name.find("/copies:") != std::string::npos || row.name.find("/library:") != std::string::npos)
        return;
    constexpr std::uint64_t kMostRanks = 1'000'000;
    MeasuredAs as = measured_as(row.name, side.facts);
    const auto ranks = whole_number(taken_out(as.what, kRanks));
    if (ranks.value_or(1) > kMostRanks) return;
    if (!as.precision.empty() && as.precision != "f32") as.what += "/precision:" + as.precision;
    ScalingPoint point{.label = side.label,
                       .ranks = ranks.value_or(1),
                       .threads = {},
                       .seconds = *median(row.seconds),
                       .repetitions = row.seconds.size(),
                       .disturbed = is_disturbed(row),
                       .efficiency = {},
                       .exchange_share = median(row.exchange_shares)};
    point.threads = all_threads(row, side.facts, point.ranks);
    const std::string data = fact(side.facts, "mnist.dataset.sha256").value_or("");
    const auto [place, is_new] = places.emplace(as.what + '\n' + data, all.size());
    if (is_new) {
        const bool weak = as.what.find("/rows_per_rank:") != std::string::npos;
        all.push_back({.name = as.what, .weak = weak, .points = {}});
    }
    all[place->second].points.push_back(std::move(point));
}

// An epoch has the same rows for any number of ranks; a step of weak scaling has as many for each.
void relate_to_first(ScalingSeries& series) {
    const bool grows = series.weak && family_of(series.name) == "Step";
    const ScalingPoint first = series.points.front();
    const auto work = [&](const ScalingPoint& point) {
        return grows ? static_cast<double>(point.ranks) : 1.0;
    };
    for (ScalingPoint& point : series.points) {
        point.speed = work(point) / point.seconds * first.seconds / work(first);
        if (point.threads && first.threads)
            point.efficiency =
                point.speed * static_cast<double>(*first.threads) / static_cast<double>(*point.threads);
    }
}

// Which CPUs of a machine a rank may use says the launcher.
std::optional<std::string> other_machine(const Measurements& first, const Measurements& side) {
    std::vector<FactDifference> found = fingerprint_differences(first.facts, side.facts);
    std::erase_if(found, [](const FactDifference& one) {
        return one.key.find(".usable_") != std::string::npos || one.key.ends_with("cgroup_cpu_quota");
    });
    if (found.empty()) return std::nullopt;
    const FactDifference& one = found.front();
    return fmt::format("the machines differ ({} {} and {}): measure all numbers of ranks on the same",
                       one.key.substr(one.key.rfind('.') + 1), one.base.value_or("unknown"),
                       one.new_value.value_or("unknown"));
}

void add_cautions(ScalingSeries& series, std::span<const Measurements> sides) {
    const auto side_of = [&](const ScalingPoint& point) -> const Measurements& {
        return *std::ranges::find(sides, point.label, &Measurements::label);
    };
    const Measurements& first = side_of(series.points.front());
    std::set<std::string> told{first.label};
    for (const ScalingPoint& point : series.points) {
        if (!told.insert(point.label).second) continue;
        const Measurements& side = side_of(point);
        std::vector<std::string> found = training_differences(first, side);
        if (const auto machine = other_machine(first, side)) found.insert(found.begin(), *machine);
        for (const std::string& one : found)
            series.cautions.push_back(fmt::format("{} and {}: {}", first.label, side.label, one));
    }
}

}  // namespace

std::vector<ScalingSeries> scaling_of(std::span<const Measurements> sides) {
    std::vector<ScalingSeries> all;
    // Mostly there are none, and tables may have a hundred thousand rows.
    const auto has_ranks = [](const MeasuredRow& row) { return row.name.find(kRanks) != std::string::npos; };
    if (std::none_of(sides.begin(), sides.end(), [&](const Measurements& side) {
            return std::any_of(side.rows.begin(), side.rows.end(), has_ranks);
        }))
        return all;
    std::map<std::string, std::size_t> places;
    for (const Measurements& side : sides)
        for (const MeasuredRow& row : side.rows) add_row(places, all, row, side);
    for (ScalingSeries& series : all)
        std::ranges::stable_sort(series.points, [](const ScalingPoint& a, const ScalingPoint& b) {
            return std::tuple(a.ranks, a.threads) < std::tuple(b.ranks, b.threads);
        });
    std::erase_if(
        all, [](const ScalingSeries& one) { return one.points.front().ranks == one.points.back().ranks; });
    for (ScalingSeries& series : all) {
        relate_to_first(series);
        add_cautions(series, sides);
    }
    return all;
}

}  // namespace mnist
