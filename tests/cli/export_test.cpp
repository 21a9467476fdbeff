// `mnist export` from what train and quantize wrote; what is in the files is tests/models' business.
#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLastLayer = sizeof(float) * (8 * 4 + 4);  // its bytes, the last ones of the file
constexpr const char* kModel = "models/adam-seed0.safetensors";

void train_model(const Workshop& workshop) {
    REQUIRE(workshop.train({"--optimizer", "adam", "--epochs", "1", "--save-model", "models"}).exit_code ==
            0);
}

}  // namespace

TEST_CASE("export: writes models in f32 and int8, says what they read, and never writes over another") {
    const Workshop workshop;
    train_model(workshop);
    REQUIRE(workshop.mnist({"quantize", "--model", kModel, "--out", "q", "--data-dir", "tiny"}).exit_code ==
            0);
    const Finished pixels = workshop.mnist({"export", "--model", kModel, "--onnx", "new/pixels.onnx"});
    CAPTURE(pixels.error);
    CHECK(pixels.exit_code == 0);
    CHECK(pixels.output.starts_with(
        "new/pixels.onnx: 64-8-4 in f32, reads pixels of 0 to 255, uint8 [batch, 64], "
        "gives logits [batch, 4]; checked by ONNX 1."));
    const Finished plain =
        workshop.mnist({"export", "--model", kModel, "--onnx", "plain.onnx", "--input", "normalised"});
    CHECK(contains(plain.output, "reads normalised input, float32 [batch, 64]"));
    const Finished int8 = workshop.mnist({"export", "--model", "q", "--onnx", "int8.onnx"});
    CHECK(contains(int8.output, "64-8-4 in int8, reads pixels"));

    const std::string before = workshop.text_of("int8.onnx");
    const Finished again = workshop.mnist({"export", "--model", kModel, "--onnx", "int8.onnx"});
    CHECK(again.exit_code == 2);
    CHECK(contains(again.error, "int8.onnx: expected a new file"));
    CHECK(contains(again.error, "choose another name with --onnx"));
    CHECK(workshop.text_of("int8.onnx") == before);
    // One model gives the same bytes again.
    REQUIRE(workshop.mnist({"export", "--model", "q", "--onnx", "again.onnx"}).exit_code == 0);
    CHECK(workshop.text_of("again.onnx") == before);
}

TEST_CASE("export: a model from elsewhere is exported as it was trained") {
    const Workshop workshop;
    train_model(workshop);
    workshop.write("foreign", as_if_from_elsewhere(workshop.text_of(kModel), "module."));
    const std::vector<std::string> words{"export", "--model", "foreign", "--input", "normalised", "--mean",
                                         "0.1307", "--std",   "0.3081",  "--onnx",  "f.onnx"};
    REQUIRE(workshop.mnist(words).exit_code == 0);
    const std::string content = workshop.text_of("f.onnx");
    CHECK(contains(content, "mnist.normalisation.mean"));
    CHECK(contains(content, "0.1307"));
    // Its weights are the file's, bit by bit.
    const std::string model = workshop.text_of("foreign");
    CHECK(contains(content, model.substr(model.size() - kLastLayer, sizeof(float) * 4)));
    CHECK(
        contains(workshop.mnist({"export", "--model", "foreign", "--onnx", "g.onnx", "--mean", "0.1"}).error,
                 "--mean and --std together"));
}

TEST_CASE("export: what is missing or does not fit is said, and nothing is written") {
    const Workshop workshop;
    train_model(workshop);
    REQUIRE(workshop.mnist({"quantize", "--model", kModel, "--out", "q", "--data-dir", "tiny"}).exit_code ==
            0);
    const auto error = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "export");
        const Finished finished = workshop.mnist(words);
        CHECK(finished.exit_code == 2);
        CHECK(finished.output.empty());
        return finished.error;
    };
    CHECK(contains(error({"--onnx", "m.onnx"}), "export: expected --model FILE, found none"));
    CHECK(contains(error({"--model", kModel}), "export: expected --onnx FILE, found none"));
    CHECK(contains(error({"--model", "nowhere", "--onnx", "m.onnx"}), "nowhere: expected a readable"));
    CHECK(
        contains(error({"--model", kModel, "--onnx", "m.onnx", "--input", "pixel"}), "Did you mean pixels?"));
    CHECK(contains(error({"--model", "q", "--onnx", "m.onnx", "--input", "normalised"}),
                   "q: expected a model in f32 beside --input normalised, found a quantised one"));
    CHECK(contains(error({"--model", "q", "--onnx", "m.onnx", "--mean", "0.1", "--std", "0.3"}),
                   "expected a model in f32 beside --mean and --std"));
    CHECK(contains(error({"--model", "tiny/train-labels-idx1-ubyte", "--onnx", "m.onnx"}), "train-labels"));
    CHECK_FALSE(fs::exists(workshop.folder() / "m.onnx"));
}

TEST_CASE("export: without the library that writes ONNX it says what is missing and the rest works") {
    const Workshop workshop;
    train_model(workshop);
    fs::create_directories(workshop.folder() / "alone");
    fs::copy_file(MNIST_PROGRAM, workshop.folder() / "alone" / "mnist");
    Launch launch = workshop.launch({"export", "--model", kModel, "--onnx", "m.onnx"});
    launch.program = workshop.folder() / "alone" / "mnist";
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "libmnist_onnx.so: expected the library that writes ONNX"));
    CHECK(contains(finished.error, "cannot open shared object file"));
    CHECK_FALSE(fs::exists(workshop.folder() / "m.onnx"));
    launch.arguments = {"info"};
    CHECK(run(launch).exit_code == 0);
}
