// What `mnist eval` prints, for people and for programs (JSON). Pure functions; loading and evaluating is the
// subcommand's work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mnist/core/facts.hpp"
#include "mnist/models/model_file.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

/// A model file and how it did on the test set.
struct EvalResult {
    std::string model;  ///< the file, as the user named it
    std::vector<std::size_t> dims;
    std::string precision = "f32";               ///< or "int8"
    std::optional<Normalisation> normalisation;  ///< that its weights were trained on; empty in int8
    bool normalisation_known = true;             ///< else neither file nor user said so
    std::string weights_sha256;  ///< of the weights as they are computed with, in our normalisation
    std::optional<std::string> interrupted;  ///< as the file says, e.g. "after 12 of 25 epochs"
    DatasetFacts dataset;
    double background = 0;                      ///< of the test images, see data/background.hpp
    std::optional<double> training_background;  ///< as the file says
    double loss = 0;                            ///< nats
    double accuracy = 0;                        ///< percent
    double seconds = 0;
    ConfusionMatrix confusion_matrix;
};

/// What makes the figures doubtful, each with what to do: images that look inverted, an accuracy that is that
/// of guessing (within two standard deviations of always naming the commonest class), outputs without a
/// class.
[[nodiscard]] std::vector<std::string> eval_remarks(const EvalResult& result);

/// Facts, remarks, loss, accuracy and confusion matrix, with the names of the classes.
[[nodiscard]] std::string eval_text(const EvalResult& result, const TextStyle& style);

/// {"schema", "kind": "eval", ...} with the keys that result files use, indented by one space, ending with a
/// newline. A loss that is not finite becomes null, and so does what was not read of the data.
[[nodiscard]] std::string eval_json(const EvalResult& result);

}  // namespace mnist
