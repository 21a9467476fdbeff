// What --help and the documents show as commands is typed, word for word, into a shell: a folder with the
// tiny data set, the program in PATH, and the files that they name. Benchmarks that the documents show are
// listed and not run, because they take minutes.
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

// The lines below "Examples:", without what is said about them behind two spaces or more.
std::vector<std::string> examples_of(const std::string& help) {
    std::vector<std::string> examples;
    std::istringstream lines(help.substr(std::min(help.find("Examples:\n"), help.size())));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && line.starts_with("  "))
        examples.push_back(line.substr(2, line.find("  ", 2) - 2));
    return examples;
}

// Models for images of 28 x 28, and pictures under the names that the examples have: a bar each.
void prepare_pictures(const Workshop& workshop) {
    fs::create_directories(workshop.folder() / "bin");
    fs::create_symlink(MNIST_PROGRAM, workshop.folder() / "bin" / "mnist");
    REQUIRE(workshop
                .mnist({"train", "--dataset", "synthetic", "--optimizer", "adam", "--epochs", "1",
                        "--save-model", "models", "--quiet"})
                .exit_code == 0);
    REQUIRE(workshop
                .mnist({"quantize", "--dataset", "synthetic", "--model", "models/adam-seed0.safetensors",
                        "--out", "adam-int8.safetensors"})
                .exit_code == 0);
    const std::string row = std::string(12, '\xff') + std::string(6, '\0') + std::string(12, '\xff');
    std::string bar = "P5 30 40 255\n" + std::string(150, '\xff');
    for (int i = 0; i < 30; ++i) bar += row;
    bar += std::string(150, '\xff');
    for (const char* const name : {"seven.png", "scans/1.jpg", "postcode.pgm"}) workshop.write(name, bar);
}

// Nothing leaves the machine: a mirror is a proxy that refuses at once.
int typed(const Workshop& workshop, const std::string& example) {
    const std::string command =
        "cd '" + workshop.folder().string() +
        "'; export PATH=\"$PWD/bin:$PATH\" MNIST_DATA_DIR=\"$PWD/tiny\" https_proxy=http://127.0.0.1:1 "
        "http_proxy=http://127.0.0.1:1; unset MNIST_RUN; exec >>typed.log 2>&1; echo \"\\$ $EXAMPLE\"; " +
        example;
    ::setenv("EXAMPLE", example.c_str(), 1);
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool shell_has(const char* program) {
    return std::system(("command -v " + std::string(program) + " >/dev/null 2>&1").c_str()) == 0;
}

// A git repository in the folder, of one commit, which the results in it are then of.
void prepare_repository(const Workshop& workshop) {
    const std::string command =
        "cd '" + workshop.folder().string() +
        "' && git init --quiet && git -c user.name=nobody -c user.email=nobody@packages.invalid commit "
        "--quiet --allow-empty --message=first && git rev-parse HEAD >commit";
    REQUIRE(std::system(command.c_str()) == 0);
    const std::string commit = workshop.text_of("commit").substr(0, 40);
    for (const char* const name : {"results/a/1.json", "results/b/2.json"}) {
        nlohmann::json result = workshop.json_of(name);
        result["build"]["commit"] = commit;
        workshop.write(name, result.dump());
    }
}

// Results, scores and models under the names that --help and the documents have.
void prepare_files(const Workshop& workshop) {
    fs::create_directories(workshop.folder() / "bin");
    fs::create_symlink(MNIST_PROGRAM, workshop.folder() / "bin" / "mnist");
    const auto train = [&](const char* seed, const char* out) {
        REQUIRE(workshop.train({"--epochs", "1", "--seed", seed, "--out", out, "--quiet"}).exit_code == 0);
    };
    REQUIRE(workshop.train({"--epochs", "1", "--out", "before.json", "--save-model", "trained", "--quiet"})
                .exit_code == 0);
    train("9", "after.json");
    train("5", "server.json");
    for (const char* const name : {"before1.json", "laptop.json", "result.json", "results/a/1.json",
                                   "mnist-train-20260131T120000Z.json"})
        workshop.write(name, workshop.text_of("before.json"));
    for (const char* const name : {"before2.json", "desktop.json", "results/b/2.json"})
        workshop.write(name, workshop.text_of("after.json"));
    if (shell_has("git")) prepare_repository(workshop);
    workshop.write("score.json", score_result().dump());
    const std::string model = workshop.text_of("trained/adam-seed0.safetensors");
    workshop.write("adam.safetensors", model);
    workshop.write("pytorch.safetensors", as_if_from_elsewhere(model, "module."));
}

// Lines that call ./run, of the blocks of shell commands and behind "$ " in the others, without a comment.
std::vector<std::string> commands_of(const fs::path& document) {
    std::ifstream lines(document);
    std::vector<std::string> commands;
    std::string block;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            block = block.empty() ? line : "";
        } else if (!block.empty()) {
            if (block == "```" && !line.starts_with("$ ")) continue;
            if (line.starts_with("$ ")) line.erase(0, 2);
            if (line.starts_with("./run")) commands.push_back(line.substr(0, line.find("  #")));
        }
    }
    return commands;
}

