// The course of the accuracies as a small picture for a terminal. Only inside this room.
#pragma once

#include <string>
#include <vector>

#include "mnist/report/run_groups.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

/// Mean test accuracy over the counted runs, epoch by epoch, one line an optimizer, drawn in Braille dots
/// with a scale and a legend. Lines are told apart by colour, or, without colours, by dashes. Empty where the
/// style has no Unicode, the terminal is narrower than 40 columns, or no optimizer has two epochs.
[[nodiscard]] std::string accuracy_chart(const std::vector<RunGroup>& groups, const TextStyle& style);

}  // namespace mnist
