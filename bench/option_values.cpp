// The library's words, refused in this project's.
#include "option_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mnist/core/error.hpp"
#include "mnist/core/remedies.hpp"
#include "mnist/machine/fingerprint.hpp"

namespace mnist::bench {
namespace {

std::string lower_case(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
    return word;
}

// "Google Benchmark 1.7.1", out of the list of all libraries.
std::string library_name() {
    const std::string all = build_facts().libraries;
    const std::size_t begin = std::min(all.find("Google Benchmark"), all.size());
    return all.substr(begin, all.find(',', begin) - begin);
}

}  // namespace

bool truth(const GivenValue& given) {
    const std::string word = lower_case(given.text());
    GivenValue{given.where, {word}}.require_one_of({"true", "false", "1", "0", "yes", "no", "on", "off"});
    return word == "true" || word == "1" || word == "yes" || word == "on";
}

Format format_of(const GivenValue& given) {
    if (given.text() == "csv") {
        throw InputError({.where = given.where,
                          .expected = "console or json",
                          .found = "csv, which has no place for counters that only some benchmarks have",
                          .remedy = "Use json; any spreadsheet reads it with a short script"});
    }
    given.require_one_of({"console", "json"});
    return given.text() == "json" ? Format::json : Format::console;
}

double seconds_of(const GivenValue& given) {
    std::string word = given.text();
    if (word.ends_with('s')) word.pop_back();
    return word == "0" || word == "0.0" ? 0.0 : GivenValue{given.where, {word}}.positive();
}

void set_threads(Options& options, const GivenValue& given) {
    options.threads.clear();
    if (given.words == std::vector<std::string>{"auto"}) return;
    for (const GivenValue& one : given.elements("numbers of threads")) {
        const std::size_t count = one.count_or_auto(kMostThreads, kThreadsRemedy);
        auto& known = options.threads;
        if (count == 0) {
            throw InputError({.where = given.where,
                              .expected = "auto alone, or a list of numbers",
                              .found = fmt::format("\"{}\"", fmt::join(given.words, ",")),
                              .remedy = "For example --threads 1,2"});
        }
        if (std::find(known.begin(), known.end(), count) != known.end()) {
            throw InputError({.where = given.where,
                              .expected = "each number of threads once",
                              .found = fmt::format("{} twice", count),
                              .remedy = "--benchmark_repetitions=N measures everything N times"});
        }
        known.push_back(count);
    }
}

std::size_t number_of_copies(const GivenValue& given) {
    try {
        return given.count(1, kMostThreads);
    } catch (const InputError&) {
        throw InputError({.where = given.where,
                          .expected = fmt::format("all or whole numbers from 1 to {}", kMostThreads),
                          .found = fmt::format("\"{}\"", given.text()),
                          .remedy = "all is one on each physical core; for example --copies 1,all"});
    }
}

void set_copies(Options& options, const GivenValue& given) {
    options.copies.clear();
    for (const GivenValue& one : given.elements("numbers of copies, or all")) {
        const std::size_t number = one.text() == "all" ? kAllCopies : number_of_copies(one);
        if (std::find(options.copies.begin(), options.copies.end(), number) == options.copies.end())
            options.copies.push_back(number);
    }
}

void set_rows_per_rank(Options& options, const GivenValue& given) {
    options.rows_per_rank.clear();
    for (const GivenValue& one : given.elements("numbers of rows")) {
        const std::size_t rows = one.count(1, 1'000'000);
        auto& known = options.rows_per_rank;
        if (std::find(known.begin(), known.end(), rows) == known.end()) known.push_back(rows);
    }
}

void set_least_time(Options& options, const GivenValue& given) {
    std::string number = given.text();
    if (number.ends_with('x')) {
        number.pop_back();
        options.iterations =
            static_cast<std::int64_t>(GivenValue{given.where, {number}}.count(1, 1'000'000'000));
        return;
    }
    options.min_time_s = seconds_of(given);
    if (*options.min_time_s <= 0) options.min_time_s = GivenValue{given.where, {given.text()}}.positive();
}

ProcessOf process_of(const GivenValue& given) {
    constexpr std::uint64_t kMost = 1'000'000;
    const std::string& text = given.text();
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string of = slash == text.size() ? "" : text.substr(slash + 1);
    const std::uint64_t count = GivenValue{given.where, {of}}.count(1, kMost);
    return {.number = GivenValue{given.where, {text.substr(0, slash)}}.count(0, count - 1), .of = count};
}

void refuse_library_flag(const std::string& word) {
    struct Missing {
        const char* flag;
        const char* why;
        const char* remedy;
    };
    static constexpr Missing kMissing[]{
        {"--benchmark_dry_run", "which Google Benchmark has since 1.9.1 and this program has not",
         "--epochs=1 --benchmark_min_time=1x is a quick pass"},
        {"--benchmark_perf_counters", "which needs libpfm, without which Debian builds Google Benchmark",
         "`perf stat mnist_bench --benchmark_filter=NAME` counts from outside"},
    };
    for (const Missing& missing : kMissing) {
        if (word != missing.flag) continue;
        throw InputError(
            {.where = "command line",
             .expected = "a flag that --help lists",
             .found = fmt::format("{}, {} (it is built with {})", word, missing.why, library_name()),
             .remedy = missing.remedy});
    }
}

std::string colour_of(const GivenValue& given) {
    const std::string word = lower_case(given.text());
    if (word == "auto") return "auto";
    GivenValue{given.where, {word}}.require_one_of(
        {"auto", "true", "false", "1", "0", "yes", "no", "on", "off"});
    return truth(given) ? "true" : "false";
}

std::filesystem::path out_of(const GivenValue& given) {
    if (given.text() == "-") {
        throw InputError({.where = given.where,
                          .expected = "a file name",
                          .found = "-",
                          .remedy = "--benchmark_format=json writes the result to standard output; a file of "
                                    "that name is ./-"});
    }
    std::filesystem::path path = given.text();
    if (!path.has_filename() || path.filename() == "." || path.filename() == "..") {
        throw InputError({.where = given.where,
                          .expected = "a file name",
                          .found = path.string() + ", the name of a folder",
                          .remedy = "For example " + (path / "result.json").string()});
    }
    return path;
}

void require_pairs(const GivenValue& given) {
    for (const GivenValue& pair : given.elements("facts")) {
        const std::size_t sign = pair.text().find('=');
        if (sign != std::string::npos && sign > 0) continue;
        throw InputError({.where = given.where,
                          .expected = "KEY=VALUE[,KEY=VALUE...]",
                          .found = pair.text(),
                          .remedy = "For example --benchmark_context=cooling=passive"});
    }
}

}  // namespace mnist::bench
