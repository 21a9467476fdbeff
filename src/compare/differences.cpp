// Facts are brought into a form in which equal means equal (caches are one text, a quota that limits nothing
// is none), then compared key by key.
#include "differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "mnist/compare/score.hpp"
#include "mnist/core/binary_size.hpp"
#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

constexpr const char* kCpuModel = "mnist.machine.cpu_model";
constexpr const char* kQuota = "mnist.machine.cgroup_cpu_quota";
constexpr const char* kThreads = "mnist.config.threads";
constexpr std::string_view kBuild = "mnist.build.";
constexpr std::string_view kMachine = "mnist.machine.";

bool is_among(const auto& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
}

std::optional<double> number(const std::optional<std::string>& text) {
    const auto value = text ? parsed<double>(*text) : std::nullopt;
    return value && std::isfinite(*value) ? value : std::nullopt;
}

/// "L1 data 48 KiB x 2, L2 2 MiB x 2" of the keys that begin so; `size` and `count` are the last words of the
/// keys of their bytes and of how many there are (or how many CPUs share one).
std::optional<std::string> caches(const Facts& facts, const std::string& prefix, const char* size,
                                  const char* count) {
    std::string text;
    for (std::size_t i = 0;; ++i) {
        const auto said = [&](const char* what) {
            return fact(facts, fmt::format("{}{}.{}", prefix, i, what)).value_or("?");
        };
        if (!facts.contains(fmt::format("{}{}.{}", prefix, i, size))) break;
        const bool is_unified = said("type") == "unified" || said("type") == "Unified";
        text += fmt::format("{}L{} {}{} x {}", text.empty() ? "" : ", ", said("level"),
                            is_unified ? "" : said("type") + " ", binary_size(said(size)), said(count));
    }
    return text.empty() ? std::nullopt : std::optional(text);
}

/// "none" where there is no quota, or one of as many CPUs as can be used.
std::string quota(const Facts& facts) {
    const auto set = number(fact(facts, kQuota));
    const auto usable = number(fact(facts, "mnist.machine.usable_threads"));
    return !set || (usable && *set >= *usable) ? "none" : facts.at(kQuota);
}

bool is_ours(const Facts& facts) {
    return facts.contains(kCpuModel);
}

/// Facts about the machine that both kinds of files can have.
Facts machine_facts(const Facts& facts) {
    Facts found;
    if (!is_ours(facts)) {
        for (const char* const key : {"host_name", "num_cpus", "mhz_per_cpu", "cpu_scaling_enabled"})
            if (const auto value = fact(facts, key)) found[key] = *value;
        if (const auto text = caches(facts, "caches.", "size", "num_sharing")) found["caches"] = *text;
        return found;
    }
    const std::string own_caches = std::string(kMachine) + "caches.";
    for (auto at = facts.lower_bound(std::string(kMachine)); at != facts.end(); ++at) {
        if (!at->first.starts_with(kMachine)) break;
        if (!at->first.starts_with(own_caches)) found.insert(*at);
    }
    if (const auto text = caches(facts, own_caches, "bytes", "instances"))
        found["mnist.machine.caches"] = *text;
    found[kQuota] = quota(facts);
    return found;
}

/// Facts about the build that say anything, and what a machine does that is not part of what it is.
Facts other_facts(const Facts& facts) {
    Facts found;
    for (const auto& [key, value] : facts)
        if (!value.empty() && (key.starts_with(kBuild) || key == "mnist.denormals_flushed"))
            found.emplace(key, value);
    found.erase("mnist.build.type");  // build_type, as it was once called
    const char* const beside = is_ours(facts) ? "mhz_per_cpu" : "library_build_type";
    if (const auto value = fact(facts, beside)) found[beside] = *value;
    return found;
}

/// Another kernel or another microcode is the same machine, though it may be why a speed changed, and so is
/// another version's name for a CPU's generation. What is not known here is told and decides nothing.
bool makes_another_machine(std::string_view key) {
    constexpr std::array kDeciding{"caches",           "cgroup_cpu_quota", "cpu_family", "cpu_model",
                                   "cpu_model_number", "cpu_stepping",     "governor",   "isa",
                                   "hardware_threads", "memory_bytes",     "numa_nodes", "onednn_isa",
                                   "sockets",          "physical_cores",   "turbo",      "usable_cores",
                                   "usable_threads"};
    if (!key.starts_with(kMachine)) return true;
    key.remove_prefix(kMachine.size());
    return is_among(kDeciding, key);
}

/// Which runs, how many, and what makes none of their rows another one.
constexpr std::array kPoolable{"mnist.config.seed", "mnist.config.seeds", "mnist.config.repetitions",
                               "mnist.config.target_accuracy", "mnist.config.batch_size"};

}  // namespace

