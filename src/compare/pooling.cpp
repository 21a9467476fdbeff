// Several files of one machine, build and configuration as one. Rows go behind rows of their name.
#include <fmt/format.h>

#include <algorithm>

#include "differences.hpp"
#include "mnist/compare/measurements.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/parsed.hpp"
#include "rows_by_name.hpp"
#include "table.hpp"

namespace mnist {
namespace {

// Those of `more` behind those of the pool, which has `pooled` values, by numbers that the pool does not
// have.
void pool_processes(std::vector<std::uint32_t>& pool, std::size_t pooled, std::uint32_t in_pool,
                    const std::vector<std::uint32_t>& more, std::size_t added) {
    if (pool.empty()) pool.assign(pooled, 0);
    for (std::size_t i = 0; i < added; ++i) pool.push_back(in_pool + (more.empty() ? 0 : more[i]));
}

// Whether all repetitions of `more` stand in `pool` already, in a row: times have so many digits that no two
// measurements agree in all of them.
bool is_copy(const Measurements& more, const RowsByName& pool) {
    return !more.rows.empty() && std::ranges::all_of(more.rows, [&](const MeasuredRow& row) {
        const MeasuredRow* const known = pool.find(row.name);
        return known != nullptr &&
               std::search(known->seconds.begin(), known->seconds.end(), row.seconds.begin(),
                           row.seconds.end()) != known->seconds.end();
    });
}

// Files that were both looked at could each have been stopped anywhere.
std::string multiplied(const std::string& looks, const std::string& more) {
    const auto number = [](const std::string& text) {
        return std::clamp(parsed<unsigned>(text).value_or(1), 1U, 1000U);
    };
    return fmt::to_string(number(looks) * number(more));
}

void pool_facts(std::map<std::string, std::string>& pool, const std::map<std::string, std::string>& more) {
    for (const auto& [key, value] : more) {
        const bool is_flaw = (key == "mnist.interrupted" && value == "true") || key == "mnist.resumed";
        if (is_flaw) pool[key] = value;
        if (key == kPlannedLooks) pool[key] = multiplied(pool[key], value);
        if (!key.starts_with(kNoiseFloor)) continue;
        const auto known = pool.find(key);
        const double least = known == pool.end() ? 0 : noise_share(known->second).value_or(0);
        if (known == pool.end() || noise_share(value).value_or(0) > least) pool[key] = value;
    }
}

}  // namespace

bool can_be_pooled(const Measurements& pool, const Measurements& more) {
    return pooling_obstacles(pool.facts, more.facts).empty();
}

void pool_into(Measurements& pool, const Measurements& more) {
    for (const FactDifference& difference : pooling_obstacles(pool.facts, more.facts))
        throw InputError({.where = more.label,
                          .expected = fmt::format("{} as in {}: {}", difference.key, pool.label,
                                                  difference.base.value_or("none")),
                          .found = difference.new_value.value_or("none"),
                          .remedy = "Pool only files of one machine, one build and one configuration"});
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    RowsByName rows(pool.rows);
    if (is_copy(more, rows)) pool.copies.push_back(more.label);
    for (const MeasuredRow& row : more.rows) {
        MeasuredRow& sum = rows.at(row.name);
        sum.of_machine = row.of_machine;
        if (sum.primitives.empty()) sum.primitives = row.primitives;
        pool_processes(sum.processes, sum.seconds.size(), pool.processes, row.processes, row.seconds.size());
        append(sum.seconds, row.seconds);
        append(sum.accuracy.percent, row.accuracy.percent);
        append(sum.accuracy.seeds, row.accuracy.seeds);
        if (!sum.accuracy.test_samples) sum.accuracy.test_samples = row.accuracy.test_samples;
        for (const auto& [percentile, seconds] : row.latencies) {
            const auto known = row.latency_processes.find(percentile);
            std::vector<double>& pooled = sum.latencies[percentile];
            pool_processes(
                sum.latency_processes[percentile], pooled.size(), pool.processes,
                known == row.latency_processes.end() ? std::vector<std::uint32_t>() : known->second,
                seconds.size());
            append(pooled, seconds);
        }
        append(sum.peak_fractions, row.peak_fractions);
        append(sum.peak_gflops, row.peak_gflops);
        sum.disturbed += row.disturbed;
    }
    pool.processes += more.processes;
    append(pool.skipped, more.skipped);
    pool_facts(pool.facts, more.facts);
    pool.weights.insert(more.weights.begin(), more.weights.end());
    pool.label += "," + more.label;
}

}  // namespace mnist
