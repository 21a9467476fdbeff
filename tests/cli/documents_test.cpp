// What the documents show is what is there: commands are typed, word for word, into a shell, and what they
// print has the lines that the documents show, whatever the numbers. Benchmarks are listed and not run,
// because they take minutes, but for those whose output is shown. What needs a network, other machines or
// root is only parsed. Pictures and output that no command of here makes are blocks of
// ```text, which nobody checks.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "days.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/results/train_json.hpp"
#include "typing.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

const fs::path kProject = MNIST_PROJECT;

struct Block {
    std::string language;
    std::vector<std::string> lines;
};

struct Document {
    std::string name;
    std::vector<Block> blocks;
    std::vector<std::string> spans;  ///< `in running text`
};

Document read_document(const fs::path& file) {
    Document document{fs::relative(file, kProject).string(), {}, {}};
    static const std::regex kSpan("`([^`]+)`");
    std::ifstream lines(file);
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            inside = !inside;
            if (inside) document.blocks.push_back({line.substr(3), {}});
        } else if (inside) {
            document.blocks.back().lines.push_back(line);
        } else if (line.starts_with("    ./")) {  // Markdown's other way, and that of plain text
            document.blocks.push_back({"sh", {line.substr(4)}});
        } else {
            for (std::sregex_iterator span(line.begin(), line.end(), kSpan), end; span != end; ++span)
                document.spans.push_back((*span)[1]);
        }
    }
    return document;
}

// All but what is no longer true of today: changes, and what was tried.
std::vector<Document> documents() {
    std::vector<Document> all;
    for (const char* const file : {"README.md", "CONTRIBUTING.md", "bench/RECORD.md", "bench/peers/README.md",
                                   "packaging/bundle-readme", "results/README.md"})
        all.push_back(read_document(kProject / file));
    for (const fs::directory_entry& file : fs::directory_iterator(kProject / "docs"))
        if (file.path().extension() == ".md") all.push_back(read_document(file.path()));
    return all;
}

std::string without_comment(const std::string& line) {
    return line.substr(0, line.find("  #"));
}

// The first word of a command that can be typed in a prepared folder, behind variables that are set for it.
bool can_be_typed(const std::string& command) {
    static const std::regex kOurs(R"(^([A-Z_]+=\S+ )*(\./run|(\./)?mnist|(\./)?mnist_bench)( .*)?$)");
    return std::regex_match(command, kOurs);
}

// The same for lines that differ in numbers, in widths, and in what a machine or a training may bring: names
// of it, kernels, who is faster, digits as pictures.
std::string shape(std::string line) {
    static const std::vector<std::pair<std::regex, std::string>> kClasses{
        {std::regex(R"(^[ .:=+*#%@-]*$)"), ""},
        {std::regex(R"(^[^:]+: .*, \d+ threads?$)"), "MACHINE"},
        {std::regex(R"(^(mnist|custom)\b)"), "DATA"},
        {std::regex(R"([a-z]+(:[a-z0-9_]+)+, \w+)"), "KERNEL"},
        {std::regex(R"((disturbed|peak_fraction|(epochs|seconds)_to_target)=\S+ )"), ""},
        {std::regex(R"(\b(SGD \+ Momentum|SGD|Adam)(?![/a-z]))"), "OPTIMIZER"},
        {std::regex(R"(\b(Slow|Faster|Fastest)\b)"), "SPEED"},
        {std::regex(R"((^|[ (,=x-])[+-]?[\d.,·]*[\d·]+(e-\d+)?[kMG]?)"), "$010"},
        {std::regex("(─|-){3,}"), "-"},
        {std::regex(R"(\s+)"), " "}};
    for (const auto& [pattern, name] : kClasses) line = std::regex_replace(line, pattern, name);
    return line;
}

std::vector<std::string> shapes(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) all.push_back(shape(line));
    return all;
}

// The first of the shown lines that is not printed, where the order is known behind the one before it; or
// nothing. "..." stands for any lines, and at the end of a line for the rest of it.
std::string not_printed(const std::vector<std::string>& shown, const std::vector<std::string>& printed,
                        bool in_order) {
    auto at = printed.begin();
    for (const std::string& line : shown) {
        if (line == "...") continue;
        std::string wanted = shape(line);
        const bool cut = line.ends_with(" ...");
        if (cut) wanted = shape(line.substr(0, line.size() - 4));
        at = std::find_if(in_order ? at : printed.begin(), printed.end(), [&](const std::string& one) {
            return cut ? one.starts_with(wanted) : one == wanted;
        });
        if (at == printed.end()) return line + "\n as " + wanted;
        ++at;
    }
    return "";
}

// What ./run starts, without its building and installing. What needs a network, other machines or minutes is
// looked up in its --help, or asked for its list.
constexpr const char* kRun = R"(#!/bin/sh
word=${1:-train}
case $word in
    test | build | check | package)
        for word; do "$MNIST_RUN_SCRIPT" --help | grep -q -- "$word" || [ -z "${word##*/*}" ] || exit 9; done
        exit 0 ;;
    bench) shift; exec mnist_bench "$@" ;;
    cluster) # as one process
        while [ "$1" != train ] && [ "$1" != bench ]; do shift; done
        [ "$1" = train ] || { shift; exec mnist_bench "$@"; }
        shift ;;
    train) shift $(($# > 0)) ;;
    -*) ;;
    *) exec mnist "$@" ;;
