// What happens before anything is measured: the data, and what a reader must know of machine and build.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>

#include "base_result.hpp"
#include "families.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/environment.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/remedies.hpp"
#include "mnist/data/load.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/machine/speed_warnings.hpp"
#include "mnist/report/text.hpp"
#include "mnist/step/tracing.hpp"
#include "program.hpp"
#include "program_parts.hpp"
#include "score.hpp"

namespace mnist::bench {

bool needs_data(const Registry& entries) {
    return std::ranges::any_of(entries, [](const Entry& entry) { return entry.needs_data; });
}

Dataset load_data(const Options& options, bool speaks) {
    DataRequest request{
        .dataset = options.dataset, .data_dir = options.data_dir, .prefix = options.data_prefix};
    request.env_dir = environment_data_dir(options.dataset);
    // Of several processes the first one says it for all.
    speaks = speaks && (!options.process_of || options.process_of->number == 0);
    const auto say = [speaks](const std::string& text) {
        if (speaks) note(text);
    };
    try {
        return load_dataset(request,
                            {.progress = [](const std::string&) {},
                             .note = say,
                             .warning = [say](const std::string& text) { say("warning: " + text); }});
    } catch (const InputError& error) {
        if (!options.score) throw;
        InputFault fault = error.fault();
        fault.remedy =
            fmt::format("There is no score without MNIST: get it by `{}`{}{}", as_called("mnist fetch mnist"),
                        fault.remedy.empty() ? "" : ". ", fault.remedy);
        throw InputError(fault);
    }
}

namespace {

// Where drawn digits stand in for data that cannot be had, loading them has said so already.
void warn(const Bench& bench, const MachineFacts& machine, const BuildFacts& build) {
    const std::vector<std::size_t> threads = bench.thread_counts();
    const std::size_t cpus = bench.cpus.order.size();
    for (const std::string& text : speed_warnings({.governor = machine.governor,
                                   .quota = machine.cgroup_cpu_quota,
                                   .side_by_side = bench.options.copies.empty() ? 0 : cpus,
                                   .usable_cpus = cpus,
                                   .threads = *std::ranges::max_element(threads),
                                   .build_type = build.build_type,
                                   .binding = inherited_binding(machine, dropped_openmp_binding()),
                                   .slow_isa = slow_isa_warning()}))
        note("warning: " + text);
    for (const std::string& text : tracing_warnings()) note("warning: " + text);
    if (bench.dataset && bench.options.dataset == "synthetic")
        note(
            "warning: the data are drawn digits, not MNIST: speeds are comparable, losses and accuracies are "
            "not. Name a folder with --data-dir or run " +
            fetch_words("mnist"));
}

void introduce(const Bench& bench, const MachineFacts& machine, const BuildFacts& build) {
    const std::string generation = machine.cpu_generation ? ", " + *machine.cpu_generation : "";
    note(fmt::format("{}{}, {} CPUs usable, {}; threads {}{}; {} build {}", printable(machine.cpu_model),
                     generation, bench.cpus.order.size(), machine.instructions.value_or(machine.isa),
                     fmt::join(bench.thread_counts(), ","), bench.options.threads.empty() ? " (auto)" : "",
                     build.build_type, build.version));
    if ((bench.options.out || bench.options.format == Format::json) && library_says_debug()) {
        note(
            fmt::format("\"library_build_type\": \"debug\" in results is about Debian's library around the "
                        "measurements; what is measured is a {} build (mnist.build.build_type)",
                        build.build_type));
    }
}

// Without a file to write, a reader that went away (`mnist_bench --benchmark_out= | head`) leaves nothing to
// measure for: the program then ends as other tools do. Not before the data are there: a server that hangs up
// while they are fetched is no reader.
void end_with_the_reader(const Options& options) {
    if (!options.out) std::signal(SIGPIPE, SIG_DFL);
}

}  // namespace

Registry chosen(Bench& bench) {
    Registry entries = matching(all_benchmarks(bench), bench.options.filter);
    if (bench.options.score) entries = score_rows(std::move(entries), bench);
    if (entries.empty()) {
        throw InputError({.where = "--benchmark_filter",
                          .expected = "an expression that matches at least one name",
                          .found = fmt::format("\"{}\", which matches none", bench.options.filter),
                          .remedy = bench.cluster == nullptr
                                        ? "--benchmark_list_tests shows the names"
                                        : "--benchmark_list_tests shows the names: several processes run "
                                          "Train, Step and Calibrate/Exchange together"});
    }
    const auto is_of_copies = [](const Entry& one) { return one.name.find("/copies:") != std::string::npos; };
    if (!bench.options.copies.empty() && std::ranges::none_of(entries, is_of_copies)) {
        throw InputError({.where = "--copies",
                          .expected = "benchmarks of Train among those that are run",
                          .found = fmt::format("none that \"{}\" matches", bench.options.filter),
                          .remedy = "Leave out one of the two, or filter for ^Train/"});
    }
    if (bench.options.base) entries = in_base(std::move(entries), bench);
    return entries;
}

void begin(const Bench& bench, const MachineFacts& machine, const BuildFacts& build) {
    if (!bench.options.process_of) {
        introduce(bench, machine, build);
        warn(bench, machine, build);
    }
    end_with_the_reader(bench.options);
}

}  // namespace mnist::bench
