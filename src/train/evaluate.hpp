// The test set through an engine that is there already. Private to this room.
#pragma once

#include "mnist/step/engine.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {

/// With the weights that the engine has. The seconds are of the evaluation alone.
[[nodiscard]] Evaluation evaluated(Engine& engine, const Dataset& dataset);

}  // namespace mnist
