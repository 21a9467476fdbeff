// Which mistakes and which samples are chosen, on logits and labels small enough to check by hand.
#include "mnist/train/pictures.hpp"

#include <cmath>

#include "catch.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

/// Images of one pixel, whose value is their number.
Split split_of(const std::vector<std::uint8_t>& labels) {
    Split split;
    split.labels = labels;
    for (std::size_t i = 0; i < labels.size(); ++i) split.images.push_back(static_cast<std::uint8_t>(i));
    return split;
}

Dataset set_of(const std::vector<std::uint8_t>& train, const std::vector<std::uint8_t>& test) {
    Dataset set;
    set.facts.rows = set.facts.columns = 1;
    set.facts.classes = 3;
    set.train = split_of(train);
    set.test = split_of(test);
    return set;
}

}  // namespace

TEST_CASE("worst mistakes: only wrong ones, the most confident first, equal ones by their place") {
    const Dataset set = set_of({0, 1, 2}, {0, 1, 2, 0, 1});
    const std::vector<float> logits{
        5, 0, 0,  // right
        2, 0, 0,  // taken for 0
        0, 4, 0,  // taken for 1, surer
        0, 0, 0,  // all equal: the first class, which is right
        2, 0, 0,  // taken for 0, as sure as the second
    };
    const std::vector<Mistake> mistakes = worst_mistakes(set, logits);
    REQUIRE(mistakes.size() == 3);
    CHECK(mistakes[0].image.index == 2);
    CHECK(mistakes[0].image.label == 2);
    CHECK(mistakes[0].predicted == 1);
    CHECK(mistakes[0].probability == Approx(std::exp(4.0) / (std::exp(4.0) + 2)));
    CHECK(mistakes[0].image.pixels == std::vector<std::uint8_t>{2});
    CHECK(mistakes[1].image.index == 1);
    CHECK(mistakes[2].image.index == 4);
    CHECK(worst_mistakes(set, logits, 1).size() == 1);
}

TEST_CASE("worst mistakes: huge logits give a probability of 1, not of no number") {
    const Dataset set = set_of({0, 1, 2}, {0});
    const std::vector<Mistake> mistakes = worst_mistakes(set, std::vector<float>{-3e38F, 3e38F, 0});
    REQUIRE(mistakes.size() == 1);
    CHECK(mistakes[0].probability == 1);
}

TEST_CASE("worst mistakes: logits of another size are a defect of the caller") {
    const Dataset set = set_of({0, 1, 2}, {0, 1});
    CHECK_THROWS_AS(worst_mistakes(set, std::vector<float>(5)), ShapeError);
}

TEST_CASE("sample images: the first of each class, class by class") {
    const std::vector<SampleImage> images = sample_images(set_of({2, 0, 2, 2, 0, 1}, {0}), 2);
    std::vector<std::uint64_t> indices;
    indices.reserve(images.size());
    for (const SampleImage& image : images) indices.push_back(image.index);
    CHECK(indices == std::vector<std::uint64_t>{1, 4, 5, 0, 2});  // the only 1 stands alone
    CHECK(images.back().label == 2);
}

}  // namespace mnist
