// Models on their way out of `mnist train`, into it again, and into `mnist eval`.
#include <cmath>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

// 255 - p for every pixel of an IDX file.
std::string inverted(std::string images) {
    for (std::size_t i = 16; i < images.size(); ++i)
        images[i] = static_cast<char>(255 - static_cast<unsigned char>(images[i]));
    return images;
}

}  // namespace

TEST_CASE("eval: tells what train said about the model that it saved") {
    const Workshop workshop;
    REQUIRE(workshop
                .train({"--optimizer", "adam", "--epochs", "3", "--seed", "4", "--save-model", "models",
                        "--out", "r.json"})
                .exit_code == 0);
    const nlohmann::json run = workshop.json_of("r.json").at("runs").at(0);
    const std::string model = "models/adam-seed4.safetensors";

    const Finished json = workshop.mnist({"eval", "--model", model, "--data-dir", "tiny", "--json"});
    CAPTURE(json.error);
    REQUIRE(json.exit_code == 0);
    const nlohmann::json object = nlohmann::json::parse(json.output);
    CHECK(object.at("kind") == "eval");
    CHECK(object.at("weights_sha256") == run.at("weights_sha256"));
    CHECK(object.at("test_accuracy") == run.at("last_accuracy"));
    CHECK(object.at("test_loss").get<double>() ==
          Approx(run.at("epochs").at(2).at("test_loss").get<double>()));
    CHECK(object.at("confusion_matrix") == run.at("confusion_matrix"));
    CHECK(object.at("dims") == nlohmann::json::array({64, 8, 4}));

    const Finished text = workshop.mnist({"eval", "--model", model, "--data-dir", "tiny"});
    CHECK(text.exit_code == 0);
    CHECK(contains(text.output, "Test Loss "));
    CHECK(contains(text.output, "100 test images"));
    CHECK(!contains(text.output, "interrupted"));
    CHECK(object.at("interrupted") == false);
}

TEST_CASE("eval: needs the test files alone, and images that are inverted are called so") {
    const Workshop workshop;
    REQUIRE(
        workshop.train({"--optimizer", "adam", "--epochs", "20", "--save-model", "models", "--out", "r.json"})
            .exit_code == 0);
    for (const std::string part : {"images-idx3", "labels-idx1"})
        std::filesystem::remove(workshop.folder() / "tiny" / ("train-" + part + "-ubyte"));
    const std::vector<std::string> eval{"eval",       "--model", "models/adam-seed0.safetensors",
                                        "--data-dir", "tiny",    "--json"};
    const Finished right = workshop.mnist(eval);
    CAPTURE(right.error);
    REQUIRE(right.exit_code == 0);
    const nlohmann::json object = nlohmann::json::parse(right.output);
    const nlohmann::json run = workshop.json_of("r.json").at("runs").at(0);
    CHECK(object.at("test_accuracy") == run.at("last_accuracy"));
    CHECK(object.at("dataset").at("train_samples").is_null());
    CHECK(object.at("remarks").empty());

    const std::string images = "tiny/t10k-images-idx3-ubyte";
    const std::string content = inverted(workshop.text_of(images));
    std::filesystem::remove(workshop.folder() / images);
    workshop.write(images, content);
    const nlohmann::json wrong = nlohmann::json::parse(workshop.mnist(eval).output);
    CHECK(
        contains(wrong.at("remarks").at(0), "their background is bright, that of the training set was dark"));

    std::filesystem::remove(workshop.folder() / images);
    const Finished none = workshop.mnist(eval);
    CHECK(none.exit_code == 2);
    CHECK(contains(none.error, "no t10k-images-idx3-ubyte; it holds t10k-labels-idx1-ubyte (108 bytes)"));
}

