// The brightness of images at their edges.
#include "mnist/data/background.hpp"

#include "catch.hpp"
#include "mnist/data/synthetic.hpp"

using namespace mnist;

namespace {

Dataset of_images(std::size_t rows, std::size_t columns, const std::vector<int>& pixels) {
    Dataset dataset;
    dataset.facts.rows = rows;
    dataset.facts.columns = columns;
    dataset.test.images.assign(pixels.begin(), pixels.end());
    dataset.test.labels.resize(pixels.size() / (rows * columns));
    return dataset;
}

}  // namespace

TEST_CASE("background: the mean of the outermost pixels, whatever is inside") {
    Dataset dataset = of_images(3, 4, {255, 0, 0, 0, 0, 200, 9,   51, 0, 0, 0, 0,  //
                                       0,   0, 0, 0, 0, 77,  255, 0,  0, 0, 0, 204});
    CHECK(background(dataset, dataset.test) == Approx((255.0 + 51 + 204) / 255 / 20));
    CHECK(background(dataset, dataset.train) == 0);
    dataset = of_images(1, 1, {255});
    CHECK(background(dataset, dataset.test) == 1);
}

TEST_CASE("background: that of drawn digits is dark, and inverted it is bright") {
    Dataset dataset = synthetic_digits(0, 1, 100);
    CHECK(background(dataset, dataset.test) < 0.05);
    for (std::uint8_t& pixel : dataset.test.images) pixel = static_cast<std::uint8_t>(255 - pixel);
    CHECK(background(dataset, dataset.test) > 0.95);
}
