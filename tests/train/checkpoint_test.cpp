// Going on from any checkpoint ends in the same bits; what is damaged or of another training is refused. That
// a killed process is gone on from is tests/cli/kill_test.
#include "mnist/train/checkpoint.hpp"

#include "catch.hpp"
#include "checkpoint_samples.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "results/other_settings.hpp"

namespace mnist {

using namespace checkpoint_samples;

namespace {

// Small enough to try every byte of.
ExperimentInputs tiny_inputs(const Dataset& set) {
    TrainConfig config = deep_config();
    config.hidden = {3};
    config.optimizers = {OptimizerKind::adam};
    config.seeds = 1;
    config.epochs = 2;
    return inputs_of(config, set);
}

// All but the seconds.
void require_same_history(const RunRecord& a, const RunRecord& b) {
    CHECK(a.optimizer == b.optimizer);
    CHECK(a.seed == b.seed);
    CHECK(a.weights_sha256 == b.weights_sha256);
    CHECK(a.confusion_matrix == b.confusion_matrix);
    CHECK(a.best_accuracy == b.best_accuracy);
    CHECK(a.worst_mistakes.size() == b.worst_mistakes.size());
    REQUIRE(a.epochs.size() == b.epochs.size());
    for (std::size_t e = 0; e < a.epochs.size(); ++e) {
        CHECK(a.epochs[e].train_loss == b.epochs[e].train_loss);
        CHECK(a.epochs[e].test_loss == b.epochs[e].test_loss);
        CHECK(a.epochs[e].test_accuracy == b.epochs[e].test_accuracy);
    }
}

std::string refusal(const std::string& content) {
    try {
        static_cast<void>(parse_checkpoint(content, "F"));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("checkpoint: going on from any of them ends with the weights and the history of a run at one go") {
    const Dataset set = checkpointed_set();
    TrainConfig config = deep_config();
    if (GENERATE(true, false)) {  // the optimizers of no default experiment, each once
        config.seeds = 1;
        config.optimizers.clear();
        for (const Optimizer& one : kOptimizers) {
            if (!one.usual) config.optimizers.push_back(one.kind);
        }
    }
    ExperimentInputs inputs = inputs_of(config, set);
    Keeper keeper(inputs);
    const ExperimentOutcome whole = run_experiment(inputs, keeper, kGoOn);
    REQUIRE(whole.runs.size() == config.optimizers.size() * config.seeds);
    // Two between the epochs of each run, and one behind it.
    REQUIRE(keeper.contents.size() == whole.runs.size() * 3);
    for (const std::string& content : keeper.contents) {
        inputs.progress = parse_checkpoint(content, "F").progress;
        const std::size_t begun =
            inputs.progress.runs.present.empty() ? 0 : inputs.progress.runs.present[0].epochs.size();
        CAPTURE(inputs.progress.runs.finished.size(), begun);
        ExperimentObserver nobody;
        const ExperimentOutcome resumed = run_experiment(inputs, nobody, kGoOn);
        REQUIRE(resumed.runs.size() == whole.runs.size());
        for (std::size_t r = 0; r < whole.runs.size(); ++r)
            require_same_history(resumed.runs[r], whole.runs[r]);
        // Seconds of epochs that are done stay as they were measured.
        for (std::size_t e = 0; e < begun; ++e) {
            const std::size_t r = inputs.progress.runs.finished.size();
            CHECK(resumed.runs[r].epochs[e].train_seconds == whole.runs[r].epochs[e].train_seconds);
        }
    }
}

TEST_CASE("checkpoint: going on with other numbers of threads and loader threads changes no bit") {
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = inputs_of(deep_config(), set);
    inputs.config.seeds = 1;
    const ExperimentInputs two = inputs;
    Keeper keeper(two);
    const ExperimentOutcome whole = run_experiment(two, keeper, kGoOn);
    inputs.config.threads = 1;
    inputs.config.loader_threads = 1;
    const ExperimentInputs one = inputs;
    const std::vector<std::string> of_one = checkpoints_of(one);
    CHECK_NOTHROW(require_same_conditions(conditions_of(two), conditions_of(one), "D"));
    REQUIRE(of_one.size() == keeper.contents.size());
    const auto go_on = [&](ExperimentInputs other, const std::string& content) {
        other.progress = parse_checkpoint(content, "F").progress;
        ExperimentObserver nobody;
        const ExperimentOutcome resumed = run_experiment(other, nobody, kGoOn);
        for (std::size_t r = 0; r < 3; ++r) require_same_history(resumed.runs[r], whole.runs[r]);
    };
    for (std::size_t c = 0; c < of_one.size(); ++c) {
        CAPTURE(c);
        go_on(one, keeper.contents[c]);
        go_on(two, of_one[c]);
    }
}

TEST_CASE("checkpoint: of runs side by side it goes on from where each was, with any number of jobs") {
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = inputs_of(deep_config(), set);
    ExperimentObserver nobody;
    const ExperimentOutcome whole = run_experiment(inputs, nobody, kGoOn);
    inputs.config.threads = 1;
    for (const bool in_step : {false, true}) {
        inputs.config.jobs = 3;
        inputs.in_step = in_step;
        inputs.progress = {};
        Keeper keeper(inputs);
        const ExperimentOutcome side_by_side = run_experiment(inputs, keeper, kGoOn);
        for (std::size_t r = 0; r < 6; ++r) require_same_history(side_by_side.runs.at(r), whole.runs[r]);
        inputs.in_step = false;
        std::size_t most_present = 0;
        std::size_t jobs = 0;
        for (const std::string& content : keeper.contents) {
            inputs.progress = parse_checkpoint(content, "F").progress;
            most_present = std::max(most_present, inputs.progress.runs.present.size());
            inputs.config.jobs = 1 + jobs++ % 4;
            inputs.cpus = {{0, 1, 2, 3}, 4};  // whether they are there or not
            inputs.widens = jobs % 2 == 0;
            CAPTURE(inputs.config.jobs, inputs.progress.runs.finished.size(), most_present);
            const ExperimentOutcome resumed = run_experiment(inputs, nobody, kGoOn);
            REQUIRE(resumed.runs.size() == 6);
            for (std::size_t r = 0; r < 6; ++r) require_same_history(resumed.runs[r], whole.runs[r]);
        }
        if (in_step) CHECK(most_present == 6);
        CHECK(keeper.contents.size() <= 18);  // no more than runs one by one would have
    }
}

TEST_CASE("checkpoint: every N epochs and behind every run, and none unless asked for") {
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = tiny_inputs(set);
    inputs.config.epochs = 7;
    inputs.checkpoint_every = 3;
    std::vector<std::size_t> epochs;
    for (const std::string& content : checkpoints_of(inputs)) {
        const RunsSoFar runs = parse_checkpoint(content, "F").progress.runs;
        epochs.push_back(runs.present.empty() ? runs.finished.back().epochs.size()
                                              : runs.present[0].epochs.size());
    }
    CHECK(epochs == std::vector<std::size_t>{3, 6, 7});
    inputs.checkpoint_every = 0;
    CHECK(checkpoints_of(inputs).empty());
}

TEST_CASE("checkpoint: an interruption leaves the last whole epoch, and going on undoes it") {
    struct StopLater : Keeper {
        StopLater(const ExperimentInputs& inputs, std::atomic<bool>& flag) : Keeper(inputs), stop(flag) {}
        void epoch_finished(const RunRecord& run) override {
            if (run.epochs.size() == 2) stop = true;
        }
        std::atomic<bool>& stop;
    };
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = inputs_of(deep_config(), set);
    inputs.checkpoint_every = 100;
    ExperimentObserver nobody;
    const ExperimentOutcome whole = run_experiment(inputs, nobody, kGoOn);
    std::atomic<bool> stop{false};
    StopLater observer(inputs, stop);
    REQUIRE(run_experiment(inputs, observer, stop).interrupted);
    REQUIRE(observer.contents.size() == 1);
    inputs.progress = parse_checkpoint(observer.contents.front(), "F").progress;
    CHECK(inputs.progress.runs.present.at(0).epochs.size() == 2);
    const ExperimentOutcome resumed = run_experiment(inputs, nobody, kGoOn);
    CHECK_FALSE(resumed.interrupted);
    for (std::size_t r = 0; r < 6; ++r) require_same_history(resumed.runs[r], whole.runs[r]);
}

TEST_CASE("checkpoint: a file with any byte changed or cut off anywhere is refused") {
    const Dataset set = checkpointed_set();
    const std::string content = checkpoints_of(tiny_inputs(set)).front();
    REQUIRE(refusal(content).empty());
    for (std::size_t i = 0; i < content.size(); ++i) {
        std::string changed = content;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        if (refusal(changed).empty()) FAIL("byte " << i << " may be changed");
        if (refusal(content.substr(0, i)).empty()) FAIL("the first " << i << " bytes are enough");
    }
    CHECK(!refusal(content + " ").empty());
}

TEST_CASE("checkpoint: a sound file that is none, or of another version, or at odds with itself is refused") {
    CHECK(contains(refusal(""), "an empty file"));
    CHECK(contains(refusal(std::string(1000, 'x')), "expected a checkpoint"));
    CHECK(contains(refusal(training_state_content("{}", {})), "schema"));
    CHECK(contains(refusal(training_state_content("[", {})), "expected JSON"));
    CHECK(contains(refusal(training_state_content(R"({"schema": "mnist-checkpoint/3"})", {})),
                   "Another version of this program wrote it"));

    const Dataset set = checkpointed_set();
    const ExperimentInputs inputs = tiny_inputs(set);
    Checkpoint checkpoint = parse_checkpoint(checkpoints_of(inputs).front(), "F");
    const auto with = [&](const auto& spoil) {
        Checkpoint spoilt = checkpoint;
        spoil(spoilt);
        return refusal(checkpoint_content(spoilt.head, spoilt.progress));
    };
    CHECK(with([](Checkpoint&) {}).empty());
    CHECK(contains(with([](Checkpoint& c) { c.progress.states[0].second = {}; }), "second.fc1.weight"));
    CHECK(contains(with([](Checkpoint& c) {
                       c.progress.states[0].weights = initial_parameters({25, 4, 4}, 0);
                   }),
                   "expected a tensor fc1.weight [3, 25] as F32, found [4, 25]"));
    CHECK(contains(with([](Checkpoint& c) { c.progress.runs.present[0].optimizer = OptimizerKind::sgd; }),
                   "expected 4 tensors for 1 present runs, found 12"));
    CHECK(contains(with([](Checkpoint& c) {
                       c.head.conditions["network"]["extents"] = {25, 0, 4};
                   }),
                   "conditions.network.extents"));
    CHECK(contains(with([](Checkpoint& c) { c.head.conditions.erase("dataset"); }), "dataset"));
}

TEST_CASE("checkpoint: progress that is not this experiment's is refused before anything is trained") {
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = inputs_of(deep_config(), set);
    const ExperimentProgress progress = parse_checkpoint(checkpoints_of(inputs).at(4), "F").progress;
    const auto refused = [&](const auto& spoil) {
        inputs.progress = progress;
        spoil(inputs.progress.runs);
        ExperimentObserver nobody;
        CHECK_THROWS_AS(run_experiment(inputs, nobody, kGoOn), InputError);
    };
    refused([](RunsSoFar& runs) { runs.finished[0].seed = 7; });
    refused([](RunsSoFar& runs) {
        runs.finished.insert(runs.finished.begin(), runs.present[0]);  // out of order
        runs.present.clear();
    });
    refused([](RunsSoFar& runs) { runs.finished[0].status = RunStatus::interrupted; });
    refused([](RunsSoFar& runs) { runs.present[0].status = RunStatus::diverged; });
    refused([](RunsSoFar& runs) { runs.present[0].epochs.resize(4); });
    refused([](RunsSoFar& runs) { runs.finished.resize(7, runs.finished[0]); });
    refused([](RunsSoFar& runs) { runs.present[0] = runs.finished[0]; });
}

TEST_CASE("checkpoint: other conditions are refused with all that differs") {
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = tiny_inputs(set);
    const nlohmann::json stored = conditions_of(inputs);
    CHECK_NOTHROW(require_same_conditions(stored, stored, "D"));
    inputs.config.epochs = 30;
    inputs.config.adam_beta1 = 0.5;
    inputs.initial_model = initial_parameters({25, 3, 4}, 0);
    Dataset other = set;
    other.facts.sha256 = std::string(64, 'd');
    inputs.dataset = &other;
    const nlohmann::json here = conditions_of(inputs, "2");
    try {
        require_same_conditions(stored, here, "D");
        FAIL("nothing was refused");
    } catch (const InputError& error) {
        const std::string message = error.what();
        CAPTURE(message);
        CHECK(contains(message, "config.epochs is 2 in the checkpoint and 30 here"));
        CHECK(contains(message, "config.adam_beta1 is 0.9 in the checkpoint and 0.5 here"));
        CHECK(contains(message, "dataset.sha256 is \"ccc"));
        CHECK(contains(message, "network.initial_weights is \"by seed\""));
        CHECK(contains(message, "program.version is \"1\" in the checkpoint and \"2\" here"));
        CHECK(!contains(message, "batch_size"));
    }
}

TEST_CASE("checkpoint: of the settings only those that make it faster may be others") {
    const Dataset set = checkpointed_set();
    const TrainResult result = mnist_test::sample_of_all_settings();
    const nlohmann::json stored = conditions_of(inputs_of(result.config, set));
    std::vector<std::string> faster;
    for (const auto& [key, other] : mnist_test::with_one_other_setting(result))
        if (differences(stored, conditions_of(inputs_of(other.config, set))).empty()) faster.push_back(key);
    CHECK(faster == std::vector<std::string>{"jobs", "loader_threads", "threads", "threads_chosen"});
}

TEST_CASE("checkpoint: of the processor the instructions and the nearer caches count, and not its name") {
    const Dataset set = checkpointed_set();
    const ExperimentInputs inputs = tiny_inputs(set);
    MachineFacts machine;
    machine.cpu_model = "a CPU";
    machine.isa = "avx512";
    machine.caches = {{1, "data", 32768, 2},
                      {1, "instruction", 32768, 2},
                      {2, "unified", 1048576, 2},
                      {3, "unified", 1U << 25U, 1}};
    const nlohmann::json stored = conditions_of(inputs, "1", machine);
    const auto differs = [&](const auto& change) {
        MachineFacts other = machine;
        change(other);
        return differences(stored, conditions_of(inputs, "1", other)).size();
    };
    CHECK(differs([](MachineFacts& m) { m.cpu_model = "another CPU"; }) == 0);
    CHECK(differs([](MachineFacts& m) { m.caches[3].bytes *= 2; }) == 0);
    CHECK(differs([](MachineFacts& m) { m.caches[1].bytes *= 2; }) == 0);
    CHECK(differs([](MachineFacts& m) { m.caches[2].instances = 64; }) == 0);
    CHECK(differs([](MachineFacts& m) { m.caches[0].bytes = 49152; }) == 1);
    CHECK(differs([](MachineFacts& m) { m.caches[2].bytes *= 2; }) == 1);
    CHECK(differs([](MachineFacts& m) { m.isa = "avx2"; }) == 1);
    CHECK(differs([](MachineFacts& m) { m.onednn_isa = "AVX2"; }) == 1);
}

}  // namespace mnist
