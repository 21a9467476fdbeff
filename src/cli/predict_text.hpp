// What `mnist predict` prints, for people and for programs (JSON). Pure functions; reading pictures and
// asking the model is the subcommand's work.
#pragma once

#include <string>
#include <vector>

#include "mnist/data/digit_picture.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

struct PredictedDigit {
    std::size_t digit = 0;              ///< the class with the greatest probability; of equal ones the first
    std::vector<double> probabilities;  ///< [classes], 0 to 1
    PreparedDigit prepared;
};

struct PredictedPicture {
    std::string file;  ///< as the user named it
    std::vector<PredictedDigit> digits;
};

struct PredictResult {
    std::string model;  ///< the file, as the user named it
    std::vector<std::size_t> dims;
    std::string precision;  ///< "f32" or "int8"
    std::string weights_sha256;
    std::vector<PredictedPicture> pictures;
};

/// For each picture "FILE: 42", and below it what the network saw of each digit, side by side as far as the
/// style's width allows, with the probability and the runner-up's where that is not small: half blocks where
/// the style has Unicode, ASCII otherwise.
[[nodiscard]] std::string predict_text(const PredictResult& result, const TextStyle& style);

/// {"schema", "kind": "predict", ..., "pictures": [{"file", "digits": [{"digit", "probability",
/// "probabilities", "box", "pixels"}]}]}; pixels are the 28 x 28 bytes that the network saw, row-major, as
/// base64. Indented by one space, ending with a newline.
[[nodiscard]] std::string predict_json(const PredictResult& result);

}  // namespace mnist
