// What is claimed in words, sentence by sentence, on results where the answer is planted.
#include <algorithm>

#include "catch.hpp"
#include "mnist/report/train_text.hpp"
#include "results/sample_result.hpp"

using mnist::insights;
using mnist::RunStatus;
using mnist::TrainResult;

namespace {

/// The sentences that contain `part`.
std::vector<std::string> about(const TrainResult& result, const std::string& part) {
    std::vector<std::string> found;
    for (const std::string& sentence : insights(result)) {
        if (sentence.find(part) != std::string::npos) found.push_back(sentence);
    }
    return found;
}

void check_one(const TrainResult& result, const std::string& part, const std::string& sentence) {
    const std::vector<std::string> found = about(result, part);
    REQUIRE(found.size() == 1);
    CHECK(found.front() == sentence);
}

TrainResult only(const mnist_test::Course& course) {
    TrainResult result = mnist_test::sample_result();
    result.config.optimizers = {course.optimizer};
    result.runs = {mnist_test::run(course, 0, 25)};
    return result;
}

/// SGD and Adam with these last accuracies, one seed after the other.
TrainResult seeds(const std::vector<double>& sgd, const std::vector<double>& adam) {
    TrainResult result = mnist_test::sample_result();
    result.config.optimizers = {mnist::OptimizerKind::sgd, mnist::OptimizerKind::adam};
    result.runs.clear();
    for (std::size_t seed = 0; seed < sgd.size(); ++seed) {
        result.runs.push_back(mnist_test::run(mnist_test::kSgd, seed, 25));
        result.runs.back().last_accuracy = sgd[seed];
        result.runs.push_back(mnist_test::run(mnist_test::kAdam, seed, 25));
        result.runs.back().last_accuracy = adam[seed];
    }
    return result;
}

}  // namespace

TEST_CASE("insights: best and worst class and the confused pairs, both directions added") {
    TrainResult result = only(mnist_test::kSgd);
    result.runs[0].confusion_matrix = {{100, 0, 0}, {0, 90, 10}, {1, 21, 78}};
    check_one(result, "recognised",
              "SGD: best recognised 0 (100.0 %), worst 2 (78.0 %); most often confused 1/2: 31 times, 0/2: "
              "1.");
}

TEST_CASE("insights: garments go by their names, and a slash in a name is not the one between two names") {
    TrainResult result = only(mnist_test::kSgd);
    result.dataset.name = "fashion-mnist";
    CHECK(about(result, "worst Coat").size() == 1);
    CHECK(about(result, "most often confused Coat and Ankle boot: 84 times").size() == 1);
    CHECK(about(result, "T-shirt/top and Shirt").empty());
    result.runs[0].confusion_matrix[6][0] = 200;
    CHECK(about(result, "T-shirt/top and Shirt: 205").size() == 1);
}

TEST_CASE("insights: without an error there is no worst class") {
    TrainResult result = only(mnist_test::kSgd);
    result.runs[0].confusion_matrix = {{5, 0}, {0, 5}};
    check_one(result, "recognises", "SGD recognises every test image.");
}

TEST_CASE("insights: a class without samples is neither best nor worst") {
    TrainResult result = only(mnist_test::kSgd);
    result.runs[0].confusion_matrix = {{0, 0, 0}, {0, 9, 1}, {0, 2, 8}};
    check_one(result, "recognised",
              "SGD: best recognised 1 (90.0 %), worst 2 (80.0 %); most often confused 1/2: 3 times.");
}

TEST_CASE("insights: fewest errors and by how much") {
    TrainResult result = mnist_test::sample_result();
    check_one(
        result, "fewest",
        "SGD + Momentum makes the fewest errors: 239 of 10,000, 10 fewer than Adam and 43 fewer than SGD.");
    result.runs[2].confusion_matrix = result.runs[1].confusion_matrix;
    check_one(result, "fewest",
              "SGD + Momentum and Adam make the fewest errors: 239 of 10,000 each, 43 fewer than SGD.");
    check_one(only(mnist_test::kSgd), "errs", "SGD errs on 282 of 10,000 test images.");
}

TEST_CASE("insights: one run is called one run, with Wilson's interval") {
    // scipy.stats.binomtest(9718, 10000).proportion_ci(method="wilson"): 0.96838 to 0.97487
    check_one(only(mnist_test::kSgd), "One run",
              "One run proves little: the choice of 10,000 test images alone leaves these 95 % intervals: "
              "SGD 96.84 to "
              "97.49 %; other seeds spread further (--seeds 5 shows it).");
    const TrainResult result = mnist_test::sample_result();
    CHECK(about(result, "Beyond that chance").empty());
    CHECK(about(result, "Within that chance").size() == 1);
    TrainResult apart = result;
    apart.runs[0].last_accuracy = 95.0;
    CHECK(about(apart, "Beyond that chance").front().find(": SGD / SGD + Momentum, SGD / Adam.") !=
          std::string::npos);
}

