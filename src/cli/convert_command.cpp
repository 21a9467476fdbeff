// `mnist convert`: results as other tools read them, so that whoever keeps a history elsewhere keeps it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <string>
#include <variant>
#include <vector>

#include "app.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/values.hpp"
#include "mnist/history/history.hpp"
#include "mnist/report/convert.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/result_file.hpp"

namespace mnist {
namespace {

struct ConvertFlags {
    std::vector<std::string> files;
    std::string to;
    std::string out;
    std::string repository;
};

std::string created_of(const TrainResult& result) {
    return result.created;
}

std::string created_of(const BenchResult& result) {
    for (const char* const key : {"mnist.created", "date"})
        if (const auto found = result.context.find(key); found != result.context.end()) return found->second;
    return {};
}

ConvertSource source_of(const std::string& file, const std::string& label) {
    ConvertSource source = std::visit(
        [&](const auto& result) {
            return ConvertSource{.measured = measurements_of(result, label), .created = created_of(result)};
        },
        read_result_file(file));
    if (source.measured.rows.empty())
        throw InputError(
            {.where = file,
             .expected = "a row with times",
             .found = fmt::format("none, and {} that could not be used", source.measured.skipped.size()),
             .remedy = "Measure again"});
    return source;
}

/// Every format but CSV for data frames sets a result in time.
void require_created(const std::vector<ConvertSource>& sources, const std::vector<std::string>& files) {
    for (std::size_t i = 0; i < sources.size(); ++i)
        if (const std::string& created = sources[i].created; !parse_time(created))
            throw InputError({.where = files[i],
                              .expected = "the date of the measurement (\"date\" in its context)",
                              .found = created.empty() ? "none" : created,
                              .remedy = "--to bencher and --to csv need none"});
}

void require_one(const std::vector<std::string>& files, const std::string& to) {
    if (files.size() == 1) return;
    throw InputError({.where = "convert --to " + to,
                      .expected = "one result, as a report of its own",
                      .found = std::to_string(files.size()),
                      .remedy = "Convert one after the other; otava, conbench and csv take several"});
}

/// What Conbench takes: it asks GitHub for the commits.
void require_repository(const std::string& url) {
    static const std::regex kUrl("https://github\\.com/[A-Za-z0-9-]+/[A-Za-z0-9._-]+/?");
    if (!std::regex_match(url, kUrl))
        throw InputError({.where = "--repository",
                          .expected = "https://github.com/OWNER/NAME, the only kind that Conbench takes",
                          .found = url,
                          .remedy = "Without it Conbench keeps the results beside no commits"});
}

std::string converted(const ConvertFlags& flags, Console& console) {
    if (flags.to == "bencher" || flags.to == "lnt") require_one(flags.files, flags.to);
    const std::vector<std::string> labels = distinct_tails(flags.files);
    std::vector<ConvertSource> sources;
    for (std::size_t i = 0; i < flags.files.size(); ++i) {
        sources.push_back(source_of(flags.files[i], labels[i]));
        const Measurements& measured = sources.back().measured;
        const auto disturbed = std::ranges::count_if(measured.rows, is_disturbed);
        if (disturbed > 0)
            console.warn(
                fmt::format("{}: {} of {} rows were disturbed while they were measured, which {} cannot "
                            "know: measure again in a quieter hour",
                            flags.files[i], disturbed, measured.rows.size(), flags.to));
        if (!measured.skipped.empty())
            console.note(fmt::format("{}: {} left out that have no times, the first {}: {}", flags.files[i],
                                     measured.skipped.size(), measured.skipped.front().name,
                                     measured.skipped.front().reason));
    }
    if (flags.to == "bencher") return bencher_json(sources.front());
    if (flags.to == "csv") return long_csv(sources);
    require_created(sources, flags.files);
    if (flags.to == "lnt") return lnt_json(sources.front());
    if (flags.to == "conbench") {
        if (flags.repository.empty())
            console.note("without --repository Conbench has no commits to set the results against");
        return conbench_json(sources, flags.repository);
    }
    OtavaTable table = otava_csv(sources);
    if (!table.left_out.empty())
        console.note(
            fmt::format("{} columns left out that not all results have, since Otava takes no empty cell; the "
                        "first: {}",
                        table.left_out.size(), table.left_out.front()));
    return std::move(table.csv);
}

int run_convert(const ConvertFlags& flags) {
    GivenValue{.where = "--to", .words = {flags.to}}.require_one_of(
        {"bencher", "otava", "conbench", "lnt", "csv"});
    if (flags.files.empty())
        throw InputError({.where = "convert", .expected = "a result or more", .found = "none"});
    if (!flags.repository.empty() && flags.to != "conbench")
        throw InputError({.where = "--repository",
                          .expected = "--to conbench, the only format with repositories",
                          .found = "--to " + flags.to});
    if (!flags.repository.empty()) require_repository(flags.repository);
    if (!flags.out.empty()) require_new(flags.out, "Choose another name, or move the old file away");
    Console console(false, flags.out.empty() ? TextTo::error : TextTo::output);
    const std::string text = converted(flags, console);
    console.deliver(text, flags.out);
    return console.exit_code(kExitFine);
}

}  // namespace

void add_convert_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(
        app, "convert", "Results as other tools read them",
        {"mnist convert after.json --to bencher --out bmf.json",
         "mnist convert before.json after.json --to otava --out history.csv",
         "mnist convert after.json --to conbench --repository https://github.com/me/kernels",
         "mnist convert after.json --to lnt", "mnist convert before.json after.json --to csv"});
    const auto flags = std::make_shared<ConvertFlags>();
    command->add_option(
        "FILES", flags->files,
        "Of mnist_bench, mnist train or another Google Benchmark program; one for bencher and lnt");
    add_word(*command, "--to", flags->to, "bencher|otava|conbench|lnt|csv",
             "bencher (its Metric Format), otava (CSV, a line a result), conbench (an array of results), "
             "lnt (a report of version 2), csv (a line a repetition)");
    add_word(*command, "--repository", flags->repository, "URL", "Of the commits, for conbench");
    add_word(*command, "--out", flags->out, "FILE", "Write to this file instead of standard output");
    command->callback([flags, &action] { action = [flags] { return run_convert(*flags); }; });
}

}  // namespace mnist
