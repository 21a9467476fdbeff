// A child gets the flags as they were given, and behind them, where the last one counts, what is its own.
#include "processes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "child.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/core/stop_signals.hpp"
#include "mnist/report/terminal.hpp"
#include "program.hpp"

namespace mnist::bench {
namespace {

constexpr std::string_view kPeak = "mnist.fma_peak_gflops.";

}  // namespace

std::string filter_of(const std::vector<std::string>& names) {
    constexpr std::string_view kSpecial = "\\^$.[]|()*+?{}";
    std::string filter;
    for (const std::string& name : names) {
        filter += filter.empty() ? "^(" : "|";
        for (const char c : name)
            filter += kSpecial.find(c) == std::string_view::npos ? std::string(1, c) : std::string{'\\', c};
    }
    return filter + ")$";
}

std::vector<std::string> Processes::words(const std::string& filter, std::size_t number,
                                          std::size_t of) const {
    const Options& options = bench_.options;
    std::vector<std::string> words = command_;
    words.insert(words.end(), options.for_processes.begin(), options.for_processes.end());
    for (std::string own :
         {fmt::format("--process-of={}/{}", number, of), fmt::format("--benchmark_filter={}", filter),
          fmt::format("--benchmark_repetitions={}", options.repetitions),
          fmt::format("--benchmark_enable_random_interleaving={}", options.interleaved),
          fmt::format("--seed={}", options.seed + number * options.repetitions),
          std::string("--benchmark_format=json"), std::string("--benchmark_out="),
          std::string("--benchmark_out_format=json"), std::string("--benchmark_list_tests=false"),
          std::string("--benchmark_report_aggregates_only=false"),
          std::string("--benchmark_display_aggregates_only=false")})
        words.push_back(std::move(own));
    return words;
}

void Processes::measure(const std::string& filter, std::size_t first, std::size_t last, PooledRuns& pool) {
    for (std::size_t number = first; number < last && !bench_.stop.load() && !gave_up_; ++number) {
        // On a terminal its progress line says so.
        if (!is_capable_terminal(STDERR_FILENO)) note(fmt::format("process {} of {}", number + 1, last));
        const ChildEnd end = run_child(words(filter, number, last), bench_.stop);
        auto printed = printed_result(end.output);
        const bool is_whole =
            end.exit_code == kExitFine || end.exit_code == kExitErred || end.exit_code == kExitInterrupted;
        if (!is_whole || !printed) {
            if (!bench_.stop.load() || is_whole) count_failure(number, last, end.exit_code, end.signal);
            continue;
        }
        if (end.exit_code == kExitErred) erred_ = true;
        take_facts(printed->facts);
        pool.add(std::move(printed->runs), number);
        ++measured_;
    }
}

void Processes::take_facts(const ContextFacts& facts) {
    if (facts_.empty()) facts_ = facts;
    for (const auto& [key, value] : facts) {
        std::string& known = facts_.try_emplace(key, value).first->second;
        if (key.starts_with(kPeak) && parsed<double>(value).value_or(0) > parsed<double>(known).value_or(0))
            known = value;
    }
}

void Processes::count_failure(std::size_t number, std::size_t of, int exit_code, int signal) {
    const std::string how = signal != 0
                                ? fmt::format("was ended by signal {} ({})", signal, ::strsignal(signal))
                                : fmt::format("failed with exit code {}", exit_code);
    note(fmt::format("process {} of {} {} and gave no rows; those of others are kept", number + 1, of, how));
    if (failed_++ == 0) first_failure_ = exit_code == kExitInput ? kExitInput : kExitFailure;
    // The others would be given the same.
    if (exit_code == kExitInput) gave_up_ = true;
}

}  // namespace mnist::bench
