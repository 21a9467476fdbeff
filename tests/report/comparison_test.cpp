// What a comparison looks like in every format, against files that a person has read.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "golden_text.hpp"
#include "mnist/report/comparison_csv.hpp"
#include "mnist/report/comparison_json.hpp"
#include "mnist/report/comparison_markdown.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/report/text.hpp"
#include "report/lines.hpp"
#include "report/sample_comparison.hpp"

using mnist::ComparedFiles;
using mnist_test::after;
using mnist_test::before;
using mnist_test::check_golden;
using mnist_test::compared;
using mnist_test::hostile;
using mnist_test::other_machine;
using mnist_test::widest_line;

namespace {

void round_to_four_digits(std::optional<double>& value) {
    if (value) value = std::stod(fmt::format("{:.4g}", *value));
}

void round_to_four_digits(std::optional<mnist::Interval>& interval) {
    if (!interval) return;
    for (double* const end : {&interval->lower, &interval->upper})
        *end = std::stod(fmt::format("{:.4g}", *end));
}

void round_to_four_digits(double& value) {
    value = std::stod(fmt::format("{:.4g}", value));
}

/// Last digits of logarithms differ between machines; golden files with all digits are made without them.
ComparedFiles with_four_digits(ComparedFiles files) {
    for (mnist::Comparison& comparison : files.comparisons) {
        for (mnist::ComparedRow& row : comparison.rows) {
            for (auto* const value : {&row.speed.ratio, &row.speed.p, &row.speed.p_adjusted,
                                      &row.efficiency_ratio, &row.peak_ratio})
                round_to_four_digits(*value);
            round_to_four_digits(row.speed.interval);
            if (row.accuracy) round_to_four_digits(row.accuracy->difference);
            if (row.accuracy) round_to_four_digits(row.accuracy->interval);
        }
        for (mnist::GroupComparison& group : comparison.named) {
            for (auto* const value : {&group.speed.ratio, &group.speed.p, &group.speed.p_adjusted})
                round_to_four_digits(*value);
            round_to_four_digits(group.speed.interval);
            if (group.accuracy) round_to_four_digits(group.accuracy->difference);
            if (group.accuracy) round_to_four_digits(group.accuracy->interval);
        }
        for (mnist::GeometricMean& mean : comparison.geomeans) {
            round_to_four_digits(mean.ratio);
            round_to_four_digits(mean.interval);
        }
    }
    for (mnist::FamilyRanking& ranking : files.rankings) {
        for (mnist::RankedMember& member : ranking.members) {
            round_to_four_digits(member.ratio);
            round_to_four_digits(member.interval);
            if (member.accuracy) round_to_four_digits(member.accuracy->difference);
            if (member.accuracy) round_to_four_digits(member.accuracy->interval);
        }
    }
    return files;
}

/// Fields of RFC 4180, written without looking at the writer.
std::vector<std::vector<std::string>> parsed_csv(const std::string& text) {
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> line;
    std::string field;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"') {
                field += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                field += text[++i];
            } else {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\n') {
            line.push_back(std::exchange(field, {}));
            if (c == '\n') lines.push_back(std::exchange(line, {}));
        } else if (c != '\r') {
            field += c;
        }
    }
    return lines;
}

}  // namespace

TEST_CASE("comparison: a gate on one machine as text, Markdown and CSV") {
    const ComparedFiles files = compared({before(), after()});
    check_golden("comparison_gate.txt", mnist::comparison_text(files, {}));
    check_golden("comparison_gate_colour.txt", mnist::comparison_text(files, {.colour = true, .width = 80}));
    check_golden("comparison_gate.md", mnist::comparison_markdown(files));
    check_golden("comparison_gate.csv", mnist::comparison_csv(with_four_digits(files)));
}

TEST_CASE("comparison: a report on two machines splits every ratio") {
    const ComparedFiles files = compared({before(), other_machine()});
    check_golden("comparison_report.txt", mnist::comparison_text(files, {}));
    check_golden("comparison_report.md", mnist::comparison_markdown(files));
    CHECK(widest_line(mnist::comparison_text(files, {})) <= 100);
}

TEST_CASE("comparison: three files have a ranking in every format") {
    const ComparedFiles files = compared({before(), after(), other_machine()});
    check_golden("comparison_ranking.txt", mnist::comparison_text(files, {}));
    check_golden("comparison_ranking.md", mnist::comparison_markdown(files));
    check_golden("comparison_ranking.csv", mnist::comparison_csv(with_four_digits(files)));
    check_golden("comparison_ranking.json", mnist::comparison_json(with_four_digits(files)));
}

