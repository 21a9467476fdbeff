// Files of one machine and configuration, by the rule that compare pools files by, less the build: that is
// what a history is about. A setting that only one of two files knows came later and tells them not apart.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>

#include "mnist/compare/measurements.hpp"
#include "mnist/core/binary_size.hpp"
#include "stamps.hpp"

namespace mnist {
namespace {

using Facts = std::map<std::string, std::string>;

constexpr std::string_view kConfig = "mnist.config.";
constexpr const char* kCpuModel = "mnist.machine.cpu_model";

/// Networks of other depths have settings that the other does not have.
std::ptrdiff_t layers(const Facts& facts) {
    return std::count_if(facts.begin(), facts.end(),
                         [](const auto& fact) { return fact.first.starts_with("mnist.config.hidden."); });
}

/// Of two files with CPUs of one name: whether all agrees that both know. Older files know less.
bool is_one_group(const Facts& a, const Facts& b) {
    // First what differs after every start, for which a file is compared with all groups of its CPU's name.
    constexpr const char* kMemory = "mnist.machine.memory_bytes";
    const auto one_memory = a.find(kMemory);
    const auto other_memory = b.find(kMemory);
    if (one_memory != a.end() && other_memory != b.end() &&
        !same_fact(kMemory, one_memory->second, other_memory->second))
        return false;
    const auto are_both = [&](const char* key, const char* value) {
        const auto one = a.find(key);
        const auto other = b.find(key);
        return one != a.end() && other != b.end() && one->second == value && other->second == value;
    };
    const bool chosen = are_both("mnist.config.threads_chosen", "auto");
    for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
        if (const int order = x->first.compare(y->first); order != 0) {
            (order < 0 ? x : y)++;
            continue;
        }
        const bool is_chosen =
            chosen && (x->first == "mnist.config.threads" || x->first == "mnist.config.loader_threads");
        if (!is_chosen && !same_fact(x->first, x->second, y->second)) return false;
        ++x;
        ++y;
    }
    return layers(a) == layers(b);
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

/// What tells groups apart in few words; other facts only where there is nothing else.
bool is_telling(const std::string& key) {
    constexpr std::array<std::string_view, 3> kSilent{"mnist.config.optimizers", "mnist.machine.caches",
                                                      "caches"};
    return std::none_of(kSilent.begin(), kSilent.end(),
                        [&](std::string_view silent) { return key.starts_with(silent); });
}

/// Whole words of it, forty bytes at most where it has shorter ones.
std::string beginning(const std::string& value) {
    constexpr std::size_t kMostShownBytes = 40;
    if (value.size() <= kMostShownBytes) return value;
    const std::size_t end = value.rfind(' ', kMostShownBytes);
    return value.substr(0, end == std::string::npos ? kMostShownBytes : end) + " ...";
}

/// "epochs 5", "memory 23.54 GiB".
std::string told(const std::string& key, const std::string& value) {
    constexpr std::string_view kBytes = "_bytes";
    const std::string word = short_key(key);
    if (word.ends_with(kBytes))
        return fmt::format("{} {}", word.substr(0, word.size() - kBytes.size()),
                           beginning(binary_size(value)));
    return fmt::format("{} {}", word, beginning(value));
}

/// "epochs 5, precision bf16": of these facts those of which others have other values.
std::string configuration_of(const Facts& facts, const std::map<std::string, std::set<std::string>>& values) {
    constexpr std::size_t kMostKeys = 6;
    for (const bool telling : {true, false}) {
        std::vector<std::string> words;
        for (const auto& [key, value] : facts)
            if (is_telling(key) == telling && values.at(key).size() > 1 && !value.empty() &&
                words.size() < kMostKeys)
                words.push_back(told(key, value));
        if (!words.empty()) return fmt::format("{}", fmt::join(words, ", "));
    }
    return {};
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
        const auto [place, is_new] = known.try_emplace(pooling_facts(reading.facts), 0);
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
    std::vector<Facts> facts;
    std::map<std::string, std::map<std::string, std::set<std::string>>> values;  // of machines of one name
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i].machine = machine_name(*examples[i]);
        facts.push_back(pooling_facts(examples[i]->facts));
        for (const auto& [key, value] : facts[i]) values[groups[i].machine][key].insert(value);
    }
    std::map<std::string, std::size_t> titles;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::string& configuration = groups[i].configuration;
        configuration = configuration_of(facts[i], values[groups[i].machine]);
        // Facts that only one of them has have no value that differs.
        const std::size_t same = ++titles[groups[i].machine + '\n' + configuration];
        if (same > 1) configuration += fmt::format("{}no. {}", configuration.empty() ? "" : ", ", same);
    }
}

}  // namespace mnist