TEST_CASE("insights: a planted difference between optimizers is found over seeds") {
    const TrainResult result =
        seeds({97.93, 97.69, 97.92, 97.83, 98.03}, {97.63, 97.36, 97.55, 97.43, 96.77});
    // scipy.stats.ttest_ind(sgd, adam, equal_var=False): p = 0.0213; a single pair is not adjusted
    check_one(result, "beyond the spread",
              "SGD ends above Adam beyond the spread of the seeds: 0.53 points, interval 0.12 to 0.95, "
              "p = 0.021.");
    check_one(result, "Welch", "This is Welch's t test of the last accuracies, with its 95 % interval.");
    CHECK(about(result, "One run").empty());
}

TEST_CASE("insights: equal samples do not differ, and fewer than two completed runs cannot be compared") {
    check_one(
        seeds({97, 98, 99}, {97, 98, 99}), "beyond the spread",
        "SGD and Adam do not differ beyond the spread of the seeds: 0.00 points, interval -2.27 to 2.27, "
        "p = 1.000.");
    TrainResult result = seeds({97, 98}, {97, 98});
    result.runs[1].status = RunStatus::diverged;
    CHECK(about(result, "SGD and Adam cannot be compared").size() == 1);
    CHECK(about(seeds({97, 97}, {98, 98}), "cannot be compared").size() == 1);
}

TEST_CASE("insights: over several pairs the p value and the interval are adjusted alike and agree") {
    TrainResult result = seeds({97.08, 96.99, 96.99, 96.99, 97.09}, {97.63, 97.36, 97.55, 97.43, 96.77});
    result.config.optimizers.push_back(mnist::OptimizerKind::momentum);
    const std::vector<double> momentum{97.93, 97.69, 97.92, 97.83, 98.03};
    for (std::size_t seed = 0; seed < momentum.size(); ++seed) {
        result.runs.push_back(mnist_test::run(mnist_test::kMomentum, seed, 25));
        result.runs.back().last_accuracy = momentum[seed];
    }
    // Alone this pair would have p = 0.0213 and an interval of 0.12 to 0.95, which excludes 0; three pairs
    // make it 3 * 0.021297, and t(1 - 0.05 / 6, 5.1086) * 0.16225 = 3.5011 * 0.16225 on either side.
    check_one(result, "SGD + Momentum and Adam do not",
              "SGD + Momentum and Adam do not differ beyond the spread of the seeds: 0.53 points, interval "
              "-0.04 to 1.10, p = 0.064.");
    check_one(result, "Welch",
              "These are Welch's t tests of the last accuracies, adjusted for 3 comparisons (Bonferroni): p "
              "times 3, and intervals of 98.33 % each, so that with 95 % all of them hold.");
}

TEST_CASE("insights: the target, reached or not") {
    TrainResult result = only(mnist_test::kAdam);
    check_one(result, "reach", "Adam reaches 97.00 % in epoch 5.");
    result.runs[0].first_epoch_at_target.reset();
    result.runs[0].best_accuracy = 96.5;
    check_one(result, "reach", "Adam does not reach 97.00 % in 25 epochs (best 96.50 %).");
    result.runs[0].status = RunStatus::diverged;
    check_one(result, "reach", "Adam does not reach 97.00 % before it diverged (best 96.50 %).");
    result = seeds({97, 98}, {97, 98});
    result.runs[0].first_epoch_at_target.reset();
    CHECK(about(result, "SGD reaches 97.00 % with 1 of 2 seeds.").size() == 1);
}

TEST_CASE("insights: overfitting is claimed where the test loss rose clearly, and only there") {
    CHECK(about(only(mnist_test::kAdam), "Adam overfits").size() == 1);
    CHECK(about(only(mnist_test::kSgd), "overfits").empty());
    TrainResult result = only(mnist_test::kSgd);
    result.runs[0].epochs = {{0.3, 0.2, 94, 1, 1},
                             {0.2, 0.1, 96, 1, 1},
                             {0.15, 0.13, 97, 1, 1},
                             {0.12, 0.14, 97, 1, 1},
                             {0.1, 0.15, 97, 1, 1}};
    check_one(result, "overfits",
              "SGD overfits: its test loss was lowest after epoch 2 (0.1000) and has risen to 0.1500, while "
              "its train "
              "loss fell from 0.2000 to 0.1000.");
    result.runs[0].epochs[4].train_loss = 0.25;
    CHECK(about(result, "overfits").empty());
    result.runs[0].epochs[4].train_loss = 0.1;
    result.runs[0].epochs[3].test_loss = 0.105;  // a jump of the last epoch alone is none
    CHECK(about(result, "overfits").empty());
}

TEST_CASE("insights: without a full epoch nothing is claimed") {
    CHECK(insights(mnist_test::sample_result(0)).empty());
    CHECK(insights(TrainResult{}).empty());
}