TEST_CASE("eval: a model from elsewhere is read by its names, and by --mean and --std") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--optimizer", "adam", "--epochs", "20", "--save-model", "models"}).exit_code ==
            0);
    const std::string ours = "models/adam-seed0.safetensors";
    workshop.write("foreign.safetensors", as_if_from_elsewhere(workshop.text_of(ours), "_orig_mod.module."));
    const auto eval = [&](const std::string& model, const std::vector<std::string>& more) {
        std::vector<std::string> words{"eval", "--model", model, "--data-dir", "tiny", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return workshop.mnist(words);
    };
    const nlohmann::json known = nlohmann::json::parse(eval(ours, {}).output);
    const nlohmann::json taken_for_ours = nlohmann::json::parse(eval("foreign.safetensors", {}).output);
    CHECK(taken_for_ours.at("weights_sha256") == known.at("weights_sha256"));
    CHECK(taken_for_ours.at("confusion_matrix") == known.at("confusion_matrix"));
    CHECK(taken_for_ours.at("test_loss") == known.at("test_loss"));
    const std::vector<std::string> same{"--mean", "0.5", "--std", "0.5"};
    CHECK(nlohmann::json::parse(eval("foreign.safetensors", same).output).at("weights_sha256") ==
          known.at("weights_sha256"));

    const std::vector<std::string> other{"--mean", "0.1307", "--std", "0.3081"};
    const nlohmann::json given = nlohmann::json::parse(eval("foreign.safetensors", other).output);
    CHECK(given.at("normalisation") == nlohmann::json({{"mean", 0.1307}, {"std", 0.3081}}));
    CHECK(given.at("weights_sha256") != known.at("weights_sha256"));
    CHECK(given.at("test_loss") != known.at("test_loss"));

    // The file's own word does as much, for a training as well, and for its int8.
    workshop.write("says.safetensors",
                   with_header(workshop.text_of(ours), [](nlohmann::ordered_json& header) {
                       header["__metadata__"]["mnist.normalisation.mean"] = "0.1307";
                       header["__metadata__"]["mnist.normalisation.std"] = "0.3081";
                   }));
    const nlohmann::json said = nlohmann::json::parse(eval("says.safetensors", {}).output);
    CHECK(said.at("weights_sha256") == given.at("weights_sha256"));
    CHECK(said.at("test_loss") == given.at("test_loss"));
    REQUIRE(workshop
                .mnist({"train", "--init-model", "says.safetensors", "--data-dir", "tiny", "--epochs", "0",
                        "--out", "start.json"})
                .exit_code == 0);
    CHECK(workshop.json_of("start.json").at("initial_weights_sha256") == given.at("weights_sha256"));
    for (const std::string model : {"says", "foreign"}) {
        std::vector<std::string> quantize{
            "quantize", "--model", model + ".safetensors", "--out", model + "-q", "--data-dir", "tiny"};
        if (model == "foreign") quantize.insert(quantize.end(), other.begin(), other.end());
        REQUIRE(workshop.mnist(quantize).exit_code == 0);
    }
    const nlohmann::json quantized = nlohmann::json::parse(eval("says-q", {}).output);
    CHECK(quantized.at("normalisation").is_null());
    CHECK(quantized.at("weights_sha256") ==
          nlohmann::json::parse(eval("foreign-q", {}).output).at("weights_sha256"));

    CHECK(contains(eval(ours, other).error, "no other normalisation than the file's, mean 0.5 and std 0.5"));
    CHECK(contains(eval("says-q", other).error, "found a quantised one"));
    CHECK(contains(eval("foreign.safetensors", {"--mean", "0.1"}).error, "--mean and --std together"));
    const Finished bytes = eval("foreign.safetensors", {"--mean", "33.3", "--std", "78.6"});
    CHECK(bytes.exit_code == 2);
    CHECK(contains(bytes.error, "--mean: expected a number from -1 to 1, found \"33.3\""));
}

TEST_CASE("eval: of several sets in a folder --data-prefix chooses, for a training as well") {
    const Workshop workshop;
    for (const std::string part :
         {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"})
        workshop.write("tiny/digits-" + part + "-ubyte", workshop.text_of("tiny/" + part + "-ubyte"));
    const Finished several = workshop.train({"--epochs", "1", "--save-model", "m"});
    CHECK(several.exit_code == 2);
    CHECK(contains(several.error, "several sets, with the prefixes \"\" (names without a prefix), digits-"));
    CHECK(contains(several.error, "--data-prefix"));
    REQUIRE(workshop.train({"--epochs", "1", "--save-model", "m", "--data-prefix", "digits"}).exit_code == 0);
    CHECK(workshop
              .mnist({"eval", "--model", "m/sgd-seed0.safetensors", "--data-dir", "tiny", "--data-prefix",
                      "digits-"})
              .exit_code == 0);
}

TEST_CASE("eval: zero epochs write the initial weights, and training goes on from a saved model") {
    const Workshop workshop;
    const Finished zero =
        workshop.train({"--epochs", "0", "--seed", "2", "--save-model", "start", "--out", "zero.json"});
    CAPTURE(zero.output, zero.error);
    REQUIRE(zero.exit_code == 0);
    CHECK(workshop.json_of("zero.json").at("runs").at(0).at("epochs").empty());
    CHECK(!contains(zero.output, "learning rate"));
    for (const std::string optimizer : {"sgd", "momentum", "adam"})
        CHECK(std::filesystem::exists(workshop.folder() / "start" / (optimizer + "-seed2.safetensors")));
    CHECK(workshop.text_of("start/sgd-seed2.safetensors") ==
          workshop.text_of("start/adam-seed2.safetensors"));

    // From the file or from the seed: the same start, so the same end.
    REQUIRE(workshop.train({"--epochs", "1", "--seed", "2", "--out", "seed.json"}).exit_code == 0);
    REQUIRE(workshop
                .mnist({"train", "--data-dir", "tiny", "--epochs", "1", "--seed", "2", "--init-model",
                        "start/sgd-seed2.safetensors", "--out", "file.json"})
                .exit_code == 0);
    const nlohmann::json from_seed = workshop.json_of("seed.json").at("runs");
    const nlohmann::json from_file = workshop.json_of("file.json").at("runs");
    CHECK(workshop.json_of("seed.json").at("initial_weights_sha256").is_null());
    CHECK(workshop.json_of("file.json").at("initial_weights_sha256") ==
          workshop.json_of("zero.json").at("runs").at(0).at("weights_sha256"));
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(from_seed.at(i).at("weights_sha256") == from_file.at(i).at("weights_sha256"));
}

TEST_CASE("eval: existing models are never overwritten, and that is said before training") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "0", "--save-model", "models"}).exit_code == 0);
    const std::string before = workshop.text_of("models/sgd-seed0.safetensors");
    const Finished again = workshop.train({"--epochs", "1", "--save-model", "models"});
    CHECK(again.exit_code == 2);
    CHECK(contains(again.error, "models/sgd-seed0.safetensors"));
    CHECK(again.output.empty());
    CHECK(workshop.text_of("models/sgd-seed0.safetensors") == before);
}

