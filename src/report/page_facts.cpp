// Where each source's figures come from, and how to get them again. A command that people copy into a shell
// is made only of numbers and of words that are known or harmless: a name in a file must not become a
// command.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mnist/compare/score.hpp"
#include "mnist/report/next_steps.hpp"
#include "mnist/results/flat_facts.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

/// Letters, digits and what benchmark names are made of; nothing that a shell would act on.
bool is_harmless(const std::string& text) {
    constexpr std::size_t kLongest = 200;
    return !text.empty() && text.size() <= kLongest && text.front() != '-' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '/' || c == ':' || c == '_' || c == ',' || c == '.' || c == '-';
           });
}

/// In single quotes nothing of it is a shell's; empty where that cannot be. A backslash at the end would
/// escape the quote in some shells.
std::string quoted_for_shell(const std::string& text) {
    constexpr std::size_t kLongest = 1000;
    const bool fits = !text.empty() && text.size() <= kLongest && text.back() != '\\' &&
                      std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '\''; });
    return fits ? "'" + text + "'" : std::string{};
}

constexpr const char* kFilter = "mnist.run.filter";

/// A filter that has the rows of the file, or their families where these are many; empty where a name is more
/// than letters and digits.
std::string filter_of_rows(const std::vector<MeasuredRow>& rows) {
    constexpr std::size_t kMostNames = 12;
    std::vector<std::string> names;
    std::set<std::string> families;
    for (const MeasuredRow& row : rows) {
        names.push_back(row.name);
        families.insert(family_of(row.name));
    }
    if (names.empty()) return {};
    if (names.size() <= kMostNames && std::ranges::all_of(names, is_harmless))
        return fmt::format("'^({})$'", fmt::join(names, "|"));
    return std::ranges::all_of(families, is_harmless) ? fmt::format("'^({})/'", fmt::join(families, "|"))
                                                      : "";
}

struct Command {
    std::string text;  ///< empty where the file is not of one of our programs
    std::string note;  ///< what the command lacks; empty where it lacks nothing
};

/// What the file itself says about its run.
Command bench_command(const PageSource& source) {
    if (source.fact("mnist.build.version").empty()) return {};
    // A set that this program does not know is measured by another version, with the same word.
    if (!source.fact(kScoreSetKey).empty())
        return {.text = "mnist_bench --score --benchmark_out=FILE", .note = {}};
    Command command{.text = "mnist_bench", .note = {}};
    const auto flag = [&](const char* name, const char* key, const char* form, const char* end = "") {
        const std::string value = source.fact(key);
        if (is_harmless(value)) command.text += fmt::format(" {}{}{}{}", name, form, value, end);
    };
    flag("--dataset", "mnist.dataset.name", " ");
    if (source.fact("mnist.config.threads_chosen") != "auto") flag("--threads", "mnist.config.threads", " ");
    flag("--precision", "mnist.run.precision", " ");
    flag("--loader-threads", "mnist.run.loader_threads", " ");
    flag("--epochs", "mnist.config.epochs", " ");
    flag("--seed", "mnist.config.seed", " ");
    if (source.fact("mnist.run.noise_floor") == "true") command.text += " --noise-floor";
    flag("--benchmark_repetitions", "mnist.config.repetitions", "=");
    flag("--processes", "mnist.run.processes", "=");
    flag("--until-decided", "mnist.until_decided.percent", "=");
    flag("--base", "mnist.until_decided.base", "=");
    flag("--max-repetitions", "mnist.until_decided.max_repetitions", "=");
    flag("--benchmark_min_time", "mnist.run.min_time_s", "=");
    flag("--benchmark_min_time", "mnist.run.iterations", "=", "x");
    if (source.fact("mnist.run.interleaved") == "true")
        command.text += " --benchmark_enable_random_interleaving=true";
    const bool is_recorded = source.measurements.facts.contains(kFilter);
    const std::string recorded = source.fact(kFilter);
    const std::string filter =
        is_recorded ? quoted_for_shell(recorded) : filter_of_rows(source.measurements.rows);
    if (!filter.empty()) command.text += " --benchmark_filter=" + filter;
    command.text += " --benchmark_out=FILE";
    if (!is_recorded) {
        command.note = fmt::format(
            "The file does not say which filter it was measured with, nor whether repetitions took turns; "
            "{}.",
            filter.empty() ? "without a filter the command measures everything"
                           : "the filter above is made from its rows");
    } else if (filter.empty() && !recorded.empty()) {
        command.note =
            "The filter is not in the command, because it is no text that every shell leaves alone; it is "
            "among the facts below.";
    }
    return command;
}

