// Probabilities of images without labels, beside those computed by hand.
#include "mnist/train/predict.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/infer/quantize.hpp"

using namespace mnist;

namespace {

// Two inputs, three classes: logits 0, x, and 2 y - 1 for pixels x and y from -1 to 1.
ModelParameters tiny_model() {
    LayerParameters layer;
    layer.in = 2;
    layer.out = 3;
    layer.weight = {0, 0, 1, 0, 0, 2};
    layer.bias = {0, 0, -1};
    return {.layers = {layer}};
}

}  // namespace

TEST_CASE("predict: probabilities are the softmax of the logits, row by row") {
    const std::vector<std::uint8_t> images{0, 255, 255, 0, 51, 204};
    const std::vector<double> probabilities = class_probabilities(tiny_model(), images);
    REQUIRE(probabilities.size() == 9);
    for (std::size_t row = 0; row < 3; ++row) {
        const double x = images[2 * row] * 2.0 / 255 - 1;
        const double y = images[2 * row + 1] * 2.0 / 255 - 1;
        const std::array<double, 3> powers{1, std::exp(x), std::exp(2 * y - 1)};
        const double sum = powers[0] + powers[1] + powers[2];
        for (std::size_t c = 0; c < 3; ++c)
            CHECK(probabilities[3 * row + c] == Approx(powers.at(c) / sum).epsilon(1e-5));
    }
}

TEST_CASE("predict: a quantised model says nearly the same") {
    const std::vector<std::uint8_t> images{0, 255, 255, 0, 51, 204};
    const std::vector<double> exact = class_probabilities(tiny_model(), images);
    const std::vector<double> rounded = class_probabilities(quantize(tiny_model(), {}), images);
    REQUIRE(rounded.size() == exact.size());
    for (std::size_t i = 0; i < exact.size(); ++i) CHECK(rounded[i] == Approx(exact[i]).margin(0.02));
}

TEST_CASE("predict: images that do not fit the model are refused") {
    CHECK_THROWS_AS(class_probabilities(tiny_model(), std::vector<std::uint8_t>(3)), ShapeError);
}
