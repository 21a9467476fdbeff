// Images are copied out of the data set only once it is known which ones are kept.
#include "mnist/train/pictures.hpp"

#include <algorithm>
#include <cmath>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

SampleImage image_of(const Split& split, std::size_t index, std::size_t pixels) {
    const std::uint8_t* first = split.images.data() + index * pixels;
    return {.index = index, .label = split.labels[index], .pixels = {first, first + pixels}};
}

/// Softmax probability of the row's greatest logit: 1 / sum(exp(logit - greatest)).
double probability_of_greatest(std::span<const float> row, float greatest) {
    double sum = 0;
    for (const float logit : row) sum += std::exp(static_cast<double>(logit) - static_cast<double>(greatest));
    return 1 / sum;
}

}  // namespace

std::vector<Mistake> worst_mistakes(const Dataset& dataset, std::span<const float> logits, std::size_t most) {
    const std::size_t classes = dataset.facts.classes;
    if (classes == 0 || logits.size() != dataset.test.count() * classes)
        throw ShapeError("worst mistakes: the logits do not fit the test images");
    struct Wrong {
        std::size_t index, predicted;
        double probability;
    };
    std::vector<Wrong> wrong;
    for (std::size_t i = 0; i < dataset.test.count(); ++i) {
        const std::span<const float> row = logits.subspan(i * classes, classes);
        const auto greatest = std::max_element(row.begin(), row.end());
        const auto predicted = static_cast<std::size_t>(greatest - row.begin());
        if (predicted != dataset.test.labels[i])
            wrong.push_back({i, predicted, probability_of_greatest(row, *greatest)});
    }
    std::stable_sort(wrong.begin(), wrong.end(),
                     [](const Wrong& a, const Wrong& b) { return a.probability > b.probability; });
    wrong.resize(std::min(wrong.size(), most));
    std::vector<Mistake> mistakes;
    mistakes.reserve(wrong.size());
    for (const Wrong& one : wrong) {
        mistakes.push_back({.image = image_of(dataset.test, one.index, dataset.pixels()),
                            .predicted = one.predicted,
                            .probability = one.probability});
    }
    return mistakes;
}

std::vector<SampleImage> sample_images(const Dataset& dataset, std::size_t per_class) {
    std::vector<SampleImage> images;
    std::vector<std::size_t> taken(dataset.facts.classes, 0);
    for (std::size_t i = 0; i < dataset.train.count() && images.size() < per_class * taken.size(); ++i) {
        if (taken.at(dataset.train.labels[i])++ < per_class)
            images.push_back(image_of(dataset.train, i, dataset.pixels()));
    }
    std::stable_sort(images.begin(), images.end(),
                     [](const SampleImage& a, const SampleImage& b) { return a.label < b.label; });
    return images;
}

}  // namespace mnist
