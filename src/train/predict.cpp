// One thread: pictures come by the handful.
#include "mnist/train/predict.hpp"

#include <algorithm>
#include <cmath>

#include "eval_tile.hpp"
#include "mnist/core/error.hpp"
#include "mnist/infer/low_precision.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/team.hpp"

namespace mnist {
namespace {

LabelledRows unlabelled_rows(std::span<const std::uint8_t> images, std::size_t pixels) {
    if (pixels == 0 || images.size() % pixels != 0)
        throw ShapeError("prediction: the images do not fit the model");
    return {.images = images.data(), .labels = nullptr, .count = images.size() / pixels, .pixels = pixels};
}

std::vector<double> softmax_of_rows(const std::vector<float>& logits, std::size_t classes) {
    std::vector<double> shares(logits.begin(), logits.end());
    for (auto row = shares.begin(); row != shares.end(); row += static_cast<std::ptrdiff_t>(classes)) {
        const auto end = row + static_cast<std::ptrdiff_t>(classes);
        const double greatest = *std::max_element(row, end);
        double sum = 0;
        std::for_each(row, end, [&](double& value) { sum += value = std::exp(value - greatest); });
        std::for_each(row, end, [&](double& value) { value /= sum; });
    }
    return shares;
}

}  // namespace

std::vector<double> class_probabilities(const ModelParameters& model, std::span<const std::uint8_t> images) {
    const std::vector<std::size_t> dims = model.dims();
    const LabelledRows rows = unlabelled_rows(images, dims.front());
    Team team(1, {});
    Engine engine(team, EngineOptions{.dims = dims, .batch = 0, .eval_tile = eval_tile(rows.count)});
    engine.start(model, OptimizerSettings{});
    return softmax_of_rows(engine.logits(rows), dims.back());
}

std::vector<double> class_probabilities(const QuantizedModel& model, std::span<const std::uint8_t> images) {
    const std::vector<std::size_t> dims = model.dims();
    const LabelledRows rows = unlabelled_rows(images, dims.front());
    Team team(1, {});
    LowPrecisionEngine engine(team, model, eval_tile(rows.count));
    return softmax_of_rows(engine.logits(rows), dims.back());
}

}  // namespace mnist
