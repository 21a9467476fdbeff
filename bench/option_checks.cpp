// Each refusal names the flag that can be changed and what would do.
#include "option_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/compare/verdict.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/error.hpp"

namespace mnist::bench {
namespace {

void require_repetitions_kept(const Options& options, const char* flag) {
    const auto& passed = options.for_library;
    if (std::find(passed.begin(), passed.end(), fmt::format("--{}=true", kAggregatesOnly)) == passed.end())
        return;
    throw InputError({.where = flag,
                      .expected = "repetitions in the result",
                      .found = fmt::format("--{}", kAggregatesOnly),
                      .remedy = fmt::format("--{} keeps them off the screen alone", kDisplayAggregates)});
}

// Two halves that take turns, each with enough repetitions, or processes, to be compared.
void require_two_halves(const Options& options) {
    require_repetitions_kept(options, "--noise-floor");
    if (options.processes > 1) {
        if (options.processes >= 2 * kLeastRepetitions && options.processes % 2 == 0) return;
        throw InputError(
            {.where = "--processes",
             .expected = fmt::format("an even number from {}, because --noise-floor compares one "
                                     "half of the processes with the other",
                                     2 * kLeastRepetitions),
             .found = fmt::to_string(options.processes),
             .remedy = "Without --processes it compares halves of the repetitions"});
    }
    if (options.repetitions < 2 * kLeastRepetitions || options.repetitions % 2 != 0) {
        throw InputError(
            {.where = "--benchmark_repetitions",
             .expected = fmt::format("an even number from {}, because --noise-floor compares one "
                                     "half with the other",
                                     2 * kLeastRepetitions),
             .found = fmt::to_string(options.repetitions),
             .remedy = fmt::format("Left out, it is {}", kFloorRepetitions)});
    }
}

// What --until-decided needs, and what needs it.
void require_decidable(const Options& options, const Names& given) {
    constexpr const char* kFlag = "--until-decided";
    if (!options.until_decided) {
        for (const char* const flag : {"base", kMaxRepetitions}) {
            if (!given.contains(flag)) continue;
            throw InputError({.where = fmt::format("--{}", flag),
                              .expected = "--until-decided PERCENT, which it is for",
                              .found = "none",
                              .remedy = "For example --until-decided 2 --base before.json"});
        }
        return;
    }
    require_repetitions_kept(options, kFlag);
    if (!options.base)
        throw InputError(
            {.where = kFlag,
             .expected = "--base FILE, a result to compare with",
             .found = "none",
             .remedy = fmt::format("Measure one: {} --preset compare --benchmark_out=before.json",
                                   called("mnist_bench"))});
    if (options.noise_floor)
        throw InputError({.where = kFlag,
                          .expected = "ratios to a base",
                          .found = "--noise-floor, which needs none",
                          .remedy = "Measure the floor in a run of its own"});
    const std::size_t first = options.repetitions * options.processes;
    if (options.repetitions < kLeastRepetitions && options.processes == 1)
        throw InputError({.where = "--benchmark_repetitions",
                          .expected = fmt::format("at least {} before the first look", kLeastRepetitions),
                          .found = fmt::to_string(options.repetitions),
                          .remedy = "Left out, it is 10"});
    if (first > options.max_repetitions)
        throw InputError({.where = fmt::format("--{}", kMaxRepetitions),
                          .expected = fmt::format("at least the {} repetitions before the first look", first),
                          .found = fmt::to_string(options.max_repetitions),
                          .remedy = "Raise it, or start with fewer: --benchmark_repetitions, --processes"});
}

}  // namespace

void require_together(const Options& options, const Names& given) {
    if (options.noise_floor) require_two_halves(options);
    if (options.processes > 1) require_repetitions_kept(options, "--processes");
    require_decidable(options, given);
}

}  // namespace mnist::bench
