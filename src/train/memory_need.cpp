// The kernel grants memory that it does not have and ends the process when it is used, or makes the machine
// swap for hours; so what cannot fit is refused by arithmetic, before it is asked for.
#include "memory_need.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <limits>

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
    // Of gradients a shard keeps as many as the tree of its leaves is high, and one.
    const BatchCut cut = cut_batch(std::max<std::size_t>(1, shape.batch));
    const std::size_t shards =
        shards_of(plan_layers(shape.dims, KernelFamily::plain).front(), cut, shape.threads);
    const std::size_t of_shard = (cut.leaves() + shards - 1) / shards;
    const double in_engine =
        (shape.precision == Precision::bf16 ? 3.5 : 3) +
        static_cast<double>(shards) * (1 + static_cast<double>(std::bit_width(of_shard - 1)));
    const double kept = shape.checkpoints ? 6 : 2;
    const double input = padded(shape.dims.front());
    const double slots = shape.loader_threads > 0 ? static_cast<double>(LoaderShape{}.slots) : 0;
    // A step has the rows of a group, and of a turn one part at least of the first layer's sums and all
    // results with their gradients; a loader has whole batches.
    const auto rows = [&](std::size_t groups) {
        return shape.batch == 0 ? 0.0 : static_cast<double>(cut.rows_of(0, groups));
    };
    const double group_floats = rows(1) * input + rows(shards) * (padded(shape.dims.at(1)) + 2 * outputs);
    const double loader_floats = static_cast<double>(shape.batch) * slots * input;
    const double eval_floats =
        static_cast<double>(shape.threads) * static_cast<double>(shape.eval_tile) * (input + outputs);
    return {.network_bytes = sizeof(float) * parameters * (in_engine + kept),
            .rows_bytes = sizeof(float) * (group_floats + loader_floats + eval_floats)};
}

namespace {

MemoryShape shape_of(const ExperimentInputs& inputs) {
    const TrainConfig& config = inputs.config;
    return {.dims = network_dims(config, *inputs.dataset),
            .batch = std::min(config.batch_size, inputs.dataset->train.count()),
            .eval_tile = eval_tile(config.test_batch_size),
            .threads = config.jobs > 1 ? std::max<std::size_t>(1, config.threads)
                                       : team_size(config.threads, inputs.cpus),
            .loader_threads = config.loader_threads,
            .checkpoints = inputs.checkpoint_every > 0,
            .precision = config.precision};
}

std::size_t that_fit(const MemoryNeed& need, const MemoryRoom& room) {
    return static_cast<std::size_t>(static_cast<double>(room.bytes) /
                                    std::max(1.0, need.network_bytes + need.rows_bytes));
}

}  // namespace

std::size_t jobs_that_fit(const ExperimentInputs& inputs) {
    const std::optional<MemoryRoom> room = memory_room();
    return room ? that_fit(memory_need(shape_of(inputs)), *room) : std::numeric_limits<std::size_t>::max();
}

void require_memory(const ExperimentInputs& inputs) {
    const std::optional<MemoryRoom> room = memory_room();
    if (!room) return;
    const MemoryShape shape = shape_of(inputs);
    const MemoryNeed need = memory_need(shape);
    const std::size_t runs = inputs.config.seeds * inputs.config.optimizers.size();
    const std::size_t jobs = std::clamp<std::size_t>(inputs.config.jobs, 1, runs);
    const std::size_t fit = that_fit(need, *room);
    if (jobs <= fit) return;
    const double bytes = need.network_bytes + need.rows_bytes;
    const auto space = static_cast<double>(room->bytes);
    if (fit > 0)
        throw InputError({.where = inputs.in_step ? "--copies" : "--jobs",
                          .expected = fmt::format("at most {} side by side, which fit into {:.2f} GiB ({})",
                                                  fit, space / kGiB, room->bound),
                          .found = fmt::format("{}, which need {:.2f} GiB each", jobs, bytes / kGiB),
                          .remedy = fmt::format("Choose {} or fewer", fit)});
    const bool network = need.network_bytes >= need.rows_bytes;
    throw InputError(
        {.where = network ? "--hidden" : "--batch-size",
         .expected = fmt::format("a training that needs at most {:.2f} GiB ({})", space / kGiB, room->bound),
         .found =
             fmt::format("one that needs {:.2f} GiB: {:.2f} for the network {} and {:.2f} for batches of {}",
                         bytes / kGiB, need.network_bytes / kGiB, fmt::join(shape.dims, "-"),
                         need.rows_bytes / kGiB, shape.batch),
         .remedy =
             network ? "Choose smaller hidden layers" : "Choose smaller batches or smaller hidden layers"});
}

}  // namespace mnist
