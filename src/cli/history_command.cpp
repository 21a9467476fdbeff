// `mnist history`: what changed over many results, when, and was it the program or the machine?
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/values.hpp"
#include "mnist/report/history_report.hpp"

namespace mnist {
namespace {

struct HistoryFlags {
    std::vector<std::string> files;
    std::string by;
    std::string repository;
    std::string benchmark;
    std::string machine;
    std::vector<std::string> renames;
    std::string mode = "report";
    std::string format = "text";
    std::string out;
};

std::int64_t now_s() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

/// All that can be wrong with the flags, before files are read for minutes.
HistorySettings settings_of(const HistoryFlags& flags) {
    GivenValue{.where = "--mode", .words = {flags.mode}}.require_one_of({"gate", "report"});
    GivenValue{.where = "--format", .words = {flags.format}}.require_one_of(
        {"text", "markdown", "csv", "json"});
    if (!flags.by.empty())
        GivenValue{.where = "--by", .words = {flags.by}}.require_one_of(
            {"commit", "date", "onednn", "label"});
    if (flags.files.empty())
        throw InputError({.where = "history",
                          .expected = "result files or folders of them",
                          .found = "none",
                          .remedy = "For example: mnist history results"});
    HistorySettings settings;
    settings.now_s = now_s();
    if (!flags.benchmark.empty()) settings.benchmark = expression(flags.benchmark, "--benchmark");
    if (!flags.machine.empty()) settings.machine = expression(flags.machine, "--machine");
    for (const std::string& rename : flags.renames) settings.renames.push_back(rename_of(rename, "--rename"));
    for (const HistoryOrder order : {HistoryOrder::commit, HistoryOrder::onednn, HistoryOrder::label})
        if (flags.by == word(order)) settings.order = order;
    if (!flags.out.empty()) require_new(flags.out, "Choose another name, or move the old file away");
    return settings;
}

HistoryFiles read_files(const HistoryFlags& flags, Console& console) {
    using Clock = std::chrono::steady_clock;
    Clock::time_point shown = Clock::now();
    const auto progress = [&](std::size_t done, std::size_t all) {
        constexpr std::chrono::milliseconds kPause{200};
        if (Clock::now() - shown < kPause) return;
        shown = Clock::now();
        console.progress().show(fmt::format("Reading results: {} of {}", done, all));
    };
    HistoryFiles files =
        read_history_files(flags.files, {.cache = history_cache_path(), .progress = progress});
    console.progress().show("Looking for changes");
    return files;
}

/// Without --by: by commits where the repository has any of them, else by date.
std::vector<Commit> commits_for(const HistoryFlags& flags, const HistoryFiles& files,
                                HistorySettings& settings) {
    if (settings.order == HistoryOrder::commit) return commits_of(flags.repository);
    if (!flags.by.empty()) return {};
    try {
        std::vector<Commit> commits = commits_of(flags.repository);
        if (knows_any(commits, files)) {
            settings.order = HistoryOrder::commit;
            return commits;
        }
    } catch (const InputError&) {
        if (!flags.repository.empty()) throw;
    }
    return {};
}

void require_some(const History& history) {
    if (history.series() > 0) return;
    const LeftOut* const first = history.left_out.empty() ? nullptr : &history.left_out.front();
    throw InputError({.where = "history",
                      .expected = "results with a place in the history",
                      .found = first == nullptr
                                   ? "none that --machine and --benchmark let through"
                                   : fmt::format("{} left out; the first is {}: {}", history.left_out.size(),
                                                 first->what, first->why),
                      .remedy = "Give results of mnist_bench or mnist train, or order them otherwise: --by"});
}

int run_history(const HistoryFlags& flags) {
    HistorySettings settings = settings_of(flags);
    Console console(true);
    HistoryFiles files = read_files(flags, console);
    const std::vector<Commit> commits = commits_for(flags, files, settings);
    const History history = history_of(std::move(files), commits, settings);
    require_some(history);
    const bool is_gate = flags.mode == "gate";
    const std::string text =
        flags.format == "markdown" ? history_markdown(history, is_gate)
        : flags.format == "csv"    ? history_csv(history)
        : flags.format == "json"
            ? history_json(history, is_gate)
            : history_text(history, is_gate, flags.out.empty() ? console.style() : TextStyle{});
    console.deliver(text, flags.out);
    return console.exit_code(is_gate && has_new_regression(history) ? kExitNegative : kExitFine);
}

void add_history_options(CLI::App& command, HistoryFlags& flags) {
    command.add_option("FILES", flags.files,
                       "RESULT.json... and folders of them: of mnist_bench, mnist train or another "
                       "Google Benchmark program");
    add_word(command, "--by", flags.by, "commit|date|onednn|label",
             "Order: commit (default where the repository has any of them), date, onednn or label");
    add_word(command, "--repository", flags.repository, "DIR",
             "git repository of the commits (the current folder's)");
    add_word(command, "--benchmark", flags.benchmark, "REGEX", "Only benchmarks in whose name this is found");
    add_word(command, "--machine", flags.machine, "REGEX",
             "Only files in whose CPU's name, label or host this is found");
    add_word(command, "--rename", flags.renames, "OLD=NEW",
             "Benchmarks had other names once: OLD is a regular expression, NEW may have \\1; repeatable")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    add_word(command, "--mode", flags.mode, "gate|report",
             "gate: an unexplained regression in the newest commits exits 1; report (default): never");
    add_word(command, "--format", flags.format, "text|markdown|csv|json",
             "text (default); markdown for pull requests; csv or json for programs");
    add_word(command, "--out", flags.out, "FILE", "Write to this file instead of standard output");
}

}  // namespace

void add_history_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(
        app, "history", "What changed over many results, and was it the program or the machine?",
        {"mnist history results", "mnist history results --by date --benchmark 'Train/Adam'",
         "mnist history results --by commit --repository . --mode gate",
         "mnist history results --rename 'Step/(.*)=Training/\\1' --format json --out history.json"});
    command->footer(
        command->get_footer() +
        "\nFiles of one commit, machine and configuration are one point. What was read is kept in "
        "~/.cache/mnist_bench,\nwhich may be removed at any time. docs/history.md says how changes are "
        "found.\n"
        "Exit codes: 0 fine; 1 with --mode gate, an unexplained regression in the newest points;\n"
        "2 bad usage or input; 3 our own failure.");
    const auto flags = std::make_shared<HistoryFlags>();
    add_history_options(*command, *flags);
    command->callback([flags, &action] { action = [flags] { return run_history(*flags); }; });
}

}  // namespace mnist
