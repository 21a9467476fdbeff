// Matching through an index: a file may have hundreds of thousands of rows.
#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "differences.hpp"
#include "mnist/compare/groups.hpp"
#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

const std::vector<double>& seconds_of(const MeasuredRow& row, const std::string& percentile) {
    return percentile.empty() ? row.seconds : row.latencies.at(percentile);
}

std::span<const std::uint32_t> processes_of(const MeasuredRow& row, const std::string& percentile) {
    if (percentile.empty()) return row.processes;
    const auto found = row.latency_processes.find(percentile);
    return found == row.latency_processes.end() ? std::span<const std::uint32_t>() : found->second;
}

/// The rows of `rows` that are not among `taken`.
std::vector<const MeasuredRow*> left_over(const std::vector<MeasuredRow>& rows,
                                          const std::set<const MeasuredRow*>& taken) {
    std::vector<const MeasuredRow*> left;
    for (const MeasuredRow& row : rows)
        if (!taken.contains(&row)) left.push_back(&row);
    return left;
}

}  // namespace

std::string taken_out(std::string& name, std::string_view key) {
    const std::size_t at = name.find(key);
    if (at == std::string::npos) return {};
    const std::size_t value = at + key.size();
    const std::size_t end = std::min(name.find('/', value), name.size());
    std::string found = name.substr(value, end - value);
    name.erase(at, end - at);
    return found;
}

MeasuredAs measured_as(const std::string& name, const Facts& facts) {
    MeasuredAs as{.what = name, .threads = {}, .precision = {}};
    const auto configured = facts.find("mnist.config.threads");
    if (configured == facts.end()) return as;
    as.threads = taken_out(as.what, "/threads:");
    const auto chosen = facts.find(kThreadsChosen);
    if (as.threads.empty())
        as.threads =
            unnamed_threads(name, configured->second, chosen != facts.end() && chosen->second == "auto");
    as.precision = taken_out(as.what, "/precision:");
    if (!as.precision.empty()) return as;
    const auto precision = facts.find("mnist.config.precision");
    as.precision = precision == facts.end() ? "f32" : precision->second;
    return as;
}

std::string Match::name() const {
    const std::string& longer = measured->name.size() > base->name.size() ? measured->name : base->name;
    return percentile.empty() ? longer : fmt::format("{} {}", longer, percentile);
}

std::string Match::group_name() const {
    const bool plain =
        base_as.precision != measured_as.precision || base_as.precision.empty() || base_as.precision == "f32";
    return plain ? base_as.what : fmt::format("{}/precision:{}", base_as.what, base_as.precision);
}

const std::vector<double>& Match::base_seconds() const {
    return seconds_of(*base, percentile);
}

const std::vector<double>& Match::new_seconds() const {
    return seconds_of(*measured, percentile);
}

bool Match::disturbed() const {
    return is_disturbed(*base) || is_disturbed(*measured);
}

Matches matched(const Measurements& base, const Measurements& measured) {
    std::map<MeasuredAs, const MeasuredRow*> by_what;
    std::map<std::string, const MeasuredRow*> by_name;
    for (const MeasuredRow& row : measured.rows) {
        by_what.emplace(measured_as(row.name, measured.facts), &row);
        by_name.emplace(row.name, &row);
    }
    std::map<const MeasuredRow*, Match> found;  // by the base's row
    std::set<const MeasuredRow*> taken;
    const auto match = [&](const MeasuredRow& row, const auto& index, const auto& key) {
        const auto other = index.find(key);
        if (other == index.end() || found.contains(&row) || !taken.insert(other->second).second) return;
        found.emplace(&row, Match{.base = &row,
                                  .measured = other->second,
                                  .base_as = measured_as(row.name, base.facts),
                                  .measured_as = measured_as(other->second->name, measured.facts)});
    };
    for (const MeasuredRow& row : base.rows) match(row, by_what, measured_as(row.name, base.facts));
    for (const MeasuredRow& row : base.rows) match(row, by_name, row.name);
    Matches matches;
    for (const MeasuredRow& row : base.rows) {
        const auto one = found.find(&row);
        if (one == found.end()) {
            matches.only_base.push_back(&row);
        } else {
            matches.rows.push_back(one->second);
        }
    }
    matches.only_measured = left_over(measured.rows, taken);
    return matches;
}

std::vector<Match> with_latencies(const std::vector<Match>& rows) {
    std::vector<Match> all;
    for (const Match& row : rows) {
        all.push_back(row);
        for (const auto& [percentile, seconds] : row.base->latencies) {
            if (!row.measured->latencies.contains(percentile)) continue;
            all.push_back(row);
            all.back().percentile = percentile;
        }
    }
    return all;
}

std::optional<double> noise_share(const std::string& text) {
    const auto share = parsed<double>(text);
    return share && *share >= 0 && *share <= 1 ? share : std::nullopt;
}

double noise_floor(const Facts& facts, const std::string& name) {
    const auto found = facts.find(std::string(kNoiseFloor) + family_of(name));
    return found == facts.end() ? 0 : noise_share(found->second).value_or(0);
}

void Table::add(const Match& match, const Facts& facts) {
    times.push_back({.base = match.base_seconds(),
                     .new_values = match.new_seconds(),
                     .noise_floor = noise_floor(facts, match.base->name),
                     .disturbed = match.disturbed(),
                     .base_processes = processes_of(*match.base, match.percentile),
                     .new_processes = processes_of(*match.measured, match.percentile)});
    if (match.percentile.empty()) {
        accuracies.emplace_back(match.base->accuracy, match.measured->accuracy);
    } else {
        accuracies.emplace_back();
    }
}

}  // namespace mnist
