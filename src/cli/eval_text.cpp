// The file's own texts are made printable: they come from anywhere.
#include "eval_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mnist/report/run_groups.hpp"
#include "mnist/report/text.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

nlohmann::ordered_json finite_or_null(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string eval_text(const EvalResult& result, const TextStyle& style) {
    std::string text =
        fmt::format("{}{}: {}\n", printable(result.model),
                    result.precision == "f32" ? "" : " (" + result.precision + ")", describe(result.dataset));
    if (result.interrupted)
        text +=
            fmt::format("! The training of this model was interrupted {}.\n", printable(*result.interrupted));
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
    object["dataset"] = to_json(result.dataset);
    object["test_loss"] = finite_or_null(result.loss);
    object["test_accuracy"] = finite_or_null(result.accuracy);
    object["eval_seconds"] = result.seconds;
    object["confusion_matrix"] = result.confusion_matrix;
    return object.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mnist