std::map<std::string, std::string> all_facts(const PageSource& source) {
    std::map<std::string, std::string> facts = source.measurements.facts;
    if (const TrainResult* result = source.train()) {
        facts["mnist.created"] = result->created;
        facts["mnist.label"] = result->label;
        if (result->initial_weights_sha256)
            facts["mnist.initial_weights_sha256"] = *result->initial_weights_sha256;
        if (result->fma_peak_gflops)
            facts["mnist.fma_peak_gflops"] = fmt::format("{}", *result->fma_peak_gflops);
        if (!result->grid.empty()) facts["mnist.grid"] = result->grid;
        for (const PrimitiveFacts& primitive : result->primitives)
            facts["mnist.primitives." + primitive.operation] =
                primitive.implementation +
                (primitive.weights_layout.empty() ? "" : ", " + primitive.weights_layout);
    }
    return facts;
}

ordered_json source_json(const PageSource& source) {
    ordered_json facts = ordered_json::array();  // pairs: keys from files must not become members of objects
    const std::map<std::string, std::string> all = all_facts(source);
    for (const auto& [key, value] : all) facts.push_back({key, value});
    ordered_json skipped = ordered_json::array();
    for (const SkippedRow& row : source.measurements.skipped)
        skipped.push_back({{"name", row.name}, {"reason", row.reason}});
    const auto fact = [&all](const char* key, const char* otherwise) {
        const auto found = all.find(key);
        return found == all.end() ? std::string(otherwise) : found->second;
    };
    const bool train = source.train() != nullptr;
    const Command command =
        train ? Command{"mnist " + train_words(*source.train(), source.train()->config.seeds), {}}
              : bench_command(source);
    std::size_t repetitions = 0;
    for (const MeasuredRow& row : source.measurements.rows) repetitions += row.seconds.size();
    std::size_t disturbed = 0;
    ordered_json disturbed_rows = ordered_json::array();
    ordered_json reasons = ordered_json::array();
    for (const auto& [name, row] : source.disturbances) {
        disturbed += row.disturbed;
        disturbed_rows.push_back(name);
        reasons.push_back(row.reason);
    }
    return {{"name", source.name()},
            {"title", source.title},
            {"machine", source.machine},
            {"kind", train ? "train" : "bench"},
            {"label", fact("mnist.label", fact("host_name", "").c_str())},
            {"created", source.created()},
            {"cpu_model", fact("mnist.machine.cpu_model", "")},
            {"threads", fact("mnist.config.threads", fact("num_cpus", "").c_str())},
            {"version", fact("mnist.build.version", "")},
            {"commit", fact("mnist.build.commit", "")},
            {"command", command.text},
            {"command_note", command.note},
            {"facts", std::move(facts)},
            {"repetitions", repetitions},
            {"disturbed", disturbed},
            {"disturbed_rows", std::move(disturbed_rows)},
            {"disturbed_by", std::move(reasons)},
            {"skipped", std::move(skipped)}};
}

}  // namespace

std::string PageSource::fact(const std::string& key) const {
    const auto found = measurements.facts.find(key);
    return found == measurements.facts.end() ? std::string{} : found->second;
}

std::string PageSource::created() const {
    if (const TrainResult* result = train()) return result->created;
    const std::string own = fact("mnist.created");
    return own.empty() ? fact("date") : own;
}

ordered_json sources_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (const PageSource& source : sources) list.push_back(source_json(source));
    return list;
}

}  // namespace mnist
