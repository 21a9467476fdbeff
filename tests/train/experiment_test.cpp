// The experiment on small synthetic sets: records, targets, divergence, interruption, and the same bits for
// every setting that must not change them.
#include "mnist/train/experiment.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/step/precision.hpp"
#include "mnist/train/pictures.hpp"
#include "small_experiment.hpp"

namespace mnist {

using namespace small;

TEST_CASE("experiment: every optimizer with every seed learns and is recorded in full") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.seeds = 2;
    const ExperimentOutcome outcome = run(config, set);
    REQUIRE(outcome.runs.size() == 6);
    CHECK_FALSE(outcome.interrupted);
    CHECK_FALSE(outcome.primitives.empty());
    for (const RunRecord& record : outcome.runs) {
        INFO(name(record.optimizer) << ", seed " << record.seed);
        CHECK(record.status == RunStatus::completed);
        REQUIRE(record.epochs.size() == 4);
        CHECK(record.epochs.back().train_loss.value() < record.epochs.front().train_loss.value());
        CHECK(record.last_accuracy == record.epochs.back().test_accuracy);
        CHECK(record.best_accuracy.value() >= record.last_accuracy.value());
        CHECK(record.best_accuracy.value() > 90);
        REQUIRE(record.first_epoch_at_target.has_value());
        double seconds = 0;
        for (int e = 0; e < *record.first_epoch_at_target; ++e)
            seconds += record.epochs[static_cast<std::size_t>(e)].train_seconds;
        CHECK(record.seconds_to_target.value() == Approx(seconds));
        CHECK(record.samples_per_second.value() > 0);
        CHECK(record.weights_sha256.size() == 64);
        std::uint64_t counted = 0;
        for (const auto& row : record.confusion_matrix) {
            for (const std::uint64_t n : row) counted += n;
        }
        CHECK(counted == 90);
        std::uint64_t errors = 90;
        for (std::size_t c = 0; c < 4; ++c) errors -= record.confusion_matrix[c][c];
        CHECK(record.worst_mistakes.size() == std::min<std::uint64_t>(errors, kWorstMistakes));
        for (const Mistake& mistake : record.worst_mistakes) {
            CHECK(record.confusion_matrix.at(mistake.image.label).at(mistake.predicted) > 0);
            CHECK(mistake.image.label == set.test.labels.at(mistake.image.index));
        }
    }
    CHECK(outcome.runs[0].weights_sha256 != outcome.runs[3].weights_sha256);
}

TEST_CASE("experiment: threads and loader change nothing in the weights") {
    const Dataset set = small_set(301);
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::adam};
    config.epochs = 2;
    config.precision = GENERATE(Precision::f32, Precision::bf16);
    if (precision_obstacle(config.precision)) return;
    for (const std::size_t batch : {std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{1000}}) {
        config.batch_size = batch;
        std::string expected;
        for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}}) {
            for (const std::size_t loaders : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
                config.threads = threads;
                config.loader_threads = loaders;
                const std::string hash = run(config, set).runs.front().weights_sha256;
                if (expected.empty()) expected = hash;
                INFO("batch " << batch << ", threads " << threads << ", loader threads " << loaders);
                CHECK(hash == expected);
            }
        }
    }
}

TEST_CASE("experiment: workers that cannot be pinned, as no such CPU is there, train the same bits") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::adam};
    config.threads = 0;
    ExperimentObserver observer;
    const ExperimentOutcome unpinned = run_experiment({.config = config,
                                                       .dataset = &set,
                                                       .initial_model = {},
                                                       .cpus = {.order = {900, 1 << 19, 901}, .cores = 2}},
                                                      observer, kNoStop);
    CHECK(unpinned.runs.at(0).weights_sha256 == run(config, set).runs.at(0).weights_sha256);
}

TEST_CASE("experiment: auto is one worker for each core, and a number stays what it is") {
    const UsableCpus siblings{.order = {0, 1, 2, 3}, .cores = 2};
    CHECK(team_size(0, siblings) == 2);
    CHECK(team_size(4, siblings) == 4);
    CHECK(team_size(1, siblings) == 1);
    CHECK(team_size(0, {}) == 1);
}

TEST_CASE("experiment: a diverging optimizer is recorded and the others go on") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.sgd_lr = 1e30;
    const ExperimentOutcome outcome = run(config, set);
    REQUIRE(outcome.runs.size() == 3);
    const RunRecord& sgd = outcome.runs[0];
    CHECK(sgd.status == RunStatus::diverged);
    REQUIRE(sgd.message);
    CHECK(sgd.message->find("epoch 1") != std::string::npos);
    REQUIRE(sgd.epochs.size() == 1);
    CHECK_FALSE(sgd.epochs[0].train_loss.has_value());
    CHECK_FALSE(sgd.samples_per_second.has_value());
    CHECK(outcome.runs[1].status == RunStatus::completed);
    CHECK(outcome.runs[2].status == RunStatus::completed);
}