TEST_CASE("comparison: names from a file are inert in every format") {
    const ComparedFiles files = compared({hostile("a|b.json", 1), hostile("=c.json", 2)});
    check_golden("comparison_hostile.txt", mnist::comparison_text(files, {}));
    check_golden("comparison_hostile.md", mnist::comparison_markdown(files));
    check_golden("comparison_hostile.csv", mnist::comparison_csv(with_four_digits(files)));
}

TEST_CASE(
    "comparison: of lists that differ each side has what the other has not, in lines, and nothing is cut") {
    mnist::Measurements one = before();
    mnist::Measurements two = after();
    const auto facts = [&](const char* key, const char* base, const char* other) {
        one.facts[key] = base;
        two.facts[key] = other;
        const std::string text = mnist::comparison_text(compared({one, two}), {});
        const std::size_t at = text.find(key);
        REQUIRE(at != std::string::npos);
        return text.substr(at, text.find("\n\n", at) - at);
    };
    CHECK(facts("mnist.build.libraries", "fmt 9.1.0", "fmt 9.1.0, libpng 1.6.39") ==
          "mnist.build.libraries  without  libpng 1.6.39");
    CHECK(facts("mnist.build.libraries", "fmt 9.1.0, zlib 1", "zlib 1, fmt 9.1.0") ==
          "mnist.build.libraries  fmt 9.1.0, zlib 1  zlib 1, fmt 9.1.0");
    CHECK(facts("mnist.build.libraries", "fmt 9.1.0, a library with a long name 1, zlib 1",
                "fmt 10.0.0, zlib 1") ==
          "mnist.build.libraries  fmt 9.1.0                     fmt 10.0.0\n"
          "                       a library with a long name 1");
}

TEST_CASE("comparison: no field of the CSV is a formula, and numbers come back to the last bit") {
    const ComparedFiles files = compared({hostile("a.json", 1), hostile("@b.json", 2)});
    const auto lines = parsed_csv(mnist::comparison_csv(files));
    REQUIRE(lines.size() == 8);  // heading, two rows, two groups, two families and all
    for (const auto& line : lines) {
        CHECK(line.size() == lines.front().size());
        for (const std::string& field : line) {
            if (field.empty() || std::string("=+-@\t").find(field.front()) == std::string::npos) continue;
            std::size_t used = 0;
            CAPTURE(field);
            CHECK_NOTHROW(std::stod(field, &used));
            CHECK(used == field.size());
        }
    }
    const auto column = std::find(lines[0].begin(), lines[0].end(), "ratio") - lines[0].begin();
    CHECK(std::stod(lines[1].at(static_cast<std::size_t>(column))) ==
          files.comparisons[0].rows[0].speed.ratio);
}

