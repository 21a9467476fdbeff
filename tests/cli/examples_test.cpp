// What --help shows as examples is typed, word for word, into a shell: a folder with the tiny data set, the
// program in PATH, and the files that the examples name.
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
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

}  // namespace

TEST_CASE("examples: each one of each --help can be typed", "[slow]") {
    const Workshop workshop;
    fs::create_directories(workshop.folder() / "bin");
    fs::create_symlink(MNIST_PROGRAM, workshop.folder() / "bin" / "mnist");
    // Results and models under the names that the examples have.
    REQUIRE(workshop.train({"--epochs", "1", "--out", "before.json", "--save-model", "trained", "--quiet"})
                .exit_code == 0);
    REQUIRE(workshop.train({"--epochs", "1", "--seed", "9", "--out", "after.json", "--quiet"}).exit_code ==
            0);
    for (const char* const name : {"before1.json", "laptop.json", "result.json", "results/a/1.json",
                                   "mnist-train-20260131T120000Z.json"})
        workshop.write(name, workshop.text_of("before.json"));
    for (const char* const name : {"before2.json", "desktop.json", "results/b/2.json"})
        workshop.write(name, workshop.text_of("after.json"));
    REQUIRE(workshop.train({"--epochs", "1", "--seed", "5", "--out", "server.json", "--quiet"}).exit_code ==
            0);
    workshop.write("score.json", score_result().dump());
    const std::string model = workshop.text_of("trained/adam-seed0.safetensors");
    workshop.write("adam.safetensors", model);
    workshop.write("pytorch.safetensors", as_if_from_elsewhere(model, "module."));
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
