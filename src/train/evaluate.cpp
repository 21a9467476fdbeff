// Models over the test set, whatever multiplies them.
#include "evaluate.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "eval_tile.hpp"
#include "mnist/infer/low_precision.hpp"
#include "mnist/infer/quantize.hpp"
#include "trainer.hpp"

namespace mnist {
namespace {

template <class AnyEngine>
Evaluation evaluated_by(AnyEngine& engine, const Dataset& dataset) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    EvalOutcome outcome = engine.evaluate(rows_of(dataset.test, dataset.pixels()));
    const std::chrono::duration<double> taken = Clock::now() - start;
    const std::size_t count = dataset.test.count();
    const auto correct = static_cast<double>(outcome.correct);
    return {.loss = outcome.loss,
            .accuracy = count == 0 ? 0.0 : 100.0 * correct / static_cast<double>(count),
            .confusion_matrix = std::move(outcome.confusion_matrix),
            .seconds = taken.count()};
}

}  // namespace

Evaluation evaluated(Engine& engine, const Dataset& dataset) {
    return evaluated_by(engine, dataset);
}

Evaluation evaluate_model(const ModelParameters& model, const Dataset& dataset, std::size_t batch_size,
                          std::size_t threads, const UsableCpus& cpus) {
    Team team(team_size(threads, cpus), cpus.order);
    Engine engine(team, EngineOptions{.dims = model.dims(), .batch = 0, .eval_tile = eval_tile(batch_size)});
    engine.start(model, OptimizerSettings{});
    return evaluated(engine, dataset);
}

Evaluation evaluate_model(const QuantizedModel& model, const Dataset& dataset, std::size_t batch_size,
                          std::size_t threads, const UsableCpus& cpus) {
    Team team(team_size(threads, cpus), cpus.order);
    LowPrecisionEngine engine(team, model, eval_tile(batch_size));
    return evaluated_by(engine, dataset);
}

QuantizedModel quantize_model(const ModelParameters& model, const Dataset& dataset) {
    LabelledRows rows = rows_of(dataset.train, dataset.pixels());
    rows.count = std::min(rows.count, kCalibrationImages);
    return quantize(model, largest_activations(model, rows));
}

}  // namespace mnist
