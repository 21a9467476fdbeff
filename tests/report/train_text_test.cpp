// Lines and tables, piece by piece; whole reports are in train_report_test.cpp.
#include "mnist/report/train_text.hpp"

#include <algorithm>

#include "catch.hpp"
#include "mnist/report/next_steps.hpp"
#include "mnist/report/run_groups.hpp"
#include "results/other_settings.hpp"

using mnist::confusion_table;
using mnist::ConfusionMatrix;
using mnist::epoch_line;
using mnist::RunStatus;
using mnist::TrainResult;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// `classes` classes with 100 samples each, of which one of class i is taken for class i + 1, two for class 3
/// where i is 7.
ConfusionMatrix many_classes(std::size_t classes) {
    ConfusionMatrix matrix(classes, std::vector<std::uint64_t>(classes, 0));
    for (std::size_t i = 0; i < classes; ++i) {
        matrix[i][i] = 99;
        matrix[i][(i + 1) % classes] = 1;
    }
    matrix[7] = std::vector<std::uint64_t>(classes, 0);
    matrix[7][7] = 98;
    matrix[7][3] = 2;
    return matrix;
}

/// Convergence speeds of the three optimizers, one seed each; 0: never reached.
std::vector<std::string> speeds(const std::vector<int>& first_epochs) {
    const std::vector<mnist_test::Course> courses{mnist_test::kSgd, mnist_test::kMomentum, mnist_test::kAdam};
    TrainResult result = mnist_test::sample_result();
    result.runs.clear();
    result.config.optimizers.clear();
    for (std::size_t i = 0; i < first_epochs.size(); ++i) {
        mnist_test::Course course = courses.at(i);
        course.first_epoch = first_epochs[i];
        result.config.optimizers.push_back(course.optimizer);
        result.runs.push_back(mnist_test::run(course, 0, 25));
    }
    return mnist::convergence_speeds(mnist::run_groups(result), 25);
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("epoch line: the original's wording") {
    CHECK(epoch_line(22, 25, {0.0859, 0.1012, 97.02, 1, 1}) ==
          "Epoch 22/25, Train Loss 0.0859, Test Loss 0.1012, Accuracy 97.02%");
    CHECK(epoch_line(1, 1, {0.08594999, 10, 100, 1, 1}) ==
          "Epoch 1/1, Train Loss 0.0859, Test Loss 10.0000, Accuracy 100.00%");
}

TEST_CASE("epoch line: an epoch that diverged says so") {
    CHECK(epoch_line(3, 25, {}) == "Epoch 3/25, diverged: the train loss is no finite number");
    CHECK(epoch_line(3, 25, {0.5, std::nullopt, std::nullopt, 1, 1}) ==
          "Epoch 3/25, Train Loss 0.5000, diverged: the test loss is no finite number");
}

TEST_CASE("convergence speed: three optimizers as in the original") {
    CHECK(speeds({22, 8, 5}) == Words{"Slow", "Faster", "Fastest"});
    CHECK(speeds({5, 8, 22}) == Words{"Fastest", "Faster", "Slow"});
}

TEST_CASE("convergence speed: one and two optimizers") {
    CHECK(speeds({22}) == Words{"-"});
    CHECK(speeds({22, 8}) == Words{"Slow", "Fastest"});
    CHECK(speeds({0, 8}) == Words{"-", "Fastest"});
}

TEST_CASE("convergence speed: ties share a word") {
    CHECK(speeds({22, 5, 5}) == Words{"Slow", "Fastest", "Fastest"});
    CHECK(speeds({8, 8, 5}) == Words{"Slow", "Slow", "Fastest"});
    CHECK(speeds({7, 7, 7}) == Words{"Equal", "Equal", "Equal"});
}

TEST_CASE("convergence speed: who never reaches the target has no rank and leaves nobody else slow") {
    CHECK(speeds({0, 8, 5}) == Words{"-", "Faster", "Fastest"});
    CHECK(speeds({0, 0, 0}) == Words{"-", "-", "-"});
}

TEST_CASE("convergence speed: over seeds the mean decides, never reached counts as later than all") {
    TrainResult result = mnist_test::sample_result();
    result.runs.clear();
    const auto add = [&](mnist_test::Course course, const std::vector<int>& first_epochs) {
        for (std::size_t seed = 0; seed < first_epochs.size(); ++seed) {
            course.first_epoch = first_epochs[seed];
            result.runs.push_back(mnist_test::run(course, seed, 25));
        }
    };
    add(mnist_test::kSgd, {10, 10});
    add(mnist_test::kMomentum, {2, 0});  // mean of 2 and 26
    add(mnist_test::kAdam, {10, 9});
    CHECK(mnist::convergence_speeds(mnist::run_groups(result), 25) == Words{"Faster", "Slow", "Fastest"});
}

TEST_CASE("summary table: many seeds show the range of first epochs") {
    TrainResult result = mnist_test::sample_result();
    result.runs.clear();
    for (std::size_t seed = 0; seed < 12; ++seed) {
        mnist_test::Course course = mnist_test::kAdam;
        course.first_epoch = seed == 3 ? 0 : 5 + static_cast<int>(seed % 4);
        result.runs.push_back(mnist_test::run(course, seed, 25));
    }
    CHECK(contains(mnist::summary_table(result, {}), "5 to 8 (11 of 12)"));
    CHECK(contains(mnist::summary_table(result, {}), "not run"));
}

TEST_CASE("summary table: runs that diverged are left out of the means") {
    TrainResult result = mnist_test::sample_result();
    result.config.optimizers = {mnist::OptimizerKind::adam};
    result.runs.clear();
    for (std::size_t seed = 0; seed < 3; ++seed)
        result.runs.push_back(mnist_test::run(mnist_test::kAdam, seed, 25));
    result.runs[0].last_accuracy = 97.2;
    result.runs[1].last_accuracy = 97.4;
    result.runs[2].last_accuracy = 11.35;
    result.runs[2].status = RunStatus::diverged;
    result.runs[2].message = "why";
    const std::string table = mnist::summary_table(result, {});
    CHECK(contains(table, "97.30 ± 0.14"));
    CHECK(contains(
        table,
        "! Adam, seed 2, diverged: why. It is left out of the means. A smaller --adam-lr may help.\n"));
}

TEST_CASE("confusion table: many classes list the worst cells instead of a broken table") {
    const std::string text = confusion_table(many_classes(47), {});
    CHECK(contains(text, "47 classes do not fit into 100 columns"));
    CHECK(contains(text, "\n7     3              2             2.00 %\n"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 13);  // sentence, heading, rule, ten cells
    CHECK(contains(confusion_table(many_classes(47), {.colour = false, .width = 300}), "recall"));
    CHECK(contains(confusion_table(many_classes(12), {}), "recall"));
}

TEST_CASE("confusion table: an empty row has no recall, an empty matrix no table") {
    CHECK(confusion_table({{0, 0}, {1, 3}}, {}) ==
          "      predicted\n"
          "true  0  1  total    recall\n"
          "───────────────────────────\n"
          "0     ·  ·      0         -\n"
          "1     1  3      4   75.00 %\n");
    CHECK(confusion_table({}, {}) == "No evaluation.\n");
}

TEST_CASE("confusion table: errors are shaded by their share of the row, the diagonal is not") {
    const std::string text = confusion_table({{97, 3, 0}, {10, 90, 0}, {0, 0, 0}}, {.colour = true});
    CHECK(contains(text, "\x1b[48;5;196m\x1b[38;5;16m  10\x1b[0m"));
    CHECK(contains(text, "\x1b[48;5;217m\x1b[38;5;16m   3\x1b[0m"));
    CHECK(contains(text, "\x1b[38;5;245m  97\x1b[0m"));
    CHECK_FALSE(contains(text, "48;5;210m"));
}

TEST_CASE("class names: garments for Fashion-MNIST only") {
    mnist::DatasetFacts dataset;
    dataset.name = "fashion-mnist";
    CHECK(mnist::class_names(dataset, 10).at(9) == "Ankle boot");
    CHECK(mnist::class_names(dataset, 3) == Words{"0", "1", "2"});
    dataset.name = "mnist";
    CHECK(mnist::class_names(dataset, 10).at(9) == "9");
}

TEST_CASE("train words: every setting of a result that has a flag is in the command that trains so again") {
    const TrainResult result = mnist_test::sample_of_all_settings();
    const auto words = [](const TrainResult& one) { return mnist::train_words(one, one.config.seeds); };
    Words without;
    for (const auto& [key, other] : mnist_test::with_one_other_setting(result))
        if (words(other) == words(result)) without.push_back(key);
    CHECK(without == Words{"adam_beta1", "adam_epsilon", "rmsprop_epsilon"});
}
