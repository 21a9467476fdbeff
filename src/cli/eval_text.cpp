// The file's own texts are made printable: they come from anywhere.
#include "eval_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>

#include "mnist/report/run_groups.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

nlohmann::ordered_json finite_or_null(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

struct Guess {
    double share = 0;  // of the test set that always naming the commonest class gets right
    double most = 0;   // what that is not told from
};

Guess guess(const ConfusionMatrix& matrix) {
    std::uint64_t all = 0;
    std::uint64_t commonest = 0;
    for (const std::vector<std::uint64_t>& row : matrix) {
        const auto count = std::accumulate(row.begin(), row.end(), std::uint64_t{0});
        all += count;
        commonest = std::max(commonest, count);
    }
    if (all == 0) return {};
    const double share = static_cast<double>(commonest) / static_cast<double>(all);
    return {.share = share, .most = share + 2 * std::sqrt(share * (1 - share) / static_cast<double>(all))};
}

const char* brightness(double background) {
    return background > 0.5 ? "bright" : "dark";
}

}  // namespace

std::vector<std::string> eval_remarks(const EvalResult& result) {
    std::vector<std::string> remarks;
    const std::size_t outputs = result.dims.back();
    if (outputs > result.dataset.classes)
        remarks.push_back(
            fmt::format("The model has {} outputs and the test labels go up to {}: if it was trained on "
                        "other classes, give "
                        "its own data with --data-dir",
                        outputs, result.dataset.classes - 1));
    const std::string here = brightness(result.background);
    const std::string there = brightness(result.training_background.value_or(0));
    const Guess chance = guess(result.confusion_matrix);
    if (here != there && result.accuracy < 50) {
        remarks.push_back(fmt::format(
            "The images look inverted: their background is {}, {} {}. Evaluate 255 - p for each of their "
            "pixels "
            "p",
            here, result.training_background ? "that of the training set was" : "MNIST's is", there));
    } else if (result.accuracy <= 100 * chance.most) {
        remarks.push_back(fmt::format(
            "That is no better than guessing, which gets {:.2f} % right: check that the model is trained, on "
            "these classes in this order and on images of this kind{}",
            100 * chance.share, result.normalisation_known ? "" : ", and with which --mean and --std"));
    }
    return remarks;
}

std::string eval_text(const EvalResult& result, const TextStyle& style) {
    std::string text =
        fmt::format("{}{}: {}\n", printable(result.model),
                    result.precision == "f32" ? "" : " (" + result.precision + ")", describe(result.dataset));
    if (result.interrupted)
        text +=
            fmt::format("! The training of this model was interrupted {}.\n", printable(*result.interrupted));
    if (result.normalisation && *result.normalisation != Normalisation{})
        text += fmt::format("Trained on (p - {}) / {} for pixels p from 0 to 1\n", result.normalisation->mean,
                            result.normalisation->std);
    for (const std::string& remark : eval_remarks(result)) text += fmt::format("! {}.\n", remark);
    text += fmt::format("Test Loss {:.4f}, Accuracy {:.2f}%\n\n", result.loss, result.accuracy);
    return text + confusion_table(result.confusion_matrix, style,
                                  class_names(result.dataset, result.confusion_matrix.size()));
}

std::string eval_json(const EvalResult& result) {
    nlohmann::ordered_json object;
    object["schema"] = "mnist-results/1";
    object["kind"] = "eval";
    object["model"] = result.model;
    object["dims"] = result.dims;
    object["precision"] = result.precision;
    object["weights_sha256"] = result.weights_sha256;
    object["interrupted"] = result.interrupted.has_value();
    object["normalisation"] = nullptr;
    if (result.normalisation)
        object["normalisation"] = {{"mean", result.normalisation->mean}, {"std", result.normalisation->std}};
    object["dataset"] = to_json(result.dataset);
    if (result.dataset.train_samples == 0) object["dataset"]["train_samples"] = nullptr;
    if (result.dataset.sha256.empty()) object["dataset"]["sha256"] = nullptr;
    object["remarks"] = eval_remarks(result);
    object["test_loss"] = finite_or_null(result.loss);
    object["test_accuracy"] = finite_or_null(result.accuracy);
    object["eval_seconds"] = result.seconds;
    object["confusion_matrix"] = result.confusion_matrix;
    return object.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mnist
