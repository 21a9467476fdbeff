// Writing and reading are inverse; what is at odds with itself is refused by its key; differences are named.
#include "mnist/results/checkpoint_json.hpp"

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"
#include "results/sample_result.hpp"

using namespace mnist;
using nlohmann::json;

namespace {

CheckpointHead sample_head() {
    const TrainResult result = mnist_test::sample_result();
    return {
        .created = "2026-01-31T12:00:00Z",
        .conditions = {{"dataset", json(to_json(result.dataset))}, {"config", json(to_json(result.config))}},
        .settings = "epochs = 25\n",
        .resumed = {{.time = "2026-02-01T00:00:00Z",
                     .run = 1,
                     .epochs = 3,
                     .before = ProcessFacts{.threads = 4, .loader_threads = 1, .cpu_model = "a CPU"}}},
        .process = ProcessFacts{.threads = 2, .loader_threads = 0, .cpu_model = "another"}};
}

RunsSoFar sample_runs() {
    RunsSoFar runs;
    runs.finished = {mnist_test::run(mnist_test::kSgd, 4, 25)};
    runs.present = {mnist_test::run(mnist_test::kAdam, 4, 3), mnist_test::run(mnist_test::kSgd, 5, 2)};
    return runs;
}

const std::vector<std::uint64_t> kSteps{600, 400};

std::string refusal(const std::string& text) {
    try {
        static_cast<void>(parse_checkpoint_json(text, "F"));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

std::string refusal_with(const std::string& pointer, const json& value) {
    json root = json::parse(checkpoint_json(sample_head(), sample_runs(), kSteps, "2026-02-02T00:00:00Z"));
    root[json::json_pointer(pointer)] = value;
    return refusal(root.dump());
}

}  // namespace

TEST_CASE("checkpoint words: writing what was read gives the same text, and its position is seed and epoch") {
    const std::string text = checkpoint_json(sample_head(), sample_runs(), kSteps, "2026-02-02T00:00:00Z");
    const CheckpointFacts facts = parse_checkpoint_json(text, "F");
    CHECK(checkpoint_json(facts.head, facts.runs, facts.optimizer_steps, "2026-02-02T00:00:00Z") == text);
    CHECK(facts.optimizer_steps == kSteps);
    CHECK(facts.runs.present.size() == 2);
    CHECK(facts.head.process == sample_head().process);
    CHECK(facts.head.resumed.at(0).before == sample_head().resumed.at(0).before);
    const json position = json::parse(text).at("position").at(0);
    CHECK(position.at("seed") == 4);
    CHECK(position.at("next_epoch") == 3);
    CHECK(position.at("optimizer_steps") == 600);
}

TEST_CASE("checkpoint words: between two runs there is neither a present run nor a position") {
    RunsSoFar runs = sample_runs();
    runs.present.clear();
    const std::string text = checkpoint_json(sample_head(), runs, {}, "2026-02-02T00:00:00Z");
    CHECK(json::parse(text).at("position").empty());
    CHECK(parse_checkpoint_json(text, "F").runs.present.empty());
}

TEST_CASE("checkpoint words: files from before runs could be side by side still read") {
    json root = json::parse(checkpoint_json(sample_head(), sample_runs(), kSteps, "2026-02-02T00:00:00Z"));
    root["schema"] = "mnist-checkpoint/1";
    root["process"].erase("jobs");
    root["conditions"]["config"].erase("jobs");
    for (const char* const key : {"present", "position"}) root[key] = json(root[key][0]);
    const CheckpointFacts facts = parse_checkpoint_json(root.dump(), "F");
    REQUIRE(facts.runs.present.size() == 1);
    CHECK(facts.runs.present[0].epochs.size() == 3);
    CHECK(facts.optimizer_steps == std::vector<std::uint64_t>{600});
    CHECK(facts.head.process.value().jobs == 1);
    json half = root;
    half["position"] = nullptr;
    CHECK(refusal(half.dump()).find("F, position: expected null without a present run") == 0);
    for (const char* const key : {"present", "position"}) root[key] = nullptr;
    CHECK(parse_checkpoint_json(root.dump(), "F").runs.present.empty());
}

TEST_CASE("checkpoint words: what does not fit together is refused by its key") {
    CHECK(refusal_with("/present/0/label", 1).empty());  // keys that came later are left alone
    CHECK(refusal_with("/schema", "mnist-checkpoint/3").find("F, schema: expected \"mnist-checkpoint/2\"") ==
          0);
    CHECK(
        refusal_with("/position/0/seed", 5).find("F, position[0].seed: expected the present run's seed 4") ==
        0);
    CHECK(refusal_with("/position/1/next_epoch", 4).find("F, position[1].next_epoch: ") == 0);
    CHECK(refusal_with("/position/0/generator", "mt19937").find("F, position[0].generator: ") == 0);
    CHECK(refusal_with("/position", nullptr).find("F, position") == 0);
    CHECK(refusal_with("/position", json::array()).find("F, position: expected 2 elements") == 0);
    CHECK(refusal_with("/present", nullptr).find("F, present: expected an array") == 0);
    CHECK(refusal_with("/process", nullptr).empty());
    CHECK(refusal_with("/process/threads", -1).find("F, process.threads: expected ") == 0);
    CHECK(refusal_with("/resumed", 1).find("F, resumed: expected an array") == 0);
    CHECK(refusal_with("/finished/0/epochs", json::object()).find("F, finished[0].epochs: ") == 0);
    CHECK(refusal_with("/conditions", json::array()).find("F, conditions: expected an object") == 0);
    CHECK(refusal_with("/settings", 5).find("F, settings: expected a string") == 0);
}

TEST_CASE("checkpoint words: differences name the key, both values, and what one side lacks") {
    const json stored{{"config", {{"epochs", 25}, {"hidden", {128, 64}}, {"old", true}}}, {"odd", 1}};
    CHECK(differences(stored, stored).empty());
    const json here{{"config", {{"epochs", 30}, {"hidden", {128, 64}}, {"new", "x"}}},
                    {"odd", json::object()}};
    CHECK(differences(stored, here) ==
          std::vector<std::string>{"config.epochs is 25 in the checkpoint and 30 here",
                                   "config.new is not there in the checkpoint and \"x\" here",
                                   "config.old is true in the checkpoint and not there here",
                                   "odd is 1 in the checkpoint and {} here"});
    CHECK(differences(json(), here).size() == 2);
    const std::string hostile =
        differences({{"a", {{"b", "\x1b[31m" + std::string(500, 'x')}}}}, {{"a", {{"b", 1}}}}).at(0);
    CHECK(hostile.find('\x1b') == std::string::npos);
    CHECK(hostile.size() < 120);
}
