// What a network reads for a pixel. Every network in memory reads ours, from -1 to 1; a model file may say
// that its weights were trained on another one, and is brought to ours as it is read: the layers compute the
// same numbers from other inputs. So nothing behind the reader knows of a second normalisation, and in ours
// not a bit changes.
#pragma once

#include <optional>
#include <string>

#include "mnist/models/model_file.hpp"

namespace mnist {

/// Keys of a model file's texts: decimal numbers. Without them a file is taken for ours, unless its user says
/// otherwise.
inline constexpr const char* kMeanKey = "mnist.normalisation.mean";
inline constexpr const char* kStdKey = "mnist.normalisation.std";

/// Bounds of what is believed. Beyond them mean and std were probably taken from pixels of 0 to 255.
inline constexpr double kMostMean = 1;  ///< and the least is -1
inline constexpr double kLeastStd = 0.001;
inline constexpr double kMostStd = 10;

/// A number in a file's texts; empty without the key. Throws InputError, which names the file as `where`, for
/// what is none from `low` to `high`.
[[nodiscard]] std::optional<double> stored_number(const ModelMetadata& metadata, const std::string& key,
                                                  double low, double high, const std::string& where);

/// What the file's texts say; empty where they have neither key. `where` names the file. Throws InputError
/// for one key without the other, and for what is no number within the bounds.
[[nodiscard]] std::optional<Normalisation> stored_normalisation(const ModelMetadata& metadata,
                                                                const std::string& where);

/// A layer whose inputs x are factor * z + offset, as one that reads z: weights times the factor, biases plus
/// the offset times their weights' sum. Computed in double, rounded once.
[[nodiscard]] LayerParameters with_other_inputs(const LayerParameters& layer, double factor, double offset);

/// The first layer of a network that reads `read`, as one that reads ours.
[[nodiscard]] LayerParameters with_our_pixels(const LayerParameters& first, const Normalisation& read);

}  // namespace mnist