TEST_CASE("experiment: a stop keeps the finished epochs and marks the run") {
    struct StopAfterTwo : ExperimentObserver {
        std::atomic<bool>* stop = nullptr;
        void epoch_finished(const RunRecord& record) override {
            if (record.epochs.size() == 2) stop->store(true);
        }
    };
    const Dataset set = small_set();
    TrainConfig config = small_config();
    std::atomic<bool> stop{false};
    StopAfterTwo observer;
    observer.stop = &stop;
    const ExperimentOutcome outcome =
        run_experiment({.config = config, .dataset = &set, .initial_model = {}, .cpus = {}}, observer, stop);
    CHECK(outcome.interrupted);
    REQUIRE(outcome.runs.size() == 1);
    CHECK(outcome.runs[0].status == RunStatus::interrupted);
    CHECK(outcome.runs[0].epochs.size() == 2);
    CHECK(outcome.runs[0].last_accuracy.has_value());
}

TEST_CASE("experiment: a stop in the middle of an epoch lets the loader go first, then its order of rows") {
    // What the loader still reads must outlive it; ThreadSanitizer sees it where it does not.
    class Stopper : public ExperimentObserver {
      public:
        explicit Stopper(std::atomic<bool>& stop) : stop_(stop) {}
        ~Stopper() override { timer_.join(); }
        void run_started(const RunRecord& /*record*/, std::size_t /*run*/, std::size_t /*runs*/) override {
            timer_ = std::thread([this] {
                std::this_thread::sleep_for(std::chrono::milliseconds{10});
                stop_.store(true);
            });
        }

      private:
        std::atomic<bool>& stop_;
        std::thread timer_;
    };
    const Dataset set = small_set(240);  // it looks at the first kilobyte of what is freed: 256 row numbers
    TrainConfig config = small_config();
    config.epochs = 1000000;
    config.batch_size = 4;
    config.loader_threads = 2;
    for (int round = 0; round < 20; ++round) {  // where in an epoch the stop comes is chance
        std::atomic<bool> stop{false};
        Stopper observer(stop);
        const ExperimentOutcome outcome = run_experiment(
            {.config = config, .dataset = &set, .initial_model = {}, .cpus = {}}, observer, stop);
        REQUIRE(outcome.interrupted);
        REQUIRE(outcome.runs.size() == 1);
    }
}

TEST_CASE("experiment: no epochs train nothing, and the weights are the initial ones") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.epochs = 0;
    const ExperimentOutcome outcome = run(config, set);
    const std::string initial = weights_sha256(initial_parameters({25, 20, 12, 4}, 0));
    for (const RunRecord& record : outcome.runs) {
        CHECK(record.epochs.empty());
        CHECK(record.weights_sha256 == initial);
        CHECK_FALSE(record.best_accuracy.has_value());
    }
}

TEST_CASE("experiment: training on from a model equals training on from the same weights") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::sgd};
    ExperimentObserver observer;
    ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
    const std::string from_seed = run_experiment(inputs, observer, kNoStop).runs[0].weights_sha256;
    inputs.initial_model = initial_parameters({25, 20, 12, 4}, 0);
    CHECK(run_experiment(inputs, observer, kNoStop).runs[0].weights_sha256 == from_seed);
    inputs.initial_model = initial_parameters({25, 20, 12, 4}, 1);
    CHECK(run_experiment(inputs, observer, kNoStop).runs[0].weights_sha256 != from_seed);
}

TEST_CASE("experiment: a schedule spans all epochs of a run, and every run starts it anew") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::sgd, OptimizerKind::adam};
    config.epochs = 1;
    const auto with_epochs = [&](std::size_t epochs) {
        config.epochs = epochs;
        return run(config, set).runs;
    };
    // Constant rates do not know how long the run will be; a cycle does from its first step.
    CHECK(with_epochs(1)[0].epochs[0].train_loss == with_epochs(2)[0].epochs[0].train_loss);
    config.schedule = ScheduleKind::one_cycle;
    config.peak_lr = 0.01;
    CHECK(with_epochs(1)[0].epochs[0].train_loss != with_epochs(2)[0].epochs[0].train_loss);
    const std::string second = with_epochs(2)[1].weights_sha256;
    config.optimizers = {OptimizerKind::adam};
    CHECK(with_epochs(2)[0].weights_sha256 == second);
}

