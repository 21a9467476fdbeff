// Runs side by side: the records, bits and order of runs one by one, also where one fails, diverges or is cut
// off.
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include "catch.hpp"
#include "mnist/train/experiment.hpp"
#include "small_experiment.hpp"

namespace mnist {

using namespace small;

TEST_CASE("jobs: runs side by side have the records and bits of runs one by one, in their order") {
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.seeds = 3;
    const ExperimentOutcome alone = run(config, set);
    REQUIRE(alone.runs.size() == 9);
    for (const std::size_t jobs : {2U, 3U, 4U, 9U, 20U}) {
        for (const std::size_t threads : {0U, 1U, 2U}) {
            CAPTURE(jobs, threads);
            config.jobs = jobs;
            config.threads = threads;
            ExperimentInputs inputs{
                .config = config, .dataset = &set, .initial_model = {}, .cpus = {{0, 1, 2}, 3}};
            inputs.widens = threads != 2;
            ExperimentObserver nobody;
            const ExperimentOutcome beside = run_experiment(inputs, nobody, kNoStop);
            CHECK_FALSE(beside.interrupted);
            CHECK_FALSE(beside.failure);
            REQUIRE(beside.runs.size() == 9);
            for (std::size_t r = 0; r < 9; ++r) {
                const RunRecord& a = alone.runs[r];
                const RunRecord& b = beside.runs[r];
                CHECK(a.optimizer == b.optimizer);
                CHECK(a.seed == b.seed);
                CHECK(a.weights_sha256 == b.weights_sha256);
                CHECK(a.confusion_matrix == b.confusion_matrix);
                REQUIRE(a.epochs.size() == b.epochs.size());
                for (std::size_t e = 0; e < a.epochs.size(); ++e)
                    CHECK(a.epochs[e].train_loss == b.epochs[e].train_loss);
            }
        }
    }
}

TEST_CASE("jobs: what they tell comes one call at a time, each run's in its order") {
    struct Listener final : ExperimentObserver {
        void enter() { CHECK_FALSE(inside.exchange(true)); }
        void run_started(const RunRecord& run, std::size_t index, std::size_t runs) override {
            enter();
            CHECK(runs == 6);
            CHECK(started.emplace(std::pair(run.seed, run.optimizer), index).second);
            inside = false;
        }
        void epoch_finished(const RunRecord& run) override {
            enter();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            CHECK(run.epochs.size() == ++epochs[std::pair(run.seed, run.optimizer)]);
            inside = false;
        }
        void run_finished(const RunRecord& run, const ModelParameters& weights) override {
            enter();
            CHECK(run.weights_sha256 == weights_sha256(weights));
            CHECK(epochs[std::pair(run.seed, run.optimizer)] == 4);
            inside = false;
        }
        std::atomic<bool> inside{false};
        std::map<std::pair<std::uint64_t, OptimizerKind>, std::size_t> started, epochs;
    };
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.seeds = 2;
    config.jobs = 3;
    config.threads = 1;
    Listener listener;
    const ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
    CHECK(run_experiment(inputs, listener, kNoStop).runs.size() == 6);
    CHECK(listener.started.size() == 6);
}

TEST_CASE("jobs: an interruption keeps and marks every run that was under way") {
    struct Stopper final : ExperimentObserver {
        void epoch_finished(const RunRecord& run) override {
            begun.insert(run.optimizer);
            if (begun.size() == 3) stop = true;
        }
        std::set<OptimizerKind> begun;
        std::atomic<bool> stop{false};
    };
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.epochs = 100'000;
    config.jobs = 3;
    config.threads = 1;
    Stopper stopper;
    const ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
    const ExperimentOutcome outcome = run_experiment(inputs, stopper, stopper.stop);
    CHECK(outcome.interrupted);
    REQUIRE(outcome.runs.size() == 3);
    for (std::size_t r = 0; r < 3; ++r) {
        CHECK(outcome.runs[r].status == RunStatus::interrupted);
        CHECK(outcome.runs[r].optimizer == config.optimizers[r]);
        CHECK_FALSE(outcome.runs[r].weights_sha256.empty());
    }
}

TEST_CASE("jobs: one that fails ends all, and the others' runs are kept as interrupted") {
    struct Failing final : ExperimentObserver {
        void epoch_finished(const RunRecord& run) override {
            begun.insert(run.optimizer);
            if (run.optimizer == OptimizerKind::momentum && begun.size() == 3)
                throw std::runtime_error("no more");
        }
        std::set<OptimizerKind> begun;
    };
    const Dataset set = small_set();
    TrainConfig config = small_config();
    config.epochs = 100'000;
    config.jobs = 3;
    config.threads = 1;
    for (const bool in_step : {false, true}) {
        CAPTURE(in_step);
        Failing failing;
        ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
        inputs.in_step = in_step;
        const ExperimentOutcome outcome = run_experiment(inputs, failing, kNoStop);
        CHECK(outcome.interrupted);
        REQUIRE(outcome.failure);
        CHECK_THROWS_WITH(std::rethrow_exception(outcome.failure), "no more");
        REQUIRE(outcome.runs.size() == 2);
        CHECK(outcome.runs[0].optimizer == OptimizerKind::sgd);
        CHECK(outcome.runs[1].optimizer == OptimizerKind::adam);
        for (const RunRecord& run : outcome.runs) CHECK(run.status == RunStatus::interrupted);
    }
}

TEST_CASE("jobs: a run that fails between two checkpoints can be gone on with after its last whole epoch") {
    struct Failing final : ExperimentObserver {
        void epoch_finished(const RunRecord& run) override {
            if (run.epochs.size() == 2) throw std::runtime_error("no more");
        }
        void resumable(const ExperimentProgress& progress) override { last = progress; }
        ExperimentProgress last;
    };
    const Dataset set = small_set();
    TrainConfig config = small_config();
    ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
    inputs.checkpoint_every = 3;
    Failing failing;
    CHECK_THROWS_WITH(run_experiment(inputs, failing, kNoStop), "no more");
    REQUIRE(failing.last.runs.present.size() == 1);
    CHECK(failing.last.runs.present[0].epochs.size() == 2);
    inputs.progress = failing.last;
    ExperimentObserver nobody;
    const ExperimentOutcome resumed = run_experiment(inputs, nobody, kNoStop);
    CHECK(resumed.runs.at(0).weights_sha256 == run(config, set).runs.at(0).weights_sha256);
}

TEST_CASE(
    "jobs: in step, an epoch lasts from the first start to the last end, and one that ends holds up nobody") {
    const Dataset set = small_set(3000);
    TrainConfig config = small_config();
    config.threads = 1;
    ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
    inputs.in_step = true;
    ExperimentObserver nobody;
    const ExperimentOutcome outcome = run_experiment(inputs, nobody, kNoStop);
    REQUIRE(outcome.runs.size() == 3);
    REQUIRE(outcome.rounds_s.size() == 4);
    for (std::size_t e = 0; e < 4; ++e) {
        for (const RunRecord& run : outcome.runs) CHECK(outcome.rounds_s[e] >= run.epochs[e].train_seconds);
        CHECK(outcome.rounds_s[e] < 60);
    }
    const std::string alone = run(config, set).runs[2].weights_sha256;
    CHECK(outcome.runs[2].weights_sha256 == alone);
    inputs.config.sgd_lr = 1e30;  // diverges
    const ExperimentOutcome diverged = run_experiment(inputs, nobody, kNoStop);
    CHECK(diverged.runs.at(0).status == RunStatus::diverged);
    CHECK(diverged.runs.at(2).weights_sha256 == alone);
    CHECK(diverged.rounds_s.empty());
}

}  // namespace mnist
