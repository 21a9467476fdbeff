// The kernel grants memory that it does not have and ends the process when it is used, or makes the machine
// swap for hours; so what cannot fit is refused by arithmetic, before it is asked for.
#include "memory_need.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "eval_tile.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"
#include "mnist/data/loader.hpp"
#include "mnist/machine/memory.hpp"
#include "mnist/step/layer_plan.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

// As the layouts of the family that needs most have it.
double padded_for(Precision precision, std::size_t extent) {
    return static_cast<double>(round_up(extent, precision == Precision::bf16 ? kAmxInputs : kLane));
}

}  // namespace

MemoryNeed memory_need(const MemoryShape& shape) {
    const auto padded = [&](std::size_t extent) { return padded_for(shape.precision, extent); };
    double parameters = 0;
    double outputs = 0;
    for (std::size_t l = 0; l + 1 < shape.dims.size(); ++l) {
        parameters += (padded(shape.dims[l]) + 1) * padded(shape.dims[l + 1]);
        outputs += padded(shape.dims[l + 1]);
    }
    // In the engine a parameter is a weight, a gradient and two states, and in bf16 a copy of half the size.
    // Beside it the weights after the last whole epoch are kept while the next ones are taken; for
    // checkpoints with both states.
    const double in_engine = shape.precision == Precision::bf16 ? 4.5 : 4;
    const double kept = shape.checkpoints ? 6 : 2;
    const double input = padded(shape.dims.front());
    const double slots = shape.loader_threads > 0 ? static_cast<double>(LoaderShape{}.slots) : 0;
    // A step has the rows of a group, and of a span one part at least of the first layer's sums and all
    // results with their gradients; a loader has whole batches.
    const BatchCut cut = cut_batch(std::max<std::size_t>(1, shape.batch));
    const auto rows = [&](std::size_t groups) {
        return shape.batch == 0 ? 0.0 : static_cast<double>(cut.rows_of(0, groups));
    };
    const double group_floats =
        rows(1) * input + rows(span_of(cut, shape.threads)) * (padded(shape.dims.at(1)) + 2 * outputs);
    const double loader_floats = static_cast<double>(shape.batch) * slots * input;
    const double eval_floats =
        static_cast<double>(shape.threads) * static_cast<double>(shape.eval_tile) * (input + outputs);
    return {.network_bytes = sizeof(float) * parameters * (in_engine + kept),
            .rows_bytes = sizeof(float) * (group_floats + loader_floats + eval_floats)};
}

void require_memory(const ExperimentInputs& inputs) {
    const std::optional<MemoryRoom> room = memory_room();
    if (!room) return;
    const TrainConfig& config = inputs.config;
    const MemoryShape shape{.dims = network_dims(config, *inputs.dataset),
                            .batch = std::min(config.batch_size, inputs.dataset->train.count()),
                            .eval_tile = eval_tile(config.test_batch_size),
                            .threads = team_size(config.threads, inputs.cpus),
                            .loader_threads = config.loader_threads,
                            .checkpoints = inputs.checkpoint_every > 0,
                            .precision = config.precision};
    const MemoryNeed need = memory_need(shape);
    const double bytes = need.network_bytes + need.rows_bytes;
    if (bytes <= static_cast<double>(room->bytes)) return;
    const bool network = need.network_bytes >= need.rows_bytes;
    throw InputError({.where = network ? "--hidden" : "--batch-size",
                      .expected = fmt::format("a training that needs at most {:.2f} GiB ({})",
                                              static_cast<double>(room->bytes) / kGiB, room->bound),
                      .found = fmt::format(
                          "one that needs {:.2f} GiB: {:.2f} for the network {} and {:.2f} for batches of {}",
                          bytes / kGiB, need.network_bytes / kGiB, fmt::join(shape.dims, "-"),
                          need.rows_bytes / kGiB, shape.batch),
                      .remedy = network ? "Choose smaller hidden layers"
                                        : "Choose smaller batches or smaller hidden layers"});
}

}  // namespace mnist
