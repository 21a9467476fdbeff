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
#include "mnist/machine/fingerprint.hpp"
#include "mnist/nn/quantized_model.hpp"
#include "mnist/report/text.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {
namespace {

struct QuantizeFlags {
    std::string model;
    std::string out;
    std::string dataset;
    std::string data_dir;
    CLI::Option* dataset_flag = nullptr;
    CLI::Option* data_dir_flag = nullptr;
};

void require_given(const std::string& value, const char* expected, const char* remedy) {
    if (!value.empty()) return;
    throw InputError({.where = "quantize", .expected = expected, .found = "none", .remedy = remedy});
}

int quantize_file(const QuantizeFlags& flags) {
    require_given(flags.model, "--model FILE", "mnist train --save-model DIR writes such files");
    require_given(flags.out, "--out FILE", "For example: --out int8.safetensors");
    require_new(flags.out,
                "Models are never overwritten: choose another name with --out or move the old one");
    require_writable(flags.out, std::filesystem::path(flags.out).parent_path());
    Console console(true);
    DataOptions options;
    if (flags.dataset_flag->count() > 0) set_dataset(options, {"--dataset", {flags.dataset}});
    if (flags.data_dir_flag->count() > 0) set_data_dir(options, {"--data-dir", {flags.data_dir}});
    read_environment(options);

    const ModelParameters model = load_model(flags.model);
    const Dataset dataset = load_data(options, console);
    require_fit(model.dims(), flags.model, dataset);
    const QuantizedModel quantized = quantize_model(model, dataset);
    save_quantized(quantized, flags.out, load_metadata(flags.model));

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
    command->add_option("--model", flags->model, "Model file (safetensors, PyTorch's names and shapes)")
        ->type_name("FILE");
    command->add_option("--out", flags->out, "File to write, in missing folders too; never overwrites one")
        ->type_name("FILE");
    flags->dataset_flag =
        command
            ->add_option("--dataset", flags->dataset,
                         "mnist, fashion-mnist or synthetic, whose training images calibrate the activations")
            ->type_name("NAME");
    flags->data_dir_flag =
        command->add_option("--data-dir", flags->data_dir, "Folder of the four IDX files, plain or .gz")
            ->type_name("DIR");
    command->callback([command, flags, &action] {
        action = [command, flags] {
            reject_unknown_words(*command);
            return quantize_file(*flags);
        };
    });
}

}  // namespace mnist
