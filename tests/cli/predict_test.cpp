// `mnist predict` from training to pictures: digits that the program draws itself, as somebody else's
// pictures of them.
#include <algorithm>

#include "catch.hpp"
#include "fixtures.hpp"
#include "mnist/data/synthetic.hpp"

using namespace mnist::testing;

namespace {

constexpr std::size_t kSide = 28;
constexpr std::size_t kScale = 5;
constexpr const char* kModel = "models/adam-seed0.safetensors";

// Rows of test images side by side, each `scale` times as large, on a wider ground; a binary PGM.
std::string picture_of(const mnist::Dataset& digits, const std::vector<std::size_t>& images,
                       bool dark_on_bright) {
    const std::size_t columns = images.size() * kSide * kScale + 60;
    const std::size_t rows = kSide * kScale + 35;
    std::string levels(rows * columns, dark_on_bright ? '\xff' : '\0');
    for (std::size_t i = 0; i < images.size(); ++i) {
        for (std::size_t r = 0; r < kSide * kScale; ++r) {
            for (std::size_t c = 0; c < kSide * kScale; ++c) {
                const unsigned ink =
                    digits.test.images[images[i] * kSide * kSide + r / kScale * kSide + c / kScale];
                levels[(r + 30) * columns + 45 + i * kSide * kScale + c] =
                    static_cast<char>(dark_on_bright ? 255U - ink : ink);
            }
        }
    }
    return "P5 " + std::to_string(columns) + " " + std::to_string(rows) + " 255\n" + levels;
}

nlohmann::json predicted(const Workshop& workshop, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"predict", "--json", "--model"});
    const Finished finished = workshop.mnist(arguments);
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(finished.error.empty());
    return nlohmann::json::parse(finished.output);
}

}  // namespace

TEST_CASE("predict: reads digits that were enlarged, moved and inverted, also in int8", "[slow]") {
    const Workshop workshop;
    REQUIRE(workshop
                .mnist({"train", "--dataset", "synthetic", "--optimizer", "adam", "--epochs", "2",
                        "--save-model", "models"})
                .exit_code == 0);
    REQUIRE(
        workshop.mnist({"quantize", "--dataset", "synthetic", "--model", kModel, "--out", "int8.safetensors"})
            .exit_code == 0);
    const mnist::Dataset digits = mnist::synthetic_digits(0, 0, 60);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < digits.test.count(); ++i) {
        names.push_back("digit" + std::to_string(i) + ".pgm");
        workshop.write(names.back(), picture_of(digits, {i}, i % 2 == 0));
    }
    for (const std::string model : {kModel, "int8.safetensors"}) {
        std::vector<std::string> arguments{model};
        arguments.insert(arguments.end(), names.begin(), names.end());
        const nlohmann::json object = predicted(workshop, arguments);
        CHECK(object.at("precision") == (model == kModel ? "f32" : "int8"));
        std::size_t right = 0;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const nlohmann::json& picture = object.at("pictures").at(i);
            CHECK(picture.at("file") == names[i]);
            REQUIRE(picture.at("digits").size() == 1);
            right += picture.at("digits").at(0).at("digit") == digits.test.labels[i] ? 1 : 0;
        }
        CAPTURE(model, right);
        // After two epochs it knows most digits, not all; by chance it would know 6 of 60.
        CHECK(right >= 45);
    }

    const std::vector<std::size_t> row{0, 1, 2, 3, 4};
    workshop.write("row.pgm", picture_of(digits, row, true));
    const nlohmann::json found = predicted(workshop, {kModel, "--line", "row.pgm"});
    const nlohmann::json alone =
        predicted(workshop, {kModel, names[0], names[1], names[2], names[3], names[4]});
    const nlohmann::json& in_row = found.at("pictures").at(0).at("digits");
    REQUIRE(in_row.size() == row.size());
    for (const std::size_t i : row) {
        CHECK(in_row.at(i).at("digit") == alone.at("pictures").at(i).at("digits").at(0).at("digit"));
        const std::size_t left = in_row.at(i).at("box").at("left");
        CHECK(left / (kSide * kScale) == i);
    }

    const Finished text = workshop.mnist({"predict", "--model", kModel, "--line", "row.pgm"});
    CHECK(text.exit_code == 0);
    CHECK(text.error.empty());
    CHECK(text.output.starts_with("row.pgm: "));
    CHECK(contains(text.output, " %"));

    Launch piped = workshop.launch({"predict", "--model", kModel, "-"});
    piped.input = workshop.text_of(names[0]);
    CHECK(contains(run(piped).output, "-: "));
    const Finished wide = workshop.mnist({"predict", "--model", kModel, "row.pgm"});
    CHECK(wide.exit_code == 0);
    CHECK(contains(wide.error, "warning: row.pgm: what was taken for one digit is "));
    CHECK(contains(wide.error, "--line"));
}

TEST_CASE("predict: what is missing, foreign or does not fit is said before anything is printed") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--optimizer", "sgd", "--epochs", "0", "--save-model", "models"}).exit_code == 0);
    write_tiny_data(workshop.folder() / "full", kSide);
    REQUIRE(workshop
                .mnist({"train", "--data-dir", "full", "--optimizer", "adam", "--epochs", "0", "--save-model",
                        "models"})
                .exit_code == 0);
    workshop.write("text.png", "no picture");
    workshop.write("white.pgm", "P2 2 2 1 1 1 1 1");
    workshop.write("fine.pgm", "P2 3 3 1 1 1 1 1 0 1 1 1 1");
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{}, "mnist: predict: expected --model FILE, found none"},
        {{"--model", kModel}, "mnist: predict: expected one picture or more, found none"},
        {{"--model", "none.safetensors", "fine.pgm"}, "none.safetensors: expected"},
        {{"--model", "models/sgd-seed0.safetensors", "fine.pgm"}, "784 pixels, found one for 64 inputs"},
        {{"--model", kModel, "fine.pgm", "none.png"}, "none.png: expected a readable file"},
        {{"--model", kModel, "text.png"}, "text.png: expected a picture: PNG, JPEG or PNM"},
        {{"--model", kModel, "white.pgm"}, "white.pgm: expected a digit that stands out"},
        {{"--model", kModel, "fine.pgm", "--lin"}, "Did you mean --line?"}};
    for (const auto& [arguments, message] : cases) {
        std::vector<std::string> words{"predict"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        const Finished finished = workshop.mnist(words);
        CAPTURE(message, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(finished.output.empty());
        CHECK(contains(finished.error, message));
    }
    CHECK(workshop.mnist({"predict", "--model", kModel, "fine.pgm"}).exit_code == 0);
}
