// Where the figures come from: the machines beside each other, then of every file what it says of machine,
// build, data and settings, and the command that measures it again.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "mnist/core/binary_size.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/report/text.hpp"
#include "page_limits.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Facts = std::map<std::string, std::string>;

std::string text(const Json& source, const char* key) {
    return source[key];
}

/// Keys behind `start`, and those facts alone.
Facts facts_below(const Json& source, const std::string& start) {
    Facts facts;
    for (const Json& fact : source["facts"]) {
        const std::string key = fact[0];
        if (key.starts_with(start)) facts[key.substr(start.size())] = fact[1];
    }
    return facts;
}

/// "cpu_family" as "CPU family".
std::string readable(const std::string& key) {
    static const std::map<std::string, std::string> kForms{{"cpu", "CPU"},       {"isa", "ISA"},
                                                           {"os", "system"},     {"numa", "NUMA"},
                                                           {"onednn", "oneDNN"}, {"smt", "SMT"}};
    std::string words;
    for (std::size_t begin = 0; begin < key.size();) {
        const std::size_t end = std::min(key.find('_', begin), key.size());
        const std::string word = key.substr(begin, end - begin);
        const auto form = kForms.find(word);
        words += (words.empty() ? "" : " ") + (form == kForms.end() ? word : form->second);
        begin = end + 1;
    }
    if (!words.empty() && words.front() >= 'a' && words.front() <= 'z' && !words.starts_with("oneDNN"))
        words.front() = static_cast<char>(words.front() - 'a' + 'A');
    return words;
}

/// "L1 data 32 KiB × 2" of caches.0.level and its like.
std::string cache_words(const Facts& machine) {
    std::vector<std::string> words;
    const auto fact = [&](const char* key) {
        const auto found = machine.find(fmt::format("caches.{}.{}", words.size(), key));
        return found == machine.end() ? std::string{} : found->second;
    };
    while (!fact("level").empty()) {
        std::string size = binary_size(fact("bytes"));
        if (const std::size_t blank = size.find(' '); blank != std::string::npos)
            size.replace(blank, 1, "\u00a0");
        words.push_back(fmt::format("L{} {} {} × {}", fact("level"), fact("type"), size, fact("instances")));
    }
    return fmt::format("{}", fmt::join(words, ", "));
}

/// What a file says of its machine under readable names, whatever facts there are: lists in one, bytes as GB.
/// The model has the row's heading.
Facts machine_facts(const Json& source) {
    constexpr double kGigabyte = 1e9;
    const std::string bytes = "_bytes";
    const Facts all = facts_below(source, "mnist.machine.");
    Facts shown;
    for (const auto& [key, value] : all) {
        const std::size_t dot = key.find('.');
        if (key == "cpu_model" || key.starts_with("caches.")) continue;
        if (dot != std::string::npos) {
            std::string& list = shown[readable(key.substr(0, dot))];
            list += (list.empty() ? "" : ", ") + value;
        } else if (const auto number = parsed<double>(value); key.ends_with(bytes) && number) {
            shown[readable(key.substr(0, key.size() - bytes.size())) + ", GB"] =
                three_digits(*number / kGigabyte);
        } else {
            shown[readable(key)] = value;
        }
    }
    if (const std::string caches = cache_words(all); !caches.empty()) shown["Caches"] = caches;
    return shown;
}

/// Files of one machine with as many threads.
struct Machine {
    std::string cpu, threads;
    Facts facts;
    std::vector<std::string> files{}, days{};
    std::vector<double> peaks{};  ///< GFLOP/s
};

/// Of several counts of threads, the last one is the greatest.
std::optional<double> peak_of(const Json& source) {
    const Facts peaks = facts_below(source, "mnist.fma_peak_gflops");
    const std::string threads = text(source, "threads");
    for (const std::string& key : {std::string{}, ".threads:" + threads.substr(threads.rfind(',') + 1)}) {
        if (const auto found = peaks.find(key); found != peaks.end()) return parsed<double>(found->second);
    }
    return std::nullopt;
}

std::vector<Machine> machines_of(const Json& report) {
    constexpr std::size_t kDay = 10;  // of "2026-11-24T15:02:50Z"
    std::vector<Machine> machines;
    for (const Json& source : report["sources"]) {
        const std::string cpu = text(source, "cpu_model");
        if (cpu.empty()) continue;
        const std::string threads = text(source, "threads");
        Facts facts = machine_facts(source);
        auto machine = std::ranges::find_if(machines, [&](const Machine& m) {
            return m.cpu == cpu && m.threads == threads && m.facts == facts;
        });
        if (machine == machines.end()) machine = machines.insert(machine, {cpu, threads, std::move(facts)});
        machine->files.push_back(text(source, "name"));
        if (const std::string created = text(source, "created"); !created.empty())
            machine->days.push_back(created.substr(0, kDay));
        if (const auto peak = peak_of(source)) machine->peaks.push_back(*peak);
    }
    return machines;
}

/// "230 to 241", or one value where there is no other.
template <class Value, class Format>
Html range_cell(const std::vector<Value>& values, Format format) {
    if (values.empty()) return {};
    const auto [least, greatest] = std::ranges::minmax_element(values);
    const std::string low = format(*least);
    const std::string high = format(*greatest);
    return low == high ? low : low + " to " + high;
}

