// What --help shows as commands is typed, word for word, into a shell.
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "catch.hpp"
#include "typing.hpp"

using namespace mnist::testing;

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
        const auto [status, said] = type(place, example);
        CAPTURE(said);
        // Without a network there is nothing to fetch; that it was tried says that the words were understood.
        if (example.starts_with("mnist fetch")) {
            CHECK(status == 2);
            CHECK(contains(said, "127.0.0.1"));
        } else if (contains(example, "fashion-mnist")) {
            CHECK(status == 2);  // another set than the one in the folder
            CHECK(contains(said, "images of Fashion-MNIST, found other ones"));
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
