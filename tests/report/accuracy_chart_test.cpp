// The chart that closes `mnist train` on a terminal.
#include "accuracy_chart.hpp"

#include "catch.hpp"
#include "mnist/report/text.hpp"
#include "results/sample_result.hpp"

using mnist::accuracy_chart;
using mnist::run_groups;
using mnist::TextStyle;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

constexpr TextStyle kPlain{.colour = false, .width = 60, .unicode = true};

}  // namespace

TEST_CASE("accuracy chart: a rising line goes from the lower left to the upper right") {
    mnist::TrainResult result = mnist_test::sample_result(2);
    result.runs.resize(1);
    result.config.optimizers = {mnist::OptimizerKind::sgd};
    result.runs[0].epochs[0].test_accuracy = 90;
    result.runs[0].epochs[1].test_accuracy = 98;
    const std::vector<std::string> lines = lines_of(accuracy_chart(run_groups(result), kPlain));
    REQUIRE(lines.size() == 13);  // ten rows, rule, epochs, legend
    CHECK(lines[0].starts_with(" 98.00 ┤"));
    CHECK(lines[9].starts_with(" 90.00 ┤"));
    CHECK(lines[0].ends_with("⠉"));  // the last column's dots are at the top
    CHECK(lines[9].starts_with(" 90.00 ┤⣀"));
    CHECK(lines[11].ends_with("epoch 2"));
    CHECK(lines[12] == "       ⠤⠤⠤ SGD 98.00 %");
}

TEST_CASE("accuracy chart: it fits the width, and every optimizer is in the legend") {
    const mnist::TrainResult result = mnist_test::sample_result();
    for (const int width : {40, 60, 80, 200}) {
        CAPTURE(width);
        const std::string chart =
            accuracy_chart(run_groups(result), {.colour = false, .width = width, .unicode = true});
        for (const std::string& line : lines_of(chart))
            CHECK(mnist::display_width(line) <= static_cast<std::size_t>(width));
        for (const char* title : {"SGD 97.18 %", "SGD + Momentum 97.61 %", "Adam 97.51 %"})
            CHECK(chart.find(title) != std::string::npos);
    }
}

TEST_CASE(
    "accuracy chart: there is none without Unicode, on a narrow terminal, or with fewer than two epochs") {
    const mnist::TrainResult result = mnist_test::sample_result();
    CHECK(accuracy_chart(run_groups(result), {.colour = true, .width = 100, .unicode = false}).empty());
    CHECK(accuracy_chart(run_groups(result), {.colour = true, .width = 39, .unicode = true}).empty());
    CHECK(accuracy_chart(run_groups(mnist_test::sample_result(1)), kPlain).empty());
    CHECK(accuracy_chart(run_groups(mnist_test::sample_result(0)), kPlain).empty());
}

TEST_CASE("accuracy chart: a flat line is drawn, and colours end where they began") {
    mnist::TrainResult result = mnist_test::sample_result(3);
    for (mnist::RunRecord& run : result.runs) {
        for (mnist::EpochRecord& epoch : run.epochs) epoch.test_accuracy = 97;
    }
    const std::string chart =
        accuracy_chart(run_groups(result), {.colour = true, .width = 60, .unicode = true});
    for (const std::string& line : lines_of(chart)) {
        const std::size_t last = line.rfind("\x1b[");
        if (last != std::string::npos) CHECK(line.substr(last).starts_with("\x1b[0m"));
    }
    CHECK(chart.find("\x1b[38;5;35m") != std::string::npos);
}
