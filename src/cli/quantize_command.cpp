// `mnist quantize`: a trained model in, the same model with weights of one byte out, and what that does to
// its accuracy.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "app.hpp"
#include "console.hpp"
#include "data_loading.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/models/quantized_file.hpp"
#include "mnist/report/text.hpp"
#include "mnist/train/experiment.hpp"
#include "model_flags.hpp"

namespace mnist {
namespace {

struct QuantizeFlags {
    ModelFlags model;
    DataFlags data;
    std::string out;
};

int quantize_file(const QuantizeFlags& flags) {
    const std::string& file = flags.model.file;
    flags.model.require_file("quantize");
    if (flags.out.empty())
        throw InputError({.where = "quantize",
                          .expected = "--out FILE",
                          .found = "none",
                          .remedy = "For example: --out int8.safetensors"});
    require_new(flags.out,
                "Models are never overwritten: choose another name with --out or move the old one");
    require_writable(flags.out, std::filesystem::path(flags.out).parent_path());
    Console console(true);
    console.warn_of_tracing();
    const DataOptions options = flags.data.options();

    const ModelParameters model = load_model(file, std::nullopt, flags.model.normalisation());
    const Dataset dataset = load_data(options, console);
    require_fit(model.dims(), file, dataset);
    const QuantizedModel quantized = quantize_model(model, dataset);
    save_quantized(quantized, flags.out, load_metadata(file));

    constexpr std::size_t kBatch = 64;
    const double before = evaluate_model(model, dataset, kBatch, 0, usable_cpus()).accuracy;
    const double after = evaluate_model(quantized, dataset, kBatch, 0, usable_cpus()).accuracy;
    console.print(fmt::format("{}: {:.2f} % of the test set in int8, {:.2f} % in f32\n", printable(flags.out),
                              after, before));
    return console.exit_code(kExitFine);
}

}  // namespace

void add_quantize_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(
        app, "quantize", "Round a trained model to weights of one byte",
        {"mnist quantize --model models/adam-seed0.safetensors --out adam-int8.safetensors",
         "mnist eval --model adam-int8.safetensors    loss, accuracy and confusion matrix in int8"});
    const auto flags = std::make_shared<QuantizeFlags>();
    flags->model.add_to(*command, "Model file in f32 (safetensors)");
    add_word(*command, "--out", flags->out, "FILE",
             "File to write, in missing folders too; never overwrites one");
    flags->data.add_to(*command, ", whose training images calibrate the activations");
    command->callback([flags, &action] { action = [flags] { return quantize_file(*flags); }; });
}

}  // namespace mnist
