// `mnist compare`: is the second result faster, and is it still right? Of three or more results: which is
// first?
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "app.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "mnist/compare/between.hpp"
#include "mnist/compare/gate.hpp"
#include "mnist/compare/ranking.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/values.hpp"
#include "mnist/report/comparison_csv.hpp"
#include "mnist/report/comparison_json.hpp"
#include "mnist/report/comparison_markdown.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/results/result_file.hpp"

namespace mnist {
namespace {

struct CompareFlags {
    std::vector<std::string> files;
    std::string mode = "auto";
    std::string threshold = "5";
    std::string alpha = "0.05";
    std::string format = "text";
    std::string out;
    std::string between;
};

// What files are called, by their paths: long paths make sentences unreadable, but programs get them as they
// were given.
using Labels = std::map<std::string, std::string>;

std::vector<GivenValue> files_of(const std::string& argument) {
    return GivenValue{.where = "compare", .words = {argument}}.elements("result files");
}

Labels labels_of(const CompareFlags& flags) {
    std::vector<std::string> paths;
    for (const std::string& argument : flags.files)
        for (const GivenValue& file : files_of(argument)) paths.push_back(file.text());
    const bool is_for_people = flags.format == "text" || flags.format == "markdown";
    const std::vector<std::string> names = is_for_people ? distinct_tails(paths) : paths;
    Labels labels;
    for (std::size_t i = 0; i < paths.size(); ++i) labels.emplace(paths[i], names[i]);
    return labels;
}

Measurements read_one(const std::string& file, const std::string& label) {
    const ResultFile result = read_result_file(file);
    return std::visit([&](const auto& content) { return measurements_of(content, label); }, result);
}

// One file, or several of one machine divided by commas. A file that stands there twice would count its
// repetitions twice and be surer than it may.
Measurements read_side(const std::string& argument, const Labels& labels) {
    std::optional<Measurements> pool;
    std::vector<std::filesystem::path> files;
    for (const GivenValue& file : files_of(argument)) {
        Measurements one = read_one(file.text(), labels.at(file.text()));
        const bool known = std::ranges::any_of(files, [&](const std::filesystem::path& other) {
            std::error_code ignored;
            return std::filesystem::equivalent(other, file.text(), ignored);
        });
        if (known)
            throw InputError({.where = "compare",
                              .expected = "different files to pool",
                              .found = file.text() + " twice",
                              .remedy = "Measure again to have more repetitions"});
        files.emplace_back(file.text());
        if (pool) {
            pool_into(*pool, one);
        } else {
            pool = std::move(one);
        }
    }
    return *pool;
}

CompareMode mode_of(const std::string& word) {
    if (word == "gate") return CompareMode::gate;
    return word == "report" ? CompareMode::report : CompareMode::automatic;
}

CompareSettings settings_of(const CompareFlags& flags) {
    GivenValue{"--mode", {flags.mode}}.require_one_of({"auto", "gate", "report"});
    GivenValue{"--format", {flags.format}}.require_one_of({"text", "markdown", "csv", "json"});
    CompareSettings settings;
    settings.mode = mode_of(flags.mode);
    settings.verdict.threshold =
        GivenValue{.where = "--threshold", .words = {flags.threshold}}.percentage() / 100;
    // From where 10,000 resamples have 5 beyond each end of the interval.
    settings.verdict.alpha = GivenValue{.where = "--alpha", .words = {flags.alpha}}.number(0.001, 0.5);
    return settings;
}

std::string formatted(const ComparedFiles& files, const std::string& format, const TextStyle& style) {
    if (format == "markdown") return comparison_markdown(files);
    if (format == "csv") return comparison_csv(files);
    if (format == "json") return comparison_json(files);
    return comparison_text(files, style);
}

// Who asks for a gate wants to know that it holds; who compares two quick runs did not ask for one.
bool closes_gate(const ComparedFiles& files, const CompareSettings& settings) {
    return std::ranges::any_of(files.comparisons, [&](const Comparison& one) {
        if (one.mode != CompareMode::gate) return false;
        const GateOutcome outcome = gate_of(one).outcome;
        return outcome == GateOutcome::failed ||
               (outcome == GateOutcome::undecided && settings.mode == CompareMode::gate);
    });
}

/// "precision=f32,bf16".
Between between_of(const std::string& text) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0)
        throw InputError({.where = "--between",
                          .expected = "PART=BASE,NEW, as precision=f32,bf16",
                          .found = text.empty() ? "nothing" : text});
    Between between{.part = text.substr(0, sign), .values = {}};
    for (const GivenValue& value :
         GivenValue{.where = "--between", .words = {text.substr(sign + 1)}}.elements("values"))
        between.values.push_back(value.text());
    return between;
}

