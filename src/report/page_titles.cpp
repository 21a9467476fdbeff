// Which files a page shows one by one, and what it calls them. Of many files there are the newest, the
// machines taking turns, so that none is hidden by another that was measured more often; the others are in
// the history. Files of several machines are called by their machine and by as little else as tells them
// apart, since machines are what readers set against each other; those of one by their file.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "page_limits.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

constexpr const char* kModel = "mnist.machine.cpu_model";
constexpr const char* kGeneration = "mnist.machine.cpu_generation";
constexpr const char* kInstructions = "mnist.machine.onednn_isa";

struct Stamp {
    std::string machine, created;
};

Stamp stamp_of(const ReportSource& source) {
    if (const auto* result = std::get_if<TrainResult>(&source.content))
        return {result->machine.cpu_model + "/train", result->created};
    const auto& context = std::get<BenchResult>(source.content).context;
    const auto fact = [&](const char* key) {
        const auto found = context.find(key);
        return found == context.end() ? std::string() : found->second;
    };
    const std::string created = fact("mnist.created");
    return {fact(kModel) + "/" + fact(kInstructions) + "/" + fact("host_name"),
            created.empty() ? fact("date") : created};
}

/// "Intel Xeon" of "Intel(R) Xeon(R) CPU @ 2.20GHz".
std::string short_cpu(std::string name) {
    name = name.substr(0, name.find(" CPU @"));
    for (const std::string_view part : {"(R)", "(TM)", "(tm)", " Processor"})
        for (std::size_t at = name.find(part); at != std::string::npos && at > 0; at = name.find(part))
            name.erase(at, part.size());
    const std::size_t cores = name.find("-Core");
    const std::size_t count = cores == std::string::npos ? cores : name.rfind(' ', cores);
    return name.substr(0, count);
}

/// "Zen 4" of "Zen 4 (Genoa)", "with AMX" of "AVX512_CORE_AMX"; empty of nothing.
std::string word_of_machine(const std::string& key, const std::string& value) {
    if (value.empty()) return {};
    if (key == kGeneration) return " " + value.substr(0, value.find(" ("));
    constexpr std::string_view kCommon = "AVX512_CORE_";
    return " with " + (value.starts_with(kCommon) ? value.substr(kCommon.size()) : value);
}

struct Titled {
    PageSource* source;
    std::string machine;
    std::vector<std::string> words;
};
using Group = std::vector<Titled*>;

template <class Value>
std::vector<Group> parts_by(const Group& group, Value value) {
    std::map<std::string, Group> parts;
    for (Titled* one : group) parts[value(*one->source)].push_back(one);
    std::vector<Group> list;
    for (auto& [key, part] : parts) list.push_back(std::move(part));
    return list;
}

/// Some files of version 0.2 took a hypervisor's model number at its word, also where the CPU multiplies with
/// AMX, which only Intel's "... Rapids" do.
std::string machine_fact(const PageSource& source, const std::string& key) {
    const std::string value = source.fact(key);
    const auto lacks = [](const std::string& text, const char* word) {
        return text.find(word) == std::string::npos;
    };
    if (key != kGeneration || value.empty() || lacks(source.fact(kInstructions), "AMX") ||
        !lacks(value, "Rapids"))
        return value;
    return "model " + source.fact("mnist.machine.cpu_model_number");
}

/// Machines with a word more than the CPU's name where only that tells them apart.
void name_machines(const Group& all) {
    std::vector<Group> groups = parts_by(all, [](const PageSource& one) { return one.fact(kModel); });
    for (const Group& group : groups)
        for (Titled* one : group) {
            one->machine = short_cpu(one->source->fact(kModel));
            if (one->machine.empty()) one->machine = one->source->fact("host_name");
        }
    for (const char* key : {kGeneration, kInstructions}) {
        std::vector<Group> finer;
        for (const Group& group : groups) {
            std::vector<Group> parts =
                parts_by(group, [key](const PageSource& one) { return machine_fact(one, key); });
            for (const Group& part : parts)
                for (Titled* one : part)
                    if (parts.size() > 1)
                        one->machine += word_of_machine(key, machine_fact(*one->source, key));
            finer.insert(finer.end(), parts.begin(), parts.end());
        }
        groups = std::move(finer);
    }
}

