// CLI11 places the words; what each stands for is in flags.cpp.
#include "options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>
#include <string_view>

#include "flags.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/values.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "option_checks.hpp"
#include "option_values.hpp"
#include "score.hpp"

namespace mnist::bench {
namespace {

constexpr int kHelpIndent = 44;

bool is_switch(const Flag& flag) {
    return std::string_view(flag.placeholder) == "BOOL";
}

std::string environment_name(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? c & ~0x20 : c; });
    return name;
}

using Given = std::map<const Flag*, CLI::Option*>;

Given add_flags(CLI::App& app) {
    Given given;
    for (const Flag& flag : flags()) {
        const std::string words =
            (std::string_view(flag.name).size() == 1 ? "-" : "") + ("--" + std::string(flag.name));
        const std::string name = std::string_view(flag.name) == "v" ? "-v,--v" : words;
        const std::string help = flag.help;  // const: a plain string would be taken for the option's variable
        CLI::Option* const option = is_switch(flag) ? app.add_flag(name, help) : app.add_option(name, help);
        option->group(flag.group)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        if (!is_switch(flag)) option->type_name(flag.placeholder);
        if (std::string_view(flag.group) == kLibrary && name.size() > 6)
            option->envname(environment_name(flag.name));
        given.emplace(&flag, option);
    }
    return given;
}

void reject_unknown(const CLI::App& app) {
    const std::vector<std::string> words = app.remaining();
    if (words.empty()) return;
    const std::string word = words.front().substr(0, words.front().find('='));
    refuse_library_flag(word);
    std::vector<std::string> known{"--help", "--version"};
    for (const Flag& flag : flags()) known.push_back("--" + std::string(flag.name));
    const std::string nearest = suggestion(word, known);
    throw InputError({.where = "command line",
                      .expected = word.starts_with('-') ? "a known flag" : "flags only",
                      .found = fmt::format("\"{}\"", word),
                      .remedy = nearest.empty() ? "See --help" : nearest});
}

// What a flag stands for, flag by flag, where these are not given themselves.
using Default = std::pair<std::string_view, const char*>;
using Defaults = std::array<Default, 2>;
constexpr Defaults kFloorDefaults{{{"benchmark_repetitions", kFloorRepetitions}, {kInterleaving, "true"}}};
// Of these a process has each.
constexpr Defaults kProcessFloorDefaults{{{"benchmark_repetitions", "5"}, {kInterleaving, "true"}}};
constexpr Defaults kUntilDecidedDefaults{{{"benchmark_repetitions", "10"}, {kInterleaving, "true"}}};
constexpr std::array<Default, 3> kCompareDefaults{
    {{"benchmark_filter", "^(Calibrate|Train)/"}, {"benchmark_repetitions", "10"}, {kInterleaving, "true"}}};

void add_defaults(std::span<const Default> defaults, Options& options, Names& given) {
    for (const auto& [name, value] : defaults) {
        if (!given.insert(name).second) continue;
        const auto flag = std::find_if(flags().begin(), flags().end(),
                                       [wanted = name](const Flag& one) { return one.name == wanted; });
        flag->set(options, {"--" + std::string(name), {value}});
    }
}

std::string version_line() {
    return fmt::format("mnist_bench {}", build_facts().version);
}

const std::vector<std::string>& examples() {
    static const std::vector<std::string> lines{
        "mnist_bench                                         everything, under three minutes on two cores",
        "mnist_bench --benchmark_filter=Adam                 whatever has to do with Adam",
        "mnist_bench --preset compare --benchmark_out=before.json    what `mnist compare` can judge",
        "mnist_bench --score                                 three figures to compare machines by",
        "mnist_bench --noise-floor --benchmark_filter='^Train/' --benchmark_out=base.json",
        "mnist_bench --preset compare --processes 6          what differs from start to start counts too",
        "mnist_bench --until-decided 2 --base before.json    until each ratio is known to 2 %",
        "mnist_bench --threads 1,2 --benchmark_filter='^Train/Adam/batch:256'",
        "mnist_bench --copies 1,all --benchmark_filter=Adam  a training on every core at once",
        "mnist_bench --precision f32,bf16 --benchmark_filter='^Step/'",
        "mnist_bench --benchmark_list_tests                  all names"};
    return lines;
}

// Flags that say nothing of what is measured, or that the preset for comparing has its own words for.
constexpr std::array<std::string_view, 11> kOfOneRun{"benchmark_out",
                                                     "benchmark_out_format",
                                                     "benchmark_format",
                                                     "benchmark_color",
                                                     "benchmark_repetitions",
                                                     "preset",
                                                     "noise-floor",
                                                     "until-decided",
                                                     "base",
                                                     kMaxRepetitions,
                                                     "score"};
// Flags that the processes of --processes do not get: their parent carries these out, or has its own words
// for them.
constexpr std::array<std::string_view, 7> kOfParent{
    "processes", "preset", "noise-floor", "until-decided", "base", kMaxRepetitions, "benchmark_context"};

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
    CLI::App app(
        "Measures how fast this machine trains the MNIST perceptron, and what each part of it costs.",
        called("mnist_bench"));
    app.allow_extras();
    app.set_version_flag("--version", version_line);
    app.get_formatter()->column_width(kHelpIndent);
    std::vector<std::string> lines;
    std::transform(examples().begin(), examples().end(), std::back_inserter(lines), as_called);
    app.footer(
        fmt::format("Examples:\n  {}\n\nExit codes: 0 fine; 1 a benchmark erred, or a score is refused; 2 "
                    "bad usage or input, or no "
                    "name matched; 3 our own\nfailure; 130 interrupted.\n\n{}",
                    fmt::join(lines, "\n  "), isa_limit_help()));
    const Given given = add_flags(app);
    try {
        std::vector<std::string> words = argument_words(argc, argv);
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        return {.options = {}, .text = app.help()};
    } catch (const CLI::CallForVersion&) {
        return {.options = {}, .text = version_line() + "\n"};
    } catch (const CLI::ParseError& error) {
        throw InputError({.where = "command line",
                          .expected = "flags with their values",
                          .found = error.what(),
                          .remedy = "See --help"});
    }
    reject_unknown(app);
    Options options;
    Names names;
    for (const auto& [flag, option] : given) {
        if (option->count() == 0) continue;
        flag->set(options, {"--" + std::string(flag->name), option->results()});
        names.insert(flag->name);
        if (std::find(kOfParent.begin(), kOfParent.end(), flag->name) == kOfParent.end())
            for (const std::string& word : option->results())
                options.for_processes.push_back(fmt::format("--{}={}", flag->name, word));
        if (std::find(kOfOneRun.begin(), kOfOneRun.end(), flag->name) == kOfOneRun.end())
            options.again += fmt::format(" --{}={}", flag->name,
                                         shell_word(fmt::format("{}", fmt::join(option->results(), ","))));
    }
    const Names given_names = names;
    if (options.score) {
        for (const auto& [flag, option] : given)
            if (option->count() > 0) require_beside_score(flag->name, option->results());
        add_defaults(score_defaults(), options, names);
    }
    if (options.noise_floor)
        add_defaults(options.processes > 1 ? kProcessFloorDefaults : kFloorDefaults, options, names);
    if (options.compare_set) add_defaults(kCompareDefaults, options, names);
    if (options.until_decided) add_defaults(kUntilDecidedDefaults, options, names);
    require_together(options, given_names);
    return {.options = std::move(options)};
}

}  // namespace mnist::bench