// What ./run starts, without its building and installing. What needs a network, other machines or minutes is
// looked up in its --help, or asked for its list.
constexpr const char* kRun = R"(#!/bin/sh
word=${1:-train}
case $word in
    test | build | check | package)
        for word; do "$MNIST_RUN_SCRIPT" --help | grep -q -- "$word" || [ -z "${word##*/*}" ] || exit 9; done
        exit 0 ;;
    bench) shift; exec mnist_bench "$@" --benchmark_list_tests ;;
    train) shift $(($# > 0)) ;;
    -*) ;;
    *) exec mnist "$@" ;;
esac
exec mnist train "$@"
)";

}  // namespace

TEST_CASE("examples: each one of each --help can be typed", "[slow]") {
    const Workshop workshop;
    prepare_files(workshop);
    const Workshop pictures;
    prepare_pictures(pictures);

    const std::string overview = workshop.mnist({"--help"}).output;
    std::vector<std::string> all = examples_of(overview);
    std::istringstream names(overview.substr(overview.find("Subcommands:\n")));
    std::string line;
    std::getline(names, line);
    while (std::getline(names, line) && line.starts_with("  ")) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (!line.starts_with("   ") && !name.empty()) {
            const std::vector<std::string> more = examples_of(workshop.mnist({name, "--help"}).output);
            CAPTURE(name);
            CHECK(!more.empty());
            all.insert(all.end(), more.begin(), more.end());
        }
    }
    CHECK(all.size() > 20);
    // Evaluations read what the others write.
    std::stable_partition(all.begin(), all.end(),
                          [](const auto& one) { return !one.starts_with("mnist eval"); });
    for (const std::string& example : all) {
        if (contains(example, "| jq") && !shell_has("jq")) continue;
        if (contains(example, "--figures") && !shell_has("gnuplot")) continue;
        if (contains(example, "--repository .") && !shell_has("git")) continue;
        CAPTURE(example);
        const Workshop& place = example.starts_with("mnist predict") ? pictures : workshop;
        const int status = typed(place, example);
        const std::string log = place.text_of("typed.log");
        CAPTURE(log.substr(log.rfind("$ ")));
        // Without a network there is nothing to fetch; that it was tried says that the words were understood.
        if (example.starts_with("mnist fetch")) {
            CHECK(status == 2);
            CHECK(contains(log.substr(log.rfind("$ ")), "127.0.0.1"));
        } else if (contains(example, "fashion-mnist")) {
            CHECK(status == 2);  // another set than the one in the folder
            CHECK(contains(log.substr(log.rfind("$ ")), "images of Fashion-MNIST, found other ones"));
        } else {
            CHECK(status == 0);
        }
    }
}