TEST_CASE("eval: a model that does not fit the data is refused with both extents") {
    const Workshop workshop;
    write_tiny_data(workshop.folder() / "larger", 10);
    REQUIRE(workshop.train({"--optimizer", "sgd", "--epochs", "0", "--save-model", "models"}).exit_code == 0);
    const std::string model = "models/sgd-seed0.safetensors";

    const Finished eval = workshop.mnist({"eval", "--model", model, "--data-dir", "larger"});
    CHECK(eval.exit_code == 2);
    CHECK(contains(eval.error, "100 pixels"));
    CHECK(contains(eval.error, "64 inputs"));

    const Finished train =
        workshop.mnist({"train", "--init-model", model, "--data-dir", "larger", "--epochs", "1"});
    CHECK(train.exit_code == 2);
    CHECK(contains(train.error, model));

    const Finished hidden =
        workshop.mnist({"train", "--init-model", model, "--data-dir", "tiny", "--hidden", "9"});
    CHECK(hidden.exit_code == 2);
    CHECK(contains(hidden.error, model));
    CHECK(workshop.default_results().size() == 1);
}

TEST_CASE("eval: a malformed model file is refused") {
    const Workshop workshop;
    workshop.write("bad.safetensors", std::string("\xff\xff\xff\x7f\0\0\0\0{}", 10));
    const Finished finished = workshop.mnist({"eval", "--model", "bad.safetensors", "--data-dir", "tiny"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "bad.safetensors"));
}

TEST_CASE("quantize: writes a model that eval reads in int8, and never over another") {
    const Workshop workshop;
    REQUIRE(
        workshop.train({"--optimizer", "adam", "--epochs", "20", "--save-model", "models", "--out", "r.json"})
            .exit_code == 0);
    const std::string model = "models/adam-seed0.safetensors";
    const std::vector<std::string> quantize{"quantize", "--model",          model, "--data-dir", "tiny",
                                            "--out",    "new/q.safetensors"};
    const Finished written = workshop.mnist(quantize);
    CAPTURE(written.output, written.error);
    REQUIRE(written.exit_code == 0);
    CHECK(contains(written.output, "new/q.safetensors: "));
    CHECK(contains(written.output, " % of the test set in int8, "));

    const Finished eval =
        workshop.mnist({"eval", "--model", "new/q.safetensors", "--data-dir", "tiny", "--json"});
    CAPTURE(eval.error);
    REQUIRE(eval.exit_code == 0);
    const nlohmann::json object = nlohmann::json::parse(eval.output);
    CHECK(object.at("precision") == "int8");
    CHECK(object.at("dims") == nlohmann::json::array({64, 8, 4}));
    // 100 test images that are easy to tell apart.
    const double before = workshop.json_of("r.json").at("runs").at(0).at("last_accuracy");
    CHECK(std::abs(object.at("test_accuracy").get<double>() - before) <= 2);
    CHECK(contains(workshop.mnist({"eval", "--model", "new/q.safetensors", "--data-dir", "tiny"}).output,
                   "new/q.safetensors (int8): "));

    const std::string content = workshop.text_of("new/q.safetensors");
    const Finished again = workshop.mnist(quantize);
    CHECK(again.exit_code == 2);
    CHECK(contains(again.error, "never overwritten"));
    CHECK(workshop.text_of("new/q.safetensors") == content);
}

TEST_CASE("quantize: what is missing or does not fit is said") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--optimizer", "sgd", "--epochs", "0", "--save-model", "models"}).exit_code == 0);
    const std::string model = "models/sgd-seed0.safetensors";
    CHECK(contains(workshop.mnist({"quantize", "--out", "q"}).error, "expected --model FILE"));
    CHECK(contains(workshop.mnist({"quantize", "--model", model}).error, "expected --out FILE"));
    write_tiny_data(workshop.folder() / "larger", 10);
    const Finished larger =
        workshop.mnist({"quantize", "--model", model, "--out", "q", "--data-dir", "larger"});
    CHECK(larger.exit_code == 2);
    CHECK(contains(larger.error, "64 inputs"));
    REQUIRE(workshop.mnist({"quantize", "--model", model, "--out", "q", "--data-dir", "tiny"}).exit_code ==
            0);
    CHECK(contains(workshop.mnist({"quantize", "--model", "q", "--out", "p", "--data-dir", "tiny"}).error,
                   "expected a model in f32"));
    CHECK(contains(workshop.mnist({"train", "--data-dir", "tiny", "--init-model", "q"}).error, "found"));
}