ComparedFiles compared(const CompareFlags& flags, const CompareSettings& settings) {
    const bool within = !flags.between.empty();
    if (within && flags.files.size() != 1)
        throw InputError(
            {.where = "compare --between",
             .expected = "one result, which holds both sides",
             .found = std::to_string(flags.files.size()),
             .remedy = "Leave one file, or pool those of one machine and build: A1.json,A2.json"});
    if (!within && flags.files.size() < 2)
        throw InputError({.where = "compare",
                          .expected = "two results or more, BASE.json NEW.json..., or --between for one",
                          .found = std::to_string(flags.files.size()),
                          .remedy = "Files of one machine and build can be pooled: A1.json,A2.json"});
    const std::optional<Between> between = within ? std::optional(between_of(flags.between)) : std::nullopt;
    const Labels labels = labels_of(flags);
    if (between) return compare_between(read_side(flags.files.front(), labels), *between, settings);
    std::vector<Measurements> sides;
    for (const std::string& argument : flags.files) sides.push_back(read_side(argument, labels));
    return compare_files(sides, settings);
}

int run_compare(const CompareFlags& flags) {
    const CompareSettings settings = settings_of(flags);
    if (!flags.out.empty()) require_new(flags.out, "Choose another name, or move the old file away");
    const ComparedFiles files = compared(flags, settings);
    if (files.comparisons.empty() && flags.format == "csv")
        throw InputError({.where = "--format csv",
                          .expected = "results that have rows in common, a line each",
                          .found = "results that differ in the number of their ranks",
                          .remedy = "Their scaling is in text, markdown and json"});
    Console console;
    const std::string text =
        formatted(files, flags.format, flags.out.empty() ? console.style() : TextStyle{});
    console.deliver(text, flags.out);
    return console.exit_code(closes_gate(files, settings) ? kExitNegative : kExitFine);
}

}  // namespace

void add_compare_command(CLI::App& app, Action& action) {
    CLI::App* command =
        add_subcommand(app, "compare", "Is the second result faster, and is it still right?",
                       {"mnist compare before.json after.json",
                        "mnist compare before1.json,before2.json after.json --threshold 2",
                        "mnist compare laptop.json desktop.json server.json --mode report",
                        "mnist compare after.json --between optimizer=sgd,adam",
                        "mnist compare before.json after.json --format markdown",
                        "mnist compare before.json after.json --format json --out comparison.json"});
    command->footer(
        command->get_footer() +
        "\nA gate fails where a row got slower or less accurate, or a benchmark of the base fails in "
        "the new file.\nIt is undecided where rows of the base are missing or were disturbed, or nothing "
        "could "
        "be judged.\n"
        "Exit codes: 0 fine; 1 a gate failed, or is undecided where --mode gate asks for one;\n"
        "2 bad usage or input; 3 our own failure.");
    const auto flags = std::make_shared<CompareFlags>();
    command->add_option(
        "FILES", flags->files,
        "BASE.json NEW.json...: of mnist_bench, mnist train or another Google Benchmark program");
    add_word(*command, "--mode", flags->mode, "auto|gate|report",
             "gate: a regression exits 1; report: never; auto (default): gate on the same machine");
    add_word(*command, "--threshold", flags->threshold, "PERCENT",
             "Least change of time that counts, in percent (5)");
    add_word(*command, "--alpha", flags->alpha, "SHARE", "Chance of any false claim about two files (0.05)");
    add_word(*command, "--between", flags->between, "PART=BASE,NEW",
             "Rows of one result that differ in this part of their names: precision=f32,bf16,\n"
             "optimizer=SGD,Adam, threads=1,2, batch=64,256, copies=1,2, library=ours,jax; a report "
             "unless --mode gate");
    add_word(*command, "--format", flags->format, "text|markdown|csv|json",
             "text (default); markdown for pull requests; csv or json for programs");
    add_word(*command, "--out", flags->out, "FILE", "Write to this file instead of standard output");
    command->callback([flags, &action] { action = [flags] { return run_compare(*flags); }; });
}

}  // namespace mnist