TEST_CASE("documents: each command that they show can be typed", "[slow]") {
    const Workshop pictures, prepared;
    prepare_pictures(pictures);
    prepare_files(prepared);
    const auto add_run = [](const Workshop& place) {
        place.write("run", kRun);
        fs::permissions(place.folder() / "run", fs::perms::owner_all);
        fs::create_symlink(MNIST_BENCH_PROGRAM, place.folder() / "bin" / "mnist_bench");
    };
    add_run(pictures);
    add_run(prepared);
    for (const fs::directory_entry& file : fs::directory_iterator(prepared.folder() / "tiny")) {
        const std::string name = file.path().filename().string();
        prepared.write("emnist-digits/" + name, prepared.text_of("tiny/" + name));
        prepared.write("emnist/emnist-letters-" + name, prepared.text_of("tiny/" + name));
    }
    fs::copy_file(fs::path(MNIST_PROJECT) / "results/amd-epyc-zen4-2-threads/2026-11-28-bench-train.json",
                  prepared.folder() / "bench.json");
    for (const char* const name : {"2026-11-27-train-one-cycle.json", "2026-11-27-train-one-cycle-bf16.json"})
        fs::copy_file(fs::path(MNIST_PROJECT) / "results/intel-xeon-model-207-amx-2-threads" / name,
                      prepared.folder() / name);
    for (const char* const name : {"here.json", "there.json"}) prepared.write(name, score_result().dump());
    ::setenv("MNIST_RUN_SCRIPT", MNIST_RUN_SCRIPT, 1);
    std::vector<fs::path> documents{fs::path(MNIST_PROJECT) / "README.md"};
    for (const fs::directory_entry& file : fs::directory_iterator(fs::path(MNIST_PROJECT) / "docs"))
        if (file.path().extension() == ".md") documents.push_back(file.path());
    std::size_t count = 0;
    for (const fs::path& document : documents) {
        const Workshop workshop;  // nobody's results are in another's way
        fs::copy(prepared.folder(), workshop.folder(),
                 fs::copy_options::recursive | fs::copy_options::copy_symlinks |
                     fs::copy_options::overwrite_existing);
        for (const std::string& command : commands_of(document)) {
            if (contains(command, "| jq") && !shell_has("jq")) continue;
            if (contains(command, "--figures") && !shell_has("gnuplot")) continue;
            if (contains(command, "build/")) continue;  // a file that another build leaves
            CAPTURE(document.filename().string(), command);
            // A training that is gone on with was cut off before it had its result.
            if (contains(command, "--resume")) fs::remove(workshop.folder() / "five.json");
            const Workshop& place = command.starts_with("./run predict") ? pictures : workshop;
            const int status = typed(place, command);
            const std::string log = place.text_of("typed.log");
            CAPTURE(log.substr(log.rfind("$ ./run")));
            // There is no network, not that set, and perhaps no bf16.
            const std::string said = log.substr(log.rfind("$ ./run"));
            const bool lacks = contains(said, "Check the network") || contains(said, "found other ones") ||
                               contains(said, "a precision that this machine trains in");
            CHECK((status == 0 || (lacks && status == 2)));
            ++count;
        }
    }
    CHECK(count > 40);
}

TEST_CASE("run: an unknown command is refused at once with all of them, which are those of mnist") {
    const Workshop workshop;
    const std::string file = (workshop.folder() / "said").string();
    const int status = std::system(("'" MNIST_RUN_SCRIPT "' foo 2>" + file).c_str());
    CHECK(WEXITSTATUS(status) == 2);
    const std::string said = workshop.text_of("said");
    CHECK(contains(said, "found \"foo\""));
    CHECK(std::system(("'" MNIST_RUN_SCRIPT "' --help >" + file).c_str()) == 0);
    const std::string help = workshop.text_of("said");
    const std::string list = workshop.mnist({}).error;  // "... expected one of train, eval, ..., found ..."
    const std::size_t begin = list.find("one of ") + 7;
    std::istringstream names(list.substr(begin, list.find(", found") - begin));
    std::size_t count = 0;
    for (std::string name; names >> name; ++count) {
        if (name.ends_with(',')) name.pop_back();
        CAPTURE(name);
        CHECK(contains(said, name));
        CHECK(contains(help, name));
    }
    CHECK(count >= 7);
    for (const std::string name : {"bench", "test", "build", "check"}) CHECK(contains(said, name));
}