/// What people compare CPUs by first, then all else that a file says of its machine.
Html machine_table(const Json& report) {
    const std::vector<Machine> machines = machines_of(report);
    if (machines.empty()) return {};
    std::vector<HtmlColumn<Machine>> columns{
        {"CPU", "wide", [](const Machine& m) { return Html(m.cpu); }},
        {"Files", "wide", [](const Machine& m) { return Html(fmt::format("{}", fmt::join(m.files, ", "))); }},
        {"Measured", "",
         [](const Machine& m) { return range_cell(m.days, [](const std::string& day) { return day; }); }},
        {"Threads", "", [](const Machine& m) { return Html(m.threads); }},
        {"Multiply-add peak, GFLOP/s", "",
         [](const Machine& m) { return range_cell(m.peaks, three_digits); }}};
    // What people look at first; the rest by name.
    const std::array kFirst{"CPU generation", "Usable cores", "Instructions", "ISA",
                            "oneDNN ISA",     "Memory, GB"};
    const auto place = [&](const std::string& name) {
        return std::find(kFirst.begin(), kFirst.end(), name) - kFirst.begin();
    };
    std::vector<std::string> names;
    for (const Machine& machine : machines) {
        for (const auto& [name, value] : machine.facts) {
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
    }
    std::ranges::sort(names, [&](const std::string& one, const std::string& other) {
        return std::pair(place(one), one) < std::pair(place(other), other);
    });
    for (const std::string& name : names)
        columns.push_back({name, name == "Caches" ? "wide" : "", [name](const Machine& m) {
                               const auto fact = m.facts.find(name);
                               return fact == m.facts.end() ? Html{} : Html(fact->second);
                           }});
    // So many columns are read as blocks, never as a line.
    return parts_in_turn({{"Machines", el("div.blocks", table(columns, machines))}},
                         machines.size() > 2 ? 0 : 1);
}

/// Lines end between words only, not behind the dashes of a flag; a word that is longer than a line is the
/// exception.
Html command_block(const std::string& command) {
    Html words;
    for (std::size_t begin = 0; begin < command.size();) {
        const std::size_t end = std::min(command.find(' ', begin), command.size());
        words += Html(begin > 0 ? " " : "") + el("span", command.substr(begin, end - begin));
        begin = end + 1;
    }
    return el("code.command", words);
}

Html all_facts(const Json& source) {
    constexpr std::array kGroups{
        std::pair{"mnist.machine.", "Machine"}, std::pair{"mnist.build.", "Build"},
        std::pair{"mnist.dataset.", "Data"},    std::pair{"mnist.config.", "Settings"},
        std::pair{"mnist.run.", "Run"},         std::pair{"", "Everything else"}};
    std::array<Html, kGroups.size()> groups;
    for (const Json& fact : source["facts"]) {
        const std::string key = fact[0];
        std::size_t g = 0;
        while (!key.starts_with(kGroups.at(g).first)) ++g;
        groups.at(g) += el("dt", key.substr(std::string_view(kGroups.at(g).first).size())) +
                        el("dd", fact[1].get<std::string>());
    }
    Html all;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (!groups.at(g).empty()) all += el("h4.spaced", kGroups.at(g).second) + el("dl", groups.at(g));
    }
    return disclosure(fmt::format("Machine, build and data ({} facts)", source["facts"].size()), all);
}

Html counted(const std::string& title, const std::vector<std::string>& texts) {
    return texts.empty() ? Html{} : disclosure(fmt::format("{} ({})", title, texts.size()), sentences(texts));
}

Html source_facts(const Json& source, bool has_all) {
    constexpr std::size_t kCommit = 12;
    std::string origin = source["kind"] == "train" ? "Training" : "Benchmarks";
    if (const std::string label = text(source, "label"); !label.empty()) origin += " on " + label;
    if (const std::string created = text(source, "created"); !created.empty()) origin += ", " + created;
    origin += ".";
    if (const std::string version = text(source, "version"); !version.empty())
        origin += " Version " + version;
    if (const std::string commit = text(source, "commit"); !commit.empty())
        origin += ", commit " + commit.substr(0, kCommit);
    if (!origin.ends_with(".")) origin += ".";
    std::vector<std::string> disturbed;
    for (std::size_t i = 0; i < source["disturbed_rows"].size(); ++i)
        disturbed.push_back(source["disturbed_rows"][i].get<std::string>() + ": " +
                            source["disturbed_by"][i].get<std::string>());
    std::vector<std::string> skipped;
    for (const Json& row : source["skipped"])
        skipped.push_back(text(row, "name") + ": " + text(row, "reason"));
    Html all = el("p.note", origin);
    if (const std::string command = text(source, "command"); !command.empty()) all += command_block(command);
    if (const std::string note = text(source, "command_note"); !note.empty()) all += el("p.note", note);
    return all + counted("Disturbed benchmarks", disturbed) + counted("Rows that were left out", skipped) +
           (has_all ? all_facts(source) : Html{});
}

}  // namespace

Html facts_section(const Json& report) {
    constexpr std::size_t kMostOpen = 3;
    const Json& sources = report["sources"];
    std::vector<Part> files;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::string title = text(sources[i], "title");
        const std::string name = text(sources[i], "name");
        files.push_back(
            {title == name ? name : name + " · " + title, source_facts(sources[i], i < kMostFactTables)});
    }
    const Html list =
        parts_in_turn(files, files.size() > kMostOpen ? 0 : files.size()) +
        (files.size() > kMostFactTables ? el("p.note", fmt::format("All facts of {} of {} files are here.",
                                                                   kMostFactTables, files.size()))
                                        : Html{});
    constexpr std::size_t kMostListed = 12;
    const std::size_t count = files.size();
    return machine_table(report) +
           (count > kMostListed ? parts_in_turn({{fmt::format("All {} files", count), list}}, 0) : list);
}

}  // namespace mnist
