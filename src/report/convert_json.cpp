// Documents for services that keep results: Bencher, Conbench, LNT.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>

#include "convert_parts.hpp"
#include "json_words.hpp"
#include "mnist/compare/groups.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

/// Whole numbers in facts, also of "2.0"; 0, which Conbench has for "unknown", where there is none.
std::int64_t whole(const std::string& text) {
    return parsed<std::int64_t>(text.substr(0, text.find('.'))).value_or(0);
}

/// Bytes of the data, instruction or unified cache of a level.
std::int64_t cache_bytes(const ConvertSource& source, const std::string& level, const std::string& type) {
    for (int i = 0;; ++i) {
        const auto said = [&](const char* what) {
            return fact_or(source, fmt::format("mnist.machine.caches.{}.{}", i, what));
        };
        if (said("level").empty()) return 0;
        if (said("level") == level && said("type") == type) return whole(said("bytes"));
    }
}

ordered_json conbench_machine(const ConvertSource& source) {
    const auto fact = [&](const char* key) { return fact_or(source, std::string("mnist.machine.") + key); };
    return {{"name", machine_name(source)},
            {"architecture_name", fact("isa") == "neon" ? "aarch64" : "x86_64"},
            {"kernel_name", fact("kernel")},
            {"os_name", fact("os")},
            {"os_version", ""},
            {"cpu_model_name", fact("cpu_model")},
            {"cpu_l1d_cache_bytes", cache_bytes(source, "1", "data")},
            {"cpu_l1i_cache_bytes", cache_bytes(source, "1", "instruction")},
            {"cpu_l2_cache_bytes", cache_bytes(source, "2", "unified")},
            {"cpu_l3_cache_bytes", cache_bytes(source, "3", "unified")},
            {"cpu_core_count", whole(fact("physical_cores"))},
            {"cpu_thread_count", whole(fact("hardware_threads"))},
            {"cpu_frequency_max_hz", 0},
            {"memory_bytes", whole(fact("memory_bytes"))},
            {"gpu_count", 0},
            {"gpu_product_names", ordered_json::array()}};
}

/// The facts about the build, which Conbench takes for what may change while a series goes on.
ordered_json facts_below(const ConvertSource& source, const std::string& prefix) {
    ordered_json facts = ordered_json::object();
    for (auto at = source.measured.facts.lower_bound(prefix);
         at != source.measured.facts.end() && at->first.starts_with(prefix); ++at)
        facts[at->first.substr(prefix.size())] = at->second;
    return facts;
}

ordered_json conbench_result(const ConvertSource& source, const MeasuredRow& row, const std::string& run,
                             const std::string& repository) {
    ordered_json result{
        {"run_id", run},
        {"batch_id", run},
        {"run_reason", "mnist_bench"},
        {"timestamp", source.created},
        {"stats",
         {{"data", row.seconds},
          {"unit", "s"},
          {"times", row.seconds},
          {"time_unit", "s"},
          {"iterations", row.seconds.size()}}},
        {"tags", {{"name", row.name}, {"suite", family_of(row.name)}}},
        {"machine_info", conbench_machine(source)},
        {"context", {{"benchmark_language", "C++"}, {"threads", fact_or(source, "mnist.config.threads")}}},
        {"info", facts_below(source, "mnist.build.")}};
    if (!row.accuracy.percent.empty())
        result["optional_benchmark_info"] = {{"test_accuracy_percent", row.accuracy.percent}};
    const std::string commit = fact_or(source, "mnist.build.commit");
    if (!repository.empty() && !commit.empty())
        result["github"] = {{"repository", repository}, {"commit", commit}};
    return result;
}

}  // namespace

std::string bencher_json(const ConvertSource& source) {
    constexpr double kNanoseconds = 1e9;
    ordered_json root = ordered_json::object();
    for (const MeasuredRow& row : source.measured.rows) {
        if (row.of_machine) continue;
        for (const MeasuredQuantity& quantity : quantities(row)) {
            const auto summary = summarise(*quantity.values);
            if (!summary) continue;
            const bool accuracy = quantity.name == "accuracy";
            const double factor = accuracy ? 1 : kNanoseconds;
            const std::string measure = accuracy                  ? "accuracy"
                                        : quantity.name == "time" ? "latency"
                                                                  : "latency-" + quantity.name;
            root[row.name][measure] = {{"value", factor * (accuracy ? summary->mean : summary->median)},
                                       {"lower_value", factor * summary->min},
                                       {"upper_value", factor * summary->max}};
        }
    }
    return json_text(root);
}

std::string conbench_json(std::span<const ConvertSource> sources, const std::string& repository) {
    ordered_json results = ordered_json::array();
    for (const ConvertSource& source : sources) {
        // The same result converted twice is the same run.
        const std::string facts = source.created + machine_name(source) + source.measured.label +
                                  fact_or(source, "mnist.build.commit");
        const std::string run = sha256_hex(std::as_bytes(std::span(facts))).substr(0, 32);
        for (const MeasuredRow& row : source.measured.rows)
            if (!row.of_machine) results.push_back(conbench_result(source, row, run, repository));
    }
    return json_text(results);
}

std::string lnt_json(const ConvertSource& source) {
    ordered_json tests = ordered_json::array();
    for (const MeasuredRow& row : source.measured.rows) {
        if (row.of_machine) continue;
        ordered_json test{{"name", row.name}, {"execution_time", row.seconds}};
        if (!row.accuracy.percent.empty()) test["score"] = row.accuracy.percent;
        tests.push_back(std::move(test));
    }
    ordered_json machine{{"name", machine_name(source)}};
    machine.update(facts_below(source, "mnist.machine."));
    ordered_json run{{"start_time", source.created},
                     {"end_time", source.created},
                     {"llvm_project_revision", fact_or(source, "mnist.build.commit", source.created)}};
    return json_text({{"format_version", "2"},
                      {"machine", std::move(machine)},
                      {"run", std::move(run)},
                      {"tests", std::move(tests)}});
}

}  // namespace mnist
