// What would end a run of hours in "cannot be compared" is asked before it.
#include "base_result.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mnist/compare/comparison.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/result_file.hpp"
#include "program.hpp"

namespace mnist::bench {
namespace {

/// What compare() would find of a result that is still to be measured.
Measurements expected(const Registry& entries, const Bench& bench) {
    Measurements measured;
    measured.label = "this run";
    measured.facts["mnist.config.threads"] = fmt::format("{}", fmt::join(bench.thread_counts(), ","));
    if (bench.dataset) {
        measured.facts["mnist.dataset.name"] = bench.dataset->facts.name;
        measured.facts["mnist.dataset.sha256"] = bench.dataset->facts.sha256;
    }
    for (const Entry& entry : entries) measured.rows.emplace_back().name = entry.name;
    return measured;
}

void require_repeated(const Measurements& base, const Registry& entries, const Bench& bench) {
    std::vector<std::string> few;
    const auto names = names_in_common(base, expected(entries, bench));
    for (const MeasuredRow& row : base.rows) {
        const bool common =
            std::ranges::any_of(names, [&](const auto& pair) { return pair.first == row.name; });
        if (common && row.seconds.size() < kLeastRepetitions) few.push_back(row.name);
    }
    if (few.empty()) return;
    const std::string found = fmt::format("fewer of {}{}", few.front(),
                                          few.size() > 1 ? fmt::format(" and {} more", few.size() - 1) : "");
    if (few.size() < names.size()) {
        note(fmt::format("warning: {} has {}: ratios to those stay unknown", base.label, found));
        return;
    }
    throw InputError({.where = base.label,
                      .expected = fmt::format("at least {} repetitions of a row", kLeastRepetitions),
                      .found = found,
                      .remedy = "Measure the base with --preset compare"});
}

// Where processes count, no number of repetitions of one process is enough.
void require_processes(const Measurements& base, const Options& options) {
    if (base.processes > 1 && options.processes == 1)
        throw InputError(
            {.where = "--until-decided",
             .expected = fmt::format("--processes, because {} is of {} processes and ratios to it "
                                     "are judged by them",
                                     base.label, base.processes),
             .found = "one process",
             .remedy = fmt::format("Add --processes {}", base.processes)});
    if (base.processes == 1 && options.processes > 1)
        note(fmt::format(
            "warning: {} is of one process, so no ratio to it can be known better than two processes "
            "differ. Measure the base with --processes as well",
            base.label));
}

// Here each training has the machine to itself.
void warn_of_jobs(const Measurements& base) {
    const auto jobs = base.facts.find("mnist.config.jobs");
    if (jobs == base.facts.end() || jobs->second == "1") return;
    note(fmt::format(
        "warning: the speeds of {} are of runs that slow each other down, {} side by side: ratios to "
        "them are no ratios of programs. Measure the base with --preset compare",
        base.label, jobs->second));
}

}  // namespace

Measurements read_base(const Options& options) {
    const std::string name = options.base->string();
    const ResultFile file = read_result_file(*options.base);
    return std::visit([&](const auto& content) { return measurements_of(content, name); }, file);
}

void require_good_base(const Measurements& base, const Registry& entries, const Bench& bench) {
    require_comparable(base, expected(entries, bench));
    require_repeated(base, entries, bench);
    require_processes(base, bench.options);
    warn_of_jobs(base);
}

Registry in_base(Registry all, const Bench& bench) {
    const Measurements base = read_base(bench.options);
    const Measurements measured = expected(all, bench);
    require_comparable(base, measured);
    const auto names = names_in_common(base, measured);
    std::erase_if(all, [&](const Entry& entry) {
        return std::ranges::none_of(names, [&](const auto& pair) { return pair.second == entry.name; });
    });
    return all;
}

}  // namespace mnist::bench
