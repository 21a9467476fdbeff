// `mnist eval`: loss, accuracy and confusion matrix of a model file over the test set, for people or as one
// JSON object.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "app.hpp"
#include "console.hpp"
#include "data_loading.hpp"
#include "eval_text.hpp"
#include "mnist/data/background.hpp"
#include "mnist/models/model_file.hpp"
#include "mnist/models/normalisation.hpp"
#include "mnist/report/terminal.hpp"
#include "mnist/train/experiment.hpp"
#include "model_flags.hpp"

namespace mnist {
namespace {

struct EvalFlags {
    ModelFlags model;
    DataFlags data;
    bool json = false;
};

// What the file says of itself and the user says of it. Throws InputError.
EvalResult described(const EvalFlags& flags, bool quantized) {
    const std::string& file = flags.model.file;
    const ModelMetadata texts = load_metadata(file);
    const std::optional<Normalisation> given = flags.model.normalisation();
    const std::optional<Normalisation> stored = stored_normalisation(texts, file);
    EvalResult result;
    result.model = file;
    result.precision = quantized ? "int8" : "f32";
    if (!quantized) result.normalisation = stored.value_or(given.value_or(Normalisation{}));
    result.normalisation_known = quantized || stored || given;
    result.training_background = stored_number(texts, kBackgroundKey, 0, 1, file);
    if (const auto mark = texts.find(kInterruptedKey); mark != texts.end()) result.interrupted = mark->second;
    return result;
}

// The model is what is read first: a mistake in it shows before any data is fetched.
template <class Model>
EvalResult evaluated(const Model& model, EvalResult result, const DataOptions& options, Console& console) {
    const Dataset dataset = load_data(options, console, DataNeed::test);
    require_fit(model.dims(), result.model, dataset);
    Evaluation evaluation = evaluate_model(model, dataset, TrainConfig{}.test_batch_size, 0, usable_cpus());
    result.dims = model.dims();
    result.weights_sha256 = weights_sha256(model);
    result.dataset = dataset.facts;
    result.background = background(dataset, dataset.test);
    result.loss = evaluation.loss;
    result.accuracy = evaluation.accuracy;
    result.seconds = evaluation.seconds;
    result.confusion_matrix = std::move(evaluation.confusion_matrix);
    return result;
}

int evaluate(const EvalFlags& flags) {
    flags.model.require_file("eval");
    Console console(true);
    console.warn_of_tracing();
    const DataOptions options = flags.data.options();
    const std::string& file = flags.model.file;
    const bool quantized = flags.model.quantized();
    EvalResult result = described(flags, quantized);
    result = quantized ? evaluated(load_quantized(file), std::move(result), options, console)
                       : evaluated(load_model(file, std::nullopt, flags.model.normalisation()),
                                   std::move(result), options, console);
    console.print(flags.json ? eval_json(result) : eval_text(result, console.style()));
    return console.exit_code(kExitFine);
}

}  // namespace

void add_eval_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(
        app, "eval", "Loss, accuracy and confusion matrix of a saved model, on the test files",
        {"mnist eval --model models/adam-seed0.safetensors",
         "mnist eval --model adam-int8.safetensors    what mnist quantize wrote, in int8",
         "mnist eval --model adam.safetensors --dataset fashion-mnist --json",
         "mnist eval --model pytorch.safetensors --mean 0.1307 --std 0.3081    trained elsewhere"});
    const auto flags = std::make_shared<EvalFlags>();
    flags->model.add_to(*command, "Model file: safetensors of linear layers, or what mnist quantize wrote");
    flags->data.add_to(*command);
    command->add_flag("--json", flags->json, "One JSON object instead of text");
    command->callback([flags, &action] { action = [flags] { return evaluate(*flags); }; });
}

}  // namespace mnist