esac
exec mnist train "$@"
)";
constexpr const char* kBench = R"(#!/bin/sh
exec ")" MNIST_BENCH_PROGRAM R"(" "$@" ${MEASURED:---benchmark_list_tests}
)";

void write_program(const Workshop& place, const char* file, const char* script) {
    place.write(file, script);
    fs::permissions(place.folder() / file, fs::perms::owner_all);
}

void add_programs(const Workshop& place) {
    write_program(place, "run", kRun);
    write_program(place, "bin/mnist_bench", kBench);
    fs::create_symlink(MNIST_PROGRAM, place.folder() / "mnist");
    fs::create_symlink("bin/mnist_bench", place.folder() / "mnist_bench");
}

// The files that the documents name, beside those of --help; measured ones are the committed ones that they
// are of.
void add_files(const Workshop& place) {
    for (const fs::directory_entry& file : fs::directory_iterator(place.folder() / "tiny")) {
        const std::string name = file.path().filename().string();
        for (const std::string set : {"emnist-digits/", "held-out/", "emnist/emnist-letters-"})
            place.write(set + name, place.text_of("tiny/" + name));
    }
    for (int day = 0; day < kDays; ++day)
        place.write("results/" + std::to_string(100 + day) + ".json", result_of_day(day).dump());
    const std::vector<std::pair<std::string, std::string>> measured{
        {"bench.json", "amd-epyc-zen4-2-threads/2026-11-28-bench-train.json"},
        {"threads-1.json", "amd-epyc-zen5-2-threads/2026-11-24-bench-adam-threads-1.json"},
        {"threads-2.json", "amd-epyc-zen5-2-threads/2026-11-24-bench-adam-threads-2.json"},
        {"2026-11-27-train-one-cycle.json",
         "intel-xeon-model-207-amx-2-threads/2026-11-27-train-one-cycle.json"},
        {"2026-11-27-train-one-cycle-bf16.json",
         "intel-xeon-model-207-amx-2-threads/2026-11-27-train-one-cycle-bf16.json"}};
    for (const auto& [name, file] : measured)
        fs::copy_file(kProject / "results" / file, place.folder() / name);
    for (const char* const name : {"here.json", "there.json"}) place.write(name, score_result().dump());
}

// What trainings of MNIST say, seed 0 of the committed ones: another data set leads to other insights.
std::string reports_of_trainings() {
    std::string text;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(kProject / "results")) {
        const std::string name = file.path().filename().string();
        if (!contains(name, "-train.json") || contains(name, "bench")) continue;
        mnist::TrainResult result = mnist::read_train_result(file.path());
        std::erase_if(result.runs, [](const mnist::RunRecord& run) { return run.seed != 0; });
        result.config.seeds = 1;
        text += mnist::train_report(result, {});
    }
    return text;
}

bool lacks_a_tool(const std::string& command) {
    return (contains(command, "| jq") && !shell_has("jq")) ||
           (contains(command, "--figures") && !shell_has("gnuplot"));
}

// Types the command, checks how it ends and, where lines of its output are shown, those.
void check_command(const Workshop& place, const std::string& command, const std::vector<std::string>& shown) {
    const bool measured = !shown.empty() && contains(command, "bench");
    ::setenv("MEASURED", measured ? "--benchmark_min_time=0.01" : "--benchmark_list_tests", 1);
    const Typed typed = type(place, command);
    CAPTURE(typed.output);
    // There is no network, not that set, and perhaps no bf16; and a gate has its answer.
    const bool lacks = contains(typed.output, "Check the network") ||
                       contains(typed.output, "found other ones") ||
                       contains(typed.output, "a precision that this machine trains in");
    CHECK((typed.status == 0 || (lacks && typed.status == 2) ||
           (contains(command, "--mode gate") && typed.status == 1)));
    if (shown.empty()) return;
    const bool trained = command == "./run" || contains(command, "./run train");
    const std::string all = typed.output + (trained ? reports_of_trainings() : "");
    CHECK(not_printed(shown, shapes(all), !trained) == "");
}

}  // namespace

