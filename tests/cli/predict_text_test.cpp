// What `mnist predict` prints, for people and for programs.
#include "predict_text.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "fixtures.hpp"
#include "mnist/core/base64.hpp"
#include "mnist/report/text.hpp"

using namespace mnist;
using mnist::testing::contains;

namespace {

// Full ink in the first row, half of it in the second, none elsewhere.
PredictedDigit digit_of(std::size_t digit, double probability) {
    PredictedDigit predicted{.digit = digit, .probabilities = std::vector<double>(10, 0), .prepared = {}};
    predicted.probabilities[digit] = probability;
    predicted.probabilities[1] = 1 - probability;
    predicted.prepared.box = {.left = 3, .top = 4, .width = 5, .height = 6};
    for (std::size_t i = 0; i < 2 * kPreparedSide; ++i)
        predicted.prepared.pixels.at(i) = i < kPreparedSide ? 255 : 127;
    return predicted;
}

PredictResult sample() {
    return {.model = "m.safetensors",
            .dims = {784, 10},
            .precision = "f32",
            .weights_sha256 = "ab",
            .pictures = {{.file = "seven\x1b.png", .digits = {digit_of(7, 0.995)}},
                         {.file = "row.pgm", .digits = {digit_of(4, 0.75), digit_of(2, 1), digit_of(0, 1)}}}};
}

}  // namespace

TEST_CASE("predict text: digit, probability, the runner-up where it counts, and what the network saw") {
    const std::string text = predict_text(sample(), {.width = 60});
    CHECK(text.starts_with("seven.png: 7\n" + std::string(28, '*') + "\n\n"));
    CHECK(contains(text, "\n7, 99.50 %\n"));
    CHECK(contains(text, "\nrow.pgm: 420\n" + std::string(28, '*') + "  " + std::string(28, '*') + "\n\n"));
    CHECK(contains(text, "\n4, 75.00 % (or 1, 25.00 %)    2, 100.00 %\n" + std::string(28, '*') + "\n\n"));
    CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("predict text: half blocks where the terminal shows them, and no line is wider than it") {
    const std::string text = predict_text(sample(), {.width = 58, .unicode = true});
    CHECK(contains(text, "seven.png: 7\n▀▀▀▀"));
    std::size_t widest = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        widest = std::max(widest, display_width(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    CHECK(widest == 58);
    CHECK(contains(predict_text(sample(), {.width = 10}), "4, 75.00 % (or 1, 25.00 %)\n"));
}

TEST_CASE("predict text: JSON has every probability, the box and the pixels") {
    const nlohmann::json object = nlohmann::json::parse(predict_json(sample()));
    CHECK(object.at("kind") == "predict");
    CHECK(object.at("schema") == "mnist-results/1");
    CHECK(object.at("model") == "m.safetensors");
    REQUIRE(object.at("pictures").size() == 2);
    CHECK(object.at("pictures").at(0).at("file") == "seven\x1b.png");
    REQUIRE(object.at("pictures").at(1).at("digits").size() == 3);
    const nlohmann::json& digit = object.at("pictures").at(1).at("digits").at(0);
    CHECK(digit.at("digit") == 4);
    CHECK(digit.at("probability") == 0.75);
    CHECK(digit.at("probabilities") == nlohmann::json::array({0, 0.25, 0, 0, 0.75, 0, 0, 0, 0, 0}));
    CHECK(digit.at("box") == nlohmann::json({{"left", 3}, {"top", 4}, {"width", 5}, {"height", 6}}));
    const PreparedDigit& prepared = sample().pictures[1].digits[0].prepared;
    CHECK(from_base64(digit.at("pixels").get<std::string>()) ==
          std::vector<std::uint8_t>(prepared.pixels.begin(), prepared.pixels.end()));
}
