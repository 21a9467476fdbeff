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
#include "mnist/core/error.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/nn/model_file.hpp"
#include "mnist/report/terminal.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {
namespace {

struct EvalFlags {
    std::string model;
    std::string dataset;
    std::string data_dir;
    CLI::Option* dataset_flag = nullptr;
    CLI::Option* data_dir_flag = nullptr;
    bool json = false;
};

std::optional<std::string> interruption(const std::string& model_file) {
    const ModelMetadata metadata = load_metadata(model_file);
    const auto mark = metadata.find(kInterruptedKey);
    return mark == metadata.end() ? std::nullopt : std::optional(mark->second);
}

// Model is what is read first: a mistake in it shows before any data is fetched.
template <class Model>
EvalResult evaluated(const Model& model, const char* precision, const std::string& file,
                     const DataOptions& options, Console& console) {
    const Dataset dataset = load_data(options, console);
    require_fit(model.dims(), file, dataset);
    Evaluation evaluation = evaluate_model(model, dataset, TrainConfig{}.test_batch_size, 0, usable_cpus());
    return {.model = file,
            .dims = model.dims(),
            .precision = precision,
            .weights_sha256 = weights_sha256(model),
            .interrupted = interruption(file),
            .dataset = dataset.facts,
            .loss = evaluation.loss,
            .accuracy = evaluation.accuracy,
            .seconds = evaluation.seconds,
            .confusion_matrix = std::move(evaluation.confusion_matrix)};
}

int evaluate(const EvalFlags& flags) {
    if (flags.model.empty()) {
        throw InputError({.where = "eval",
                          .expected = "--model FILE",
                          .found = "none",
                          .remedy = "mnist train --save-model DIR writes such files"});
    }
    Console console(true);
    DataOptions options;
    if (flags.dataset_flag->count() > 0) set_dataset(options, {"--dataset", {flags.dataset}});
    if (flags.data_dir_flag->count() > 0) set_data_dir(options, {"--data-dir", {flags.data_dir}});
    read_environment(options);

    const bool quantized = is_quantized(flags.model);
    const EvalResult result =
        quantized ? evaluated(load_quantized(flags.model), "int8", flags.model, options, console)
                  : evaluated(load_model(flags.model), "f32", flags.model, options, console);
    console.print(flags.json ? eval_json(result) : eval_text(result, console.style()));
    return console.exit_code(kExitFine);
}

}  // namespace

void add_eval_command(CLI::App& app, Action& action) {
    CLI::App* command =
        add_subcommand(app, "eval", "Loss, accuracy and confusion matrix of a saved model",
                       {"mnist eval --model models/adam-seed0.safetensors",
                        "mnist eval --model adam-int8.safetensors    what mnist quantize wrote, in int8",
                        "mnist eval --model adam.safetensors --dataset fashion-mnist --json"});
    const auto flags = std::make_shared<EvalFlags>();
    command
        ->add_option("--model", flags->model,
                     "Model file: safetensors with PyTorch's names and shapes, or what mnist quantize wrote")
        ->type_name("FILE");
    flags->dataset_flag =
        command->add_option("--dataset", flags->dataset, "mnist, fashion-mnist or synthetic")
            ->type_name("NAME");
    flags->data_dir_flag =
        command->add_option("--data-dir", flags->data_dir, "Folder of the four IDX files, plain or .gz")
            ->type_name("DIR");
    command->add_flag("--json", flags->json, "One JSON object instead of text");
    command->callback([command, flags, &action] {
        action = [command, flags] {
            reject_unknown_words(*command);
            return evaluate(*flags);
        };
    });
}

}  // namespace mnist