bool same_fact(std::string_view key, const std::string& base, const std::string& measured) {
    const double tolerance = key == "mnist.machine.memory_bytes" ? 0.01 : key == "mhz_per_cpu" ? 0.05 : 0;
    if (tolerance == 0 || base == measured) return base == measured;
    const auto a = number(base);
    const auto b = number(measured);
    if (!a || !b) return false;
    return std::abs(*a - *b) <= tolerance * std::max(std::abs(*a), std::abs(*b));
}

namespace {

/// Of what both have; of `needed` also what only one has.
std::vector<FactDifference> differences(const Facts& base, const Facts& measured, std::string_view needed) {
    std::set<std::string> keys;
    for (const Facts* const facts : {&base, &measured})
        for (const auto& [key, value] : *facts) keys.insert(key);
    std::vector<FactDifference> found;
    for (const std::string& key : keys) {
        const auto a = fact(base, key);
        const auto b = fact(measured, key);
        const bool differ = a && b ? !same_fact(key, *a, *b) : key == needed;
        if (differ) found.push_back({.key = key, .base = a, .new_value = b});
    }
    return found;
}

/// The part of the differences between the machines that makes them two, or the other part.
std::vector<FactDifference> machine_differences(const Facts& base, const Facts& measured, bool deciding) {
    std::vector<FactDifference> all = differences(machine_facts(base), machine_facts(measured), kCpuModel);
    std::erase_if(all, [deciding](const FactDifference& difference) {
        return makes_another_machine(difference.key) != deciding;
    });
    return all;
}

}  // namespace

std::optional<std::string> fact(const Facts& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::nullopt : std::optional(found->second);
}

std::vector<FactDifference> fingerprint_differences(const Facts& base, const Facts& measured) {
    return machine_differences(base, measured, true);
}

bool auto_chose_both(const Facts& base, const Facts& measured) {
    return fact(base, kThreadsChosen) == "auto" && fact(measured, kThreadsChosen) == "auto";
}

void add_threads_difference(std::vector<FactDifference>& differences, const std::vector<Match>& matches) {
    const auto other = std::ranges::find_if(
        matches, [](const Match& match) { return match.base_as.threads != match.measured_as.threads; });
    if (other == matches.end()) return;
    const auto threads = [](const MeasuredAs& as) {
        return as.threads.empty() ? std::nullopt : std::optional(as.threads);
    };
    differences.push_back(
        {.key = kThreads, .base = threads(other->base_as), .new_value = threads(other->measured_as)});
}

std::vector<FactDifference> other_differences(const Facts& base, const Facts& measured) {
    std::vector<FactDifference> found = machine_differences(base, measured, false);
    for (FactDifference& other : differences(other_facts(base), other_facts(measured), {}))
        found.push_back(std::move(other));
    return found;
}

std::vector<std::string> build_differences(const std::vector<FactDifference>& differences) {
    std::vector<std::string> keys;
    for (const FactDifference& difference : differences)
        if (difference.key.starts_with(kBuild)) keys.push_back(difference.key);
    return keys;
}

std::vector<std::string> configuration_keys(const Facts& base, const Facts& measured) {
    std::set<std::string> keys;
    for (const Facts* const facts : {&base, &measured}) {
        for (const auto& [key, value] : *facts)
            if (key.starts_with("mnist.config.") && !key.starts_with("mnist.config.optimizers") &&
                key != kThreadsChosen)
                keys.insert(key);
    }
    return {keys.begin(), keys.end()};
}

std::vector<FactDifference> pooling_obstacles(const Facts& base, const Facts& measured) {
    std::vector<FactDifference> obstacles = fingerprint_differences(base, measured);
    std::vector<std::string> keys{"mnist.build.commit",     "mnist.build.dirty",  "mnist.build.compiler",
                                  "mnist.build.build_type", "mnist.build.onednn", "mnist.build.flags",
                                  "mnist.dataset.sha256",   kScoreSetKey};
    for (std::string& key : configuration_keys(base, measured)) keys.push_back(std::move(key));
    // Where auto chose, the flags were the same.
    const bool same_flags = auto_chose_both(base, measured);
    for (const std::string& key : keys) {
        if (same_flags && (key == kThreads || key == "mnist.config.loader_threads")) continue;
        const auto a = fact(base, key);
        const auto b = fact(measured, key);
        if (a != b && !is_among(kPoolable, key)) obstacles.push_back({.key = key, .base = a, .new_value = b});
    }
    return obstacles;
}

Facts pooling_facts(const Facts& facts) {
    Facts found = machine_facts(facts);
    std::erase_if(found, [](const auto& one) { return !makes_another_machine(one.first); });
    for (const std::string& key : configuration_keys(facts, facts))
        if (!is_among(kPoolable, key)) found.emplace(key, facts.at(key));
    if (const auto chosen = fact(facts, kThreadsChosen)) found.emplace(kThreadsChosen, *chosen);
    for (const char* const key : {"mnist.build.build_type", "mnist.dataset.sha256", kScoreSetKey})
        found.emplace(key, fact(facts, key).value_or(""));
    return found;
}

}  // namespace mnist