TEST_CASE("documents: each command can be typed, and prints lines like those that stand there", "[slow]") {
    const Workshop pictures, prepared;
    prepare_pictures(pictures);
    prepare_files(prepared);
    add_programs(pictures);
    add_programs(prepared);
    add_files(prepared);
    ::setenv("MNIST_RUN_SCRIPT", MNIST_RUN_SCRIPT, 1);
    std::size_t count = 0, shown_blocks = 0;
    for (const Document& document : documents()) {
        const Workshop workshop;  // nobody's results are in another's way
        fs::copy(prepared.folder(), workshop.folder(),
                 fs::copy_options::recursive | fs::copy_options::copy_symlinks |
                     fs::copy_options::overwrite_existing);
        // Its example are the forty days alone, of which no repository knows the commits.
        if (document.name == "docs/history.md")
            for (const char* const more : {"results/a", "results/b", ".git"})
                fs::remove_all(workshop.folder() / more);
        for (const Block& block : document.blocks) {
            CAPTURE(document.name, block.language);
            if (block.language.empty()) {
                REQUIRE(!block.lines.empty());
                CHECK(block.lines.front().starts_with("$ "));
                const std::string command = block.lines.front().substr(2);
                CAPTURE(command);
                check_command(contains(command, "predict") ? pictures : workshop, command,
                              {block.lines.begin() + 1, block.lines.end()});
                ++shown_blocks;
            }
            if (block.language != "sh") continue;
            for (const std::string& line : block.lines) {
                const std::string command = without_comment(line);
                if (!can_be_typed(command) || lacks_a_tool(command)) continue;
                if (contains(command, "build/")) continue;  // what another build leaves
                CAPTURE(command);
                // A training that is gone on with was cut off before it had its result.
                if (contains(command, "--resume")) fs::remove(workshop.folder() / "five.json");
                check_command(contains(command, "predict") ? pictures : workshop, command, {});
                ++count;
            }
        }
    }
    CHECK(count > 50);
    CHECK(shown_blocks > 7);
}

TEST_CASE(
    "documents: links lead to what is there, and each page is linked from the README and another page") {
    static const std::regex kLink(R"(\]\(([^)#]+)(#[^)]*)?\))");
    std::map<std::string, std::set<std::string>> linked_from;
    for (const Document& document : documents()) {
        const std::string text = mnist::read_file(kProject / document.name, 1U << 20U);
        for (std::sregex_iterator link(text.begin(), text.end(), kLink), end; link != end; ++link) {
            const std::string target = (*link)[1];
            if (target.starts_with("http")) continue;
            const fs::path file = ((kProject / document.name).parent_path() / target).lexically_normal();
            CAPTURE(document.name, target);
            CHECK(fs::exists(file));
            linked_from[fs::relative(file, kProject).string()].insert(document.name);
        }
    }
    for (const Document& document : documents()) {
        if (!document.name.starts_with("docs/")) continue;
        const std::set<std::string>& pages = linked_from[document.name];
        CAPTURE(document.name, pages);
        CHECK(pages.count("README.md") == 1);
        CHECK(pages.size() > 1);
    }
}

TEST_CASE("documents: blocks for a shell are a shell's language, and scripts that they call are there") {
    std::size_t scripts = 0;
    const Workshop workshop;
    for (const Document& document : documents()) {
        for (const Block& block : document.blocks) {
            if (block.language != "sh") continue;
            std::string text;
            for (const std::string& line : block.lines) {
                text += line + "\n";
                const std::string word = line.substr(0, line.find(' '));
                if (!word.starts_with("bench/") && !word.starts_with(".ci/")) continue;
                CAPTURE(document.name, line);
                const fs::path script = kProject / word;
                CHECK((fs::status(script).permissions() & fs::perms::owner_exec) != fs::perms::none);
                ++scripts;
            }
            workshop.write("block", text);
            CAPTURE(document.name, text);
            CHECK(type(workshop, "bash -n block").status == 0);
        }
    }
    CHECK(scripts > 4);
}

TEST_CASE("documents: commands and flags in running text are those of --help") {
    const Workshop workshop;
    std::map<std::string, std::string> helps;
    const auto help_of = [&](const std::string& program, const std::string& word) -> const std::string& {
        std::string command = "'" MNIST_PROGRAM "' " + word + " --help";
        if (program == "bench") command = "'" MNIST_BENCH_PROGRAM "' --help";
        if (program == "run") command = "'" MNIST_RUN_SCRIPT "' --help";
        std::string& text = helps[command];
        if (text.empty()) {
            const Typed typed = type(workshop, command);
            CAPTURE(command, typed.output);
            CHECK(typed.status == 0);
            text = typed.output;
        }
        return text;
    };
    std::size_t flags = 0;
    for (const Document& document : documents()) {
        for (const std::string& span : document.spans) {
            std::istringstream words(span);
            std::string program, word, flag;
            words >> program >> word;
            if (program.starts_with("./mnist")) program.erase(0, 2);
            if (program != "./run" && program != "mnist" && program != "mnist_bench") continue;
            if (word.starts_with("-") || program == "mnist_bench" || word.empty()) {
                words = std::istringstream(span.substr(span.find(program) + program.size()));
                word = program == "mnist_bench" ? "bench" : "train";
            }
            if (word == "COMMAND") continue;
            const bool of_run = word == "build" || word == "test" || word == "check" || word == "package";
            CAPTURE(document.name, span);
            const std::string& help = help_of(word == "bench" ? word : of_run ? "run" : "mnist", word);
            while (words >> flag) {
                flag = flag.substr(0, flag.find_first_of("=]"));
                if (flag.starts_with("[")) flag.erase(0, 1);
                if (!flag.starts_with("--")) continue;
                CAPTURE(flag);
                CHECK((contains(help, flag) || flag == "--help"));
                ++flags;
            }
        }
    }
    CHECK(flags > 15);
}
