// `mnist report` as a process: what it writes, what it refuses, and that nothing is left behind.
#include <cstdlib>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
}

}  // namespace

TEST_CASE("report: a page of a training, once alone and once with the training itself") {
    const Workshop workshop;
    const Finished train =
        workshop.train({"--epochs", "2", "--out", "a.json", "--report", "pages/a.html", "--quiet"});
    CAPTURE(train.output, train.error);
    REQUIRE(train.exit_code == 0);
    CHECK(contains(train.output, "Page: pages/a.html\n"));
    const Finished again = workshop.mnist({"report", "a.json"});
    REQUIRE(again.exit_code == 0);
    CHECK(again.output == "Page: report.html\n");
    const std::string page = workshop.text_of("report.html");
    CHECK(page.starts_with("<!doctype html>"));
    CHECK(contains(page, "\"schema\":\"mnist-report/1\""));
    CHECK(page == workshop.text_of("pages/a.html"));
    // The name that nobody chose is no reason to refuse the next one.
    CHECK(workshop.mnist({"report", "a.json"}).output == "Page: report-2.html\n");
    CHECK(page == workshop.text_of("report.html"));
}

TEST_CASE("report: what a training keeps for the page is what went wrong") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--optimizer", "sgd", "--sgd-lr", "1e-6", "--epochs", "1", "--out", "a.json"})
                .exit_code == 0);
    const nlohmann::json result = workshop.json_of("a.json");
    CHECK(result.at("sample_images").size() == 12);  // three of each of the four classes
    const nlohmann::json& mistakes = result.at("runs").at(0).at("worst_mistakes");
    REQUIRE(mistakes.size() == 25);  // hardly trained: most of the 100 images are wrong
    double before = 1;
    for (const nlohmann::json& mistake : mistakes) {
        CHECK(mistake.at("label") != mistake.at("predicted"));
        CHECK(mistake.at("probability").get<double>() <= before);
        before = mistake.at("probability");
        CHECK(mistake.at("pixels").get<std::string>().size() == 88);  // 64 bytes
    }
}

TEST_CASE("report: what cannot be shown exits 2, names the reason and writes nothing") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "1", "--out", "a.json"}).exit_code == 0);
    workshop.write("other.json", "{}");
    workshop.write("there.html", "mine");
    const std::size_t before = entries(workshop.folder());
    const auto refused = [&](std::vector<std::string> arguments, const std::string& what) {
        arguments.insert(arguments.begin(), "report");
        const Finished finished = workshop.mnist(arguments);
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, what));
    };
    refused({}, "expected one result file or more, found none");
    refused({"a.json", "other.json"}, "other.json");
    refused({"a.json", "missing.json"}, "missing.json");
    refused({"a.json", "./a.json"}, "expected each file once");
    refused({"a.json", "--out", "there.html"}, "there.html");
    refused({"a.json", "--out", "folder/"}, "folder/");
    refused({"a.json", "--ouut", "x.html"}, "--out");
    CHECK(entries(workshop.folder()) == before);
    CHECK(workshop.text_of("there.html") == "mine");
    const Finished train = workshop.train({"--epochs", "1", "--out", "b.json", "--report", "there.html"});
    CHECK(train.exit_code == 2);
    CHECK(contains(train.error, "Pages are never overwritten"));
    CHECK_FALSE(fs::exists(workshop.folder() / "b.json"));
}

TEST_CASE(
    "report: figures need gnuplot and say so, with it each is an SVG and a PNG, and none is overwritten") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "3", "--seeds", "2", "--out", "a'b.json"}).exit_code == 0);
    Launch without = workshop.launch({"report", "a'b.json", "--figures", "figures"});
    without.environment["PATH"] = "/nowhere";
    const Finished refused = run(without);
    CAPTURE(refused.error);
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.error, "apt-get install gnuplot-nox"));
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) {
        WARN("gnuplot is not installed: the figures themselves are not tested");
        return;
    }
    const Finished finished = workshop.mnist({"report", "a'b.json", "--figures", "figures"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK_FALSE(fs::exists(workshop.folder() / "report.html"));
    for (const char* name : {"accuracy", "curves-sgd", "confusion-adam", "throughput"}) {
        CAPTURE(name);
        CHECK(contains(workshop.text_of(fs::path("figures") / (std::string(name) + ".svg")), "</svg>"));
        CHECK(workshop.text_of(fs::path("figures") / (std::string(name) + ".png")).starts_with("\x89PNG"));
    }
    CHECK(contains(workshop.text_of("figures/throughput.svg"), "a'b.json"));
    for (const fs::directory_entry& entry : fs::directory_iterator(workshop.folder() / "figures"))
        CHECK_FALSE(entry.path().filename().string().starts_with("."));
    const Finished twice = workshop.mnist({"report", "a'b.json", "--figures", "figures"});
    CHECK(twice.exit_code == 2);
    CHECK(contains(twice.error, "Figures are never overwritten"));
}
