// Files of one machine and configuration, by the rule that compare pools files by, less the build: that is
// what a history is about. A setting that only one of two files knows came later and tells them not apart.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "mnist/compare/measurements.hpp"
#include "stamps.hpp"

namespace mnist {
namespace {

using Facts = std::map<std::string, std::string>;

constexpr std::string_view kConfig = "mnist.config.";
constexpr const char* kCpuModel = "mnist.machine.cpu_model";

/// What makes no group by compare's rule and differs from file to file, which would be compared with all
/// groups.
bool is_of_one_run(const std::string& key, bool is_ours) {
    return key == "mnist.config.seed" || key == "mnist.config.seeds" || key == "mnist.config.repetitions" ||
           (is_ours && key == "mhz_per_cpu");
}

/// What decides, of a reading's facts.
Facts deciding_facts(const HistoryReading& reading) {
    Facts facts;
    const bool is_ours = reading.facts.contains(kCpuModel);
    for (const auto& [key, value] : reading.facts) {
        const bool is_build = key.starts_with("mnist.build.") && key != "mnist.build.build_type";
        const bool is_time = key == "date" || key == "mnist.created" || key == "mnist.label";
        // Which kernel a machine has does not make it another one.
        const bool is_system = key == "mnist.machine.kernel" || key == "mnist.machine.os";
        if (!is_build && !is_time && !is_system && !is_of_one_run(key, is_ours)) facts.emplace(key, value);
    }
    return facts;
}

/// Without the settings that the other does not have.
Measurements with_shared_settings(const Facts& facts, const Facts& other) {
    Measurements shared{.label = {}, .facts = facts, .rows = {}, .skipped = {}, .weights = {}, .copies = {}};
    std::erase_if(shared.facts, [&](const auto& fact) {
        return fact.first.starts_with(kConfig) && !other.contains(fact.first);
    });
    return shared;
}

/// Networks of other depths have settings that the other does not have.
bool same_depth(const Facts& a, const Facts& b) {
    const auto layers = [](const Facts& facts) {
        return std::count_if(facts.begin(), facts.end(),
                             [](const auto& fact) { return fact.first.starts_with("mnist.config.hidden."); });
    };
    return layers(a) == layers(b);
}

bool is_one_group(const Facts& a, const Facts& b) {
    return same_depth(a, b) && can_be_pooled(with_shared_settings(a, b), with_shared_settings(b, a));
}

std::string machine_name(const HistoryReading& reading) {
    const std::string cpu = fact_of(reading, kCpuModel);
    const std::string host = fact_of(reading, "host_name");
    std::string name = !cpu.empty() ? cpu : !host.empty() ? host : "unknown machine";
    std::string threads = fact_of(reading, "mnist.config.threads");
    if (threads.empty()) threads = fact_of(reading, "num_cpus");
    if (!threads.empty()) name += fmt::format(", {} thread{}", threads, threads == "1" ? "" : "s");
    return name;
}

/// "epochs" of "mnist.config.epochs".
std::string short_key(const std::string& key) {
    for (const std::string_view prefix : {"mnist.config.", "mnist.machine.", "mnist.dataset.", "mnist."})
        if (key.starts_with(prefix)) return key.substr(prefix.size());
    return key;
}

/// What tells groups apart in few words: not what makes none, nor each cache and optimizer of a list.
bool is_telling(const std::string& key) {
    constexpr std::array<std::string_view, 4> kSilent{"mnist.config.optimizers", "mnist.machine.caches.",
                                                      "caches.", "mhz_per_cpu"};
    return std::none_of(kSilent.begin(), kSilent.end(),
                        [&](std::string_view silent) { return key.starts_with(silent); });
}

}  // namespace

std::vector<std::vector<std::size_t>> grouped_files(const std::vector<PlacedFile>& files) {
    struct Example {
        Facts facts;
        std::size_t group;
    };
    std::vector<std::vector<std::size_t>> groups;
    // CPUs of two names are two machines, so that a file is compared with the groups of one name only.
    std::map<std::string, std::vector<Example>> by_cpu;
    std::map<Facts, std::size_t> known;  // most files of a group agree in all of it
    for (std::size_t i = 0; i < files.size(); ++i) {
        const HistoryReading& reading = files[i].file->reading;
        const auto [place, is_new] = known.try_emplace(deciding_facts(reading), 0);
        if (is_new) {
            std::vector<Example>& examples = by_cpu[fact_of(reading, kCpuModel)];
            const auto same = std::find_if(examples.begin(), examples.end(), [&](const Example& other) {
                return is_one_group(other.facts, place->first);
            });
            place->second = same == examples.end() ? groups.size() : same->group;
            if (same == examples.end()) {
                examples.push_back({place->first, groups.size()});
                groups.emplace_back();
            }
        }
        groups[place->second].push_back(i);
    }
    return groups;
}

void name_groups(std::vector<HistoryGroup>& groups, const std::vector<const HistoryReading*>& examples) {
    constexpr std::size_t kMostKeys = 6;
    std::vector<Facts> facts;
    for (const HistoryReading* example : examples) facts.push_back(deciding_facts(*example));
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i].machine = machine_name(*examples[i]);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::set<std::string> keys;  // in which those of this machine's name differ
        for (std::size_t k = 0; k < groups.size(); ++k) {
            if (groups[k].machine != groups[i].machine) continue;
            for (const auto& [key, value] : facts[i]) {
                const auto other = facts[k].find(key);
                const bool differs = other != facts[k].end() && other->second != value;
                if (differs && is_telling(key)) keys.insert(key);
            }
        }
        std::vector<std::string> words;
        for (const std::string& key : keys) {
            if (words.size() == kMostKeys) break;
            words.push_back(fmt::format("{} {}", short_key(key), facts[i].at(key).substr(0, 40)));
        }
        groups[i].configuration = fmt::format("{}", fmt::join(words, ", "));
    }
}

}  // namespace mnist
