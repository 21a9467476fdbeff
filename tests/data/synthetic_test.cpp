// The synthetic digits: the same bytes everywhere, and pictures that are worth learning from. The accuracies
// of the three optimizers are not tested here, because that takes a full training; a nearest-centroid
// classifier stands in for them.
#include "mnist/data/synthetic.hpp"

#include <tbb/global_control.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"

namespace mnist {
namespace {

using Pixels = std::span<const std::uint8_t>;

constexpr std::size_t kImagePixels = 784;
constexpr std::size_t kClasses = 10;

Pixels image(const Split& split, std::size_t i) {
    return Pixels(split.images).subspan(i * kImagePixels, kImagePixels);
}

/// Share of the test samples whose nearest mean training image is that of their own class.
double nearest_centroid_accuracy(const Dataset& data) {
    std::vector<double> means(kClasses * kImagePixels, 0.0);
    std::vector<double> counts(kClasses, 0.0);
    for (std::size_t i = 0; i < data.train.count(); ++i) {
        const std::size_t label = data.train.labels[i];
        const Pixels picture = image(data.train, i);
        for (std::size_t p = 0; p < kImagePixels; ++p) means[label * kImagePixels + p] += picture[p];
        counts[label] += 1.0;
    }
    for (std::size_t m = 0; m < means.size(); ++m) means[m] /= counts[m / kImagePixels];

    std::size_t right = 0;
    for (std::size_t i = 0; i < data.test.count(); ++i) {
        const Pixels picture = image(data.test, i);
        std::vector<double> distances(kClasses, 0.0);
        for (std::size_t m = 0; m < means.size(); ++m) {
            const double difference = means[m] - picture[m % kImagePixels];
            distances[m / kImagePixels] += difference * difference;
        }
        const auto nearest = std::min_element(distances.begin(), distances.end()) - distances.begin();
        if (nearest == data.test.labels[i]) ++right;
    }
    return static_cast<double>(right) / static_cast<double>(data.test.count());
}

}  // namespace

TEST_CASE("synthetic: the facts describe the set and its bytes") {
    const Dataset data = synthetic_digits(5, 30, 20);
    CHECK(data.facts.name == "synthetic");
    CHECK(data.facts.synthetic);
    CHECK(data.facts.train_samples == 30);
    CHECK(data.facts.test_samples == 20);
    CHECK(data.facts.rows == 28);
    CHECK(data.facts.columns == 28);
    CHECK(data.facts.classes == 10);
    CHECK(data.folder.empty());
    CHECK(data.train.images.size() == 30 * kImagePixels);
    CHECK(data.train.labels.size() == 30);
    CHECK(data.test.images.size() == 20 * kImagePixels);
    CHECK(data.test.labels.size() == 20);

    std::string content;
    for (const Split* split : {&data.train, &data.test}) {
        content.append(split->images.begin(), split->images.end());
        content.append(split->labels.begin(), split->labels.end());
    }
    CHECK(data.facts.sha256 == sha256_hex(std::as_bytes(std::span(content))));
}

TEST_CASE("synthetic: the bytes of a small set are the recorded ones") {
    // A change here changes every result on the synthetic digits: it belongs into the change log.
    CHECK(synthetic_digits(0, 200, 100).facts.sha256 ==
          "164bb2883e1bf1ddff2b74b2dca8a7ea8ae57e0475733dd040398b57a68f88b2");
}

TEST_CASE("synthetic: the number of threads does not change the bytes") {
    const std::string expected = synthetic_digits(3, 600, 300).facts.sha256;
    for (const std::size_t threads : {1U, 2U, 3U, 5U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        CHECK(synthetic_digits(3, 600, 300).facts.sha256 == expected);
    }
}

TEST_CASE("synthetic: a longer set begins with the shorter one") {
    const Dataset small = synthetic_digits(7, 40, 30);
    const Dataset large = synthetic_digits(7, 90, 80);
    CHECK(std::equal(small.train.images.begin(), small.train.images.end(), large.train.images.begin()));
    CHECK(std::equal(small.train.labels.begin(), small.train.labels.end(), large.train.labels.begin()));
    CHECK(std::equal(small.test.images.begin(), small.test.images.end(), large.test.images.begin()));
}

TEST_CASE("synthetic: no picture occurs twice, neither across seeds nor across training and test set") {
    std::set<std::string> pictures;
    std::size_t drawn = 0;
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32U}) {
        const Dataset data = synthetic_digits(seed, 500, 500);
        for (const Split* split : {&data.train, &data.test}) {
            for (std::size_t i = 0; i < split->count(); ++i, ++drawn) {
                const Pixels picture = image(*split, i);
                pictures.emplace(picture.begin(), picture.end());
            }
        }
    }
    CHECK(pictures.size() == drawn);
}

TEST_CASE("synthetic: classes have about the shares that they have in MNIST") {
    constexpr std::size_t kSamples = 4000;
    constexpr std::array<int, 10> kMnistTrainingCounts{5923, 6742, 5958, 6131, 5842,
                                                       5421, 5918, 6265, 5851, 5949};
    const Dataset data = synthetic_digits(0, kSamples, 0);
    std::array<int, 10> counts{};
    for (const std::uint8_t label : data.train.labels) ++counts.at(label);
    for (std::size_t digit = 0; digit < counts.size(); ++digit) {
        const double expected = kMnistTrainingCounts.at(digit) / 60000.0 * kSamples;
        CAPTURE(digit);
        CHECK(counts.at(digit) == Approx(expected).margin(80.0));  // four standard deviations of a count
    }
}

TEST_CASE("synthetic: every picture has ink, mostly in the middle, and an empty border") {
    const Dataset data = synthetic_digits(0, 2000, 0);
    double ink = 0.0;
    double border = 0.0;
    for (std::size_t i = 0; i < data.train.count(); ++i) {
        const Pixels picture = image(data.train, i);
        int lit = 0;
        for (std::size_t p = 0; p < picture.size(); ++p) {
            const std::size_t row = p / 28;
            const std::size_t column = p % 28;
            ink += picture[p];
            if (row < 2 || row > 25 || column < 2 || column > 25) border += picture[p];
            if (picture[p] > 100) ++lit;
        }
        CAPTURE(i);
        CHECK(lit >= 15);   // a thin and small 1
        CHECK(lit <= 400);  // half of the picture
    }
    const double mean = ink / static_cast<double>(data.train.images.size());
    CHECK(mean == Approx(33.3).margin(8.0));  // MNIST's training set: 33.3
    CHECK(border < 0.04 * ink);
}

TEST_CASE("synthetic: the nearest centroid recognises many digits, but far from all") {
    const double accuracy = nearest_centroid_accuracy(synthetic_digits(0, 3000, 1000));
    CAPTURE(accuracy);
    CHECK(accuracy > 0.5);
    CHECK(accuracy < 0.9);
}

TEST_CASE("synthetic: an empty set is allowed, one beyond the streams is refused") {
    const Dataset data = synthetic_digits(0, 0, 0);
    CHECK(data.train.count() == 0);
    CHECK(data.test.images.empty());
    CHECK_THROWS_AS(synthetic_digits(0, std::size_t{1} << 40U, 0), ShapeError);
}

}  // namespace mnist