TEST_CASE("comparison: the cells of a Markdown table stay in their columns, whatever a name holds") {
    const ComparedFiles files = compared({hostile("a.json", 1), hostile("b.json", 2)});
    std::istringstream lines(mnist::comparison_markdown(files));
    std::size_t rows = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `") || line.starts_with("| `all` |")) continue;
        ++rows;
        std::size_t bars = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '\\') {
                ++i;  // whatever an escape stands before, it divides nothing
            } else if (line[i] == '|') {
                ++bars;
            }
        }
        CHECK(bars == 9);  // eight columns: other CPU models make it a report
    }
    CHECK(rows == 2);
}

TEST_CASE("comparison: a name of megabytes takes a line of text, and the JSON has it whole") {
    const std::string name(3 << 20, 'n');
    const ComparedFiles files = compared({mnist_test::side("a.json", {mnist_test::measured_row(name, 1)}),
                                          mnist_test::side("b.json", {mnist_test::measured_row(name, 2)})});
    CHECK(mnist::comparison_text(files, {}).size() < 10000);
    CHECK(mnist::comparison_markdown(files).size() < 10000);
    CHECK(nlohmann::json::parse(mnist::comparison_json(files)).at("rows").at(0).at("name") == name);
}

TEST_CASE("comparison: the summary has the form that it is promised in") {
    CHECK(mnist::comparison_summary(compared({before(), after()}).comparisons[0])
              .starts_with("after.json trains at 1.25 times before.json's speed (1.24 to 1.26), accuracy "
                           "worse (-0.51, -0.51 to -0.50); 1 of 5 rows slower, "));
    const auto one = [](double base, double other) {
        return mnist::comparison_summary(
            compared({mnist_test::side("a.json", {mnist_test::measured_row("Sort/8", base)}),
                      mnist_test::side("b.json", {mnist_test::measured_row("Sort/8", other)})})
                .comparisons[0]);
    };
    CHECK(one(2, 1) == "Sort/8: 2.00x faster (1.99 to 2.01)");
    CHECK(one(1, 2) == "Sort/8: 2.00x slower (1.99 to 2.01)");
    CHECK(one(1, 1) == "Sort/8: equally fast within 5 % (0.99 to 1.01)");
}

TEST_CASE("comparison: between machines rows are slower or faster, and only a gate has what regressed") {
    const auto words = [](const mnist::Measurements& other) {
        const mnist::Comparison comparison = compared({before(), other}).comparisons[0];
        std::vector<std::string> found;
        for (const mnist::ComparedRow& row : comparison.rows)
            found.push_back(mnist::verdict_words(row, comparison.mode));
        return found;
    };
    CHECK(words(after()) ==
          std::vector<std::string>{"improved", "traded", "regressed", "unchanged", "inconclusive"});
    CHECK(words(other_machine()) == std::vector<std::string>{"faster", "faster, less accurate", "slower",
                                                             "equally fast", "inconclusive"});
    for (const std::string& text : {mnist::comparison_text(compared({before(), other_machine()}), {}),
                                    mnist::comparison_markdown(compared({before(), other_machine()})),
                                    mnist::comparison_json(compared({before(), other_machine()})),
                                    mnist::comparison_csv(compared({before(), other_machine()}))}) {
        for (const char* const judgement : {"regressed", "improved", "traded"})
            CHECK(text.find(judgement) == std::string::npos);
    }
}

TEST_CASE("comparison: a disturbed row is called that in every format, and the summary counts it") {
    mnist::Measurements busy = after();
    busy.rows[1].disturbed = 9;
    const ComparedFiles files = compared({before(), busy});
    CHECK(mnist::verdict_words(files.comparisons[0].rows[0], mnist::CompareMode::gate) == "disturbed");
    CHECK(mnist::comparison_summary(files.comparisons[0]).find("1 disturbed") != std::string::npos);
    CHECK(mnist::comparison_text(files, {}).find("Train/Adam/batch:64                                     "
                                                 "disturbed     1.250x               10/10") !=
          std::string::npos);
    CHECK(mnist::comparison_markdown(files).find("| `Train/Adam/batch:64` | disturbed |") !=
          std::string::npos);
    CHECK(mnist::comparison_csv(files).find("Train/Adam/batch:64,disturbed,disturbed,1.25") !=
          std::string::npos);
    const auto row = nlohmann::json::parse(mnist::comparison_json(files)).at("rows").at(0);
    CHECK(row.at("verdict") == "disturbed");
    CHECK(row.at("joint_verdict") == "disturbed");
    CHECK(row.at("disturbed_new") == 9);
    // Nor is its ratio divided between machine and program.
    mnist::Measurements foreign = other_machine();
    CHECK(mnist::comparison_text(compared({before(), foreign}), {}).find("efficiency") != std::string::npos);
    for (mnist::MeasuredRow& one : foreign.rows) one.disturbed = 10;
    CHECK(mnist::comparison_text(compared({before(), foreign}), {}).find("efficiency") == std::string::npos);
    // With nothing else there is nothing to say.
    mnist::Measurements all = after();
    for (mnist::MeasuredRow& one : all.rows) one.disturbed = 10;
    const std::string said = mnist::comparison_summary(compared({before(), all}).comparisons[0]);
    CAPTURE(said);
    CHECK(said.starts_with("nothing can be said of speed: no row of the program has undisturbed times; "));
    CHECK(said.find("5 disturbed") != std::string::npos);
    CHECK(said.find("less accurate") != std::string::npos);
}

TEST_CASE("comparison: rows stand by name and number, each in one place however narrow the terminal") {
    const ComparedFiles files = compared({before(), other_machine()});
    const std::string text = mnist::comparison_text(files, {.colour = false, .width = 86});
    std::size_t found = 0;
    for (std::size_t at = text.find("\nTrain/SGD/batch:64"); at != std::string::npos;
         at = text.find("\nTrain/SGD/batch:64", at + 1))
        ++found;
    CHECK(found == 1);
    CHECK(text.find("interval") != std::string::npos);
    const auto place = [](const std::string& all, const std::string& what) { return all.find("\n" + what); };
    const std::string sorted = mnist::comparison_text(
        compared({mnist_test::side("a.json", {mnist_test::measured_row("T/batch:256", 1),
                                              mnist_test::measured_row("T/batch:64", 1),
                                              mnist_test::measured_row("T/batch:1024", 1)}),
                  mnist_test::side("b.json", {mnist_test::measured_row("T/batch:256", 1),
                                              mnist_test::measured_row("T/batch:64", 1),
                                              mnist_test::measured_row("T/batch:1024", 1)})}),
        {});
    CHECK(place(sorted, "T/batch:64") < place(sorted, "T/batch:256"));
    CHECK(place(sorted, "T/batch:256") < place(sorted, "T/batch:1024"));
}

TEST_CASE("comparison: latencies that grew are counted and named apart from the rows of times") {
    const auto file = [](const std::string& label, double tail) {
        mnist::Measurements made =
            mnist_test::side(label, {mnist_test::measured_row("Infer/batch:1", 1e-5),
                                     mnist_test::measured_row("Infer/batch:64", 1e-4)});
        for (mnist::MeasuredRow& row : made.rows)
            row.latencies = {{"p50", mnist_test::measured_row("", 1e-5).seconds},
                             {"p99", mnist_test::measured_row("", tail).seconds}};
        return made;
    };
    const auto summary = [&](double base, double other) {
        return mnist::comparison_summary(
            compared({file("a.json", base), file("b.json", other)}).comparisons[0]);
    };
    CHECK(summary(1e-5, 3e-5) ==
          "Infer: equally fast within 8 % (0.99 to 1.01); 2 of 2 rows equally fast; 2 of 4 latencies slower "
          "(Infer/batch:1 p99 and Infer/batch:64 p99)");
    CHECK(summary(3e-5, 1e-5).ends_with("; 2 of 2 rows equally fast; 2 of 4 latencies faster"));
    CHECK(summary(1e-5, 1e-5).ends_with("; 2 of 2 rows equally fast"));
}

namespace {

mnist::ComparedFiles pair_of(mnist::Measurements base, mnist::Measurements other) {
    mnist::ComparedFiles files;
    files.comparisons.push_back(mnist::compare(base, other, {}));
    return files;
}

/// `processes` of five repetitions each, apart by `apart`.
mnist::Measurements of_processes(const std::string& label, std::uint32_t processes, double apart) {
    mnist::MeasuredRow row;
    row.name = "Train/Adam/batch:64";
    for (std::uint32_t process = 0; process < processes; ++process)
        for (const double offset : {-0.9, 0.3, -0.4, 0.8, 0.1}) {
            row.seconds.push_back(1 + apart * (process % 3) + (offset + 0.01 * process) / 100);
            row.processes.push_back(process);
        }
    return mnist_test::side(label, {row});
}

}  // namespace

TEST_CASE(
    "comparison: processes that are judged, and how many more would decide a row, stand in every format") {
    const ComparedFiles files = pair_of(of_processes("a.json", 6, 0.1), of_processes("b.json", 7, 0.15));
    const std::string text = comparison_text(files, {.colour = false, .width = 1000});
    CHECK(text.find("processes are what is judged: 6 in a.json, 7 in b.json") != std::string::npos);
    CHECK(text.find("so many more processes on each side would decide undecided rows") != std::string::npos);
    CHECK(text.find(" for Train/Adam/batch:64\n") != std::string::npos);
    const auto json = nlohmann::json::parse(comparison_json(files));
    const auto& row = json.at("rows").at(0);
    CHECK(row.at("processes_base") == 6);
    CHECK(row.at("processes_new") == 7);
    CHECK(row.at("more_repetitions").is_null());
    CHECK(row.at("more_processes") == files.comparisons[0].rows[0].more->count);
    CHECK(comparison_csv(files).find(fmt::format(",6,7,,{}\r\n", files.comparisons[0].rows[0].more->count)) !=
          std::string::npos);
    CHECK(comparison_markdown(files).find("more processes on each side") != std::string::npos);
}

TEST_CASE("comparison: a level that looks have shared is said, and what no number would decide") {
    mnist::Measurements base = mnist_test::side("a.json", {mnist_test::measured_row("Infer/batch:1", 1)});
    mnist::Measurements other =
        mnist_test::side("b.json", {mnist_test::measured_row("Infer/batch:1", 1 / 1.0799)});
    other.facts["mnist.until_decided.planned_looks"] = "5";
    const ComparedFiles files = pair_of(base, other);  // the floor is 8 %
    const std::string text = comparison_text(files, {.colour = false, .width = 1000});
    CHECK(text.find(
              "5 looks were planned while it was measured, and each has its share of the level: 0.01 instead "
              "of 0.05") != std::string::npos);
    CHECK(text.find("no number of repetitions up to 10,000 would decide") != std::string::npos);
    const auto json = nlohmann::json::parse(comparison_json(files));
    CHECK(json.at("alpha").get<double>() == Approx(0.01));
    CHECK(json.at("planned_looks") == 5);
    CHECK(json.at("rows").at(0).at("more_repetitions").is_null());
}