TEST_CASE("experiment: without shuffling the order is the file's, in every epoch") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::sgd};
    const std::string shuffled = run(config, set).runs[0].weights_sha256;
    config.shuffle = false;
    const std::string in_order = run(config, set).runs[0].weights_sha256;
    CHECK(shuffled != in_order);
    CHECK(run(config, set).runs[0].weights_sha256 == in_order);
}

TEST_CASE("experiment: a batch larger than the set is one smaller batch") {
    const Dataset set = small_set(50);
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::sgd};
    config.batch_size = 50;
    const std::string exact = run(config, set).runs[0].weights_sha256;
    config.batch_size = 5000;
    CHECK(run(config, set).runs[0].weights_sha256 == exact);
}

TEST_CASE("evaluation: a stored model gives the accuracy that training saw") {
    struct KeepWeights : ExperimentObserver {
        ModelParameters kept;
        void run_finished(const RunRecord&, const ModelParameters& weights) override { kept = weights; }
    };
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::adam};
    KeepWeights observer;
    const auto outcome = run_experiment({.config = config, .dataset = &set, .initial_model = {}, .cpus = {}},
                                        observer, kNoStop);
    const Evaluation evaluation = evaluate_model(observer.kept, set, 32, 3, {});
    CHECK(evaluation.accuracy == outcome.runs[0].last_accuracy.value());
    CHECK(evaluation.loss == Approx(outcome.runs[0].epochs.back().test_loss.value()).epsilon(1e-6));
    CHECK(evaluation.confusion_matrix == outcome.runs[0].confusion_matrix);
}

TEST_CASE("experiment: a network larger than the memory is refused before anything is allocated") {
    TrainConfig config = small_config();
    config.hidden = {1000000, 1000000};
    CHECK_THROWS_AS(run(config, small_set(20, 10)), InputError);
}

TEST_CASE("configuration: impossible values are refused with their key") {
    const auto refused = [](const char* key, const std::function<void(TrainConfig&)>& spoil) {
        TrainConfig config;
        spoil(config);
        try {
            validate(config, nullptr);
        } catch (const InputError& error) {
            return error.fault().where == key;
        }
        return false;
    };
    CHECK(refused("--batch-size", [](TrainConfig& c) { c.batch_size = 0; }));
    CHECK(refused("--test-batch-size", [](TrainConfig& c) { c.test_batch_size = 0; }));
    CHECK(refused("--sgd-lr", [](TrainConfig& c) { c.sgd_lr = -1; }));
    CHECK(refused("--momentum-lr", [](TrainConfig& c) { c.momentum_lr = std::nan(""); }));
    CHECK(refused("--adam-lr", [](TrainConfig& c) { c.adam_lr = INFINITY; }));
    CHECK(refused("--momentum", [](TrainConfig& c) { c.momentum = 1; }));
    CHECK(refused("--warmup", [](TrainConfig& c) { c.warmup = 1; }));
    CHECK(refused("--peak-lr", [](TrainConfig& c) { c.peak_lr = 0.1; }));
    CHECK(refused("--peak-lr", [](TrainConfig& c) {
        c.schedule = ScheduleKind::one_cycle;
        c.peak_lr = 0;
    }));
    CHECK(refused("--hidden", [](TrainConfig& c) { c.hidden = {}; }));
    CHECK(refused("--hidden", [](TrainConfig& c) { c.hidden = {128, 0}; }));
    CHECK(refused("--optimizer", [](TrainConfig& c) { c.optimizers = {}; }));
    CHECK(refused("--optimizer", [](TrainConfig& c) {
        c.optimizers = {OptimizerKind::sgd, OptimizerKind::sgd};
    }));
    CHECK(refused("--seeds", [](TrainConfig& c) { c.seeds = 0; }));
    CHECK(refused("--threads", [](TrainConfig& c) { c.threads = 100000; }));
    CHECK(refused("--target-accuracy", [](TrainConfig& c) { c.target_accuracy = 101; }));
    TrainConfig fine;
    CHECK_NOTHROW(validate(fine, nullptr));
}

TEST_CASE("experiment: each run has facts of what disturbed it") {
    // Long enough to say something, however fast the machine is.
    struct SlowObserver final : ExperimentObserver {
        void epoch_finished(const RunRecord& /*run*/) override {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
        }
    } observer;
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.optimizers = {OptimizerKind::sgd, OptimizerKind::adam};
    const ExperimentOutcome outcome = run_experiment(
        {.config = config, .dataset = &set, .initial_model = {}, .cpus = {}}, observer, kNoStop);
    REQUIRE(outcome.runs.size() == 2);
    for (const RunRecord& run : outcome.runs) {
        CHECK(run.disturbance.other_cpu_share);
        CHECK(run.disturbance.involuntary_switches_per_s);
    }
}

}  // namespace mnist