std::string stem(const std::string& name) {
    return name.ends_with(".json") ? name.substr(0, name.size() - 5) : name;
}

/// What tells results of one machine apart, in the order in which readers ask for it.
std::string distinction(const PageSource& source, std::size_t which) {
    struct Fact {
        const char* key;
        std::string_view one, many;  ///< units
    };
    constexpr std::array<Fact, 5> kFacts{{{"mnist.config.precision", "", ""},
                                          {"mnist.config.schedule", "", ""},
                                          {"mnist.config.epochs", " epoch", " epochs"},
                                          {"mnist.config.jobs", " job", " jobs"},
                                          {"mnist.config.threads", " thread", " threads"}}};
    constexpr std::size_t kDay = 10;  // of "2026-11-24T15:02:50Z"
    if (which == kFacts.size()) return source.train() != nullptr ? "training" : "benchmarks";
    if (which > kFacts.size()) return source.created().substr(0, kDay);
    const Fact& fact = kFacts.at(which);
    const std::string value = source.fact(fact.key);
    return value.empty() ? value : value + std::string(value == "1" ? fact.one : fact.many);
}
constexpr std::size_t kDistinctions = 7;

void tell_apart(const Group& group, std::size_t which) {
    if (group.size() < 2) return;
    if (which == kDistinctions) {
        for (Titled* one : group) one->words = {stem(one->source->name())};
        return;
    }
    const std::vector<Group> parts =
        parts_by(group, [which](const PageSource& one) { return distinction(one, which); });
    for (const Group& part : parts) {
        for (Titled* one : part)
            if (const std::string word = distinction(*one->source, which); parts.size() > 1 && !word.empty())
                one->words.push_back(word);
        tell_apart(part, which + 1);
    }
}

}  // namespace

std::vector<const ReportSource*> shown_sources(const std::vector<ReportSource>& given) {
    std::vector<const ReportSource*> shown;
    for (const ReportSource& source : given) shown.push_back(&source);
    if (given.size() <= kMostSources) return shown;
    std::map<std::string, std::vector<std::pair<std::string, const ReportSource*>>> machines;
    for (const ReportSource& source : given) {
        const Stamp stamp = stamp_of(source);
        machines[stamp.machine].emplace_back(stamp.created, &source);
    }
    const auto newest_first = [](const auto& a, const auto& b) { return a.first > b.first; };
    struct Turn {
        std::size_t turn;
        std::string created;
        const ReportSource* source;
    };
    std::vector<Turn> turns;
    for (auto& [machine, own] : machines) {
        std::ranges::stable_sort(own, newest_first);
        for (std::size_t i = 0; i < own.size(); ++i) turns.push_back({i, own[i].first, own[i].second});
    }
    std::ranges::stable_sort(turns, [](const Turn& a, const Turn& b) {
        return a.turn != b.turn ? a.turn < b.turn : a.created > b.created;
    });
    turns.resize(kMostSources);
    std::ranges::stable_sort(turns, [](const Turn& a, const Turn& b) { return a.created > b.created; });
    shown.clear();
    for (const Turn& one : turns) shown.push_back(one.source);
    return shown;
}

void set_titles(std::vector<PageSource>& sources) {
    std::vector<Titled> all;
    for (PageSource& source : sources) all.push_back({.source = &source, .machine = {}, .words = {}});
    Group group;
    for (Titled& one : all) group.push_back(&one);
    name_machines(group);
    std::map<std::string, Group> machines;
    for (Titled& one : all) machines[one.machine].push_back(&one);
    for (const auto& [machine, own] : machines) tell_apart(own, 0);
    for (Titled& one : all) {
        one.source->machine = one.machine;
        one.source->words = fmt::format("{}", fmt::join(one.words, ", "));
        one.source->title = machines.size() < 2 || one.machine.empty() ? one.source->name()
                            : one.words.empty()                        ? one.machine
                                                : fmt::format("{} ({})", one.machine, one.source->words);
        one.source->measurements.label = one.source->title;
    }
}

}  // namespace mnist
