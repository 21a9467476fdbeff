// `mnist export`: a model in ONNX, for ONNX Runtime, OpenVINO and whatever else reads it. Nothing is
// computed, so no data are needed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "app.hpp"
#include "console.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/values.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/models/onnx_file.hpp"
#include "mnist/report/text.hpp"
#include "model_flags.hpp"

namespace mnist {
namespace {

struct ExportFlags {
    ModelFlags model;
    std::string onnx;
    std::string input = "pixels";
};

std::string line(const ExportFlags& flags, const std::vector<std::size_t>& dims, const char* precision,
                 bool pixels, const std::string& library) {
    return fmt::format("{}: {} in {}, reads {} [batch, {}], gives logits [batch, {}]; checked by {}\n",
                       printable(flags.onnx), fmt::join(dims, "-"), precision,
                       pixels ? "pixels of 0 to 255, uint8" : "normalised input, float32", dims.front(),
                       dims.back(), library);
}

int export_model(const ExportFlags& flags) {
    const std::string& file = flags.model.file;
    flags.model.require_file("export");
    if (flags.onnx.empty())
        throw InputError({.where = "export",
                          .expected = "--onnx FILE",
                          .found = "none",
                          .remedy = "For example: --onnx model.onnx"});
    GivenValue{"--input", {flags.input}}.require_one_of({"pixels", "normalised"});
    require_new(flags.onnx,
                "Models are never overwritten: choose another name with --onnx or move the old one");
    require_writable(flags.onnx, std::filesystem::path(flags.onnx).parent_path());
    const bool pixels = flags.input == "pixels";
    const bool quantized = flags.model.quantized();
    if (quantized && !pixels)
        throw InputError({.where = file,
                          .expected = "a model in f32 beside --input normalised",
                          .found = "a quantised one, which reads the bytes of the pixels",
                          .remedy = "Leave --input out, or name the model that it was made of"});
    const OnnxFacts facts{.producer_version = build_facts().version, .metadata = load_metadata(file)};
    Console console;
    if (quantized) {
        const QuantizedModel model = load_quantized(file);
        const std::string library = save_onnx(model, flags.onnx, facts);
        console.print(line(flags, model.dims(), "int8", true, library));
    } else {
        const StoredModel stored = load_stored_model(file, std::nullopt, flags.model.normalisation());
        const std::string library =
            save_onnx(stored, pixels ? OnnxInput::pixels : OnnxInput::normalised, flags.onnx, facts);
        console.print(line(flags, stored.model.dims(), "f32", pixels, library));
    }
    return console.exit_code(kExitFine);
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(
        app, "export", "Write a model in ONNX, for other runtimes",
        {"mnist export --model models/adam-seed0.safetensors --onnx adam.onnx",
         "mnist export --model models/adam-seed0.safetensors --onnx plain.onnx --input normalised",
         "mnist export --model adam-int8.safetensors --onnx int8.onnx    what mnist quantize wrote"});
    const auto flags = std::make_shared<ExportFlags>();
    flags->model.add_to(*command, "Model file: safetensors of linear layers, or what mnist quantize wrote");
    add_word(*command, "--onnx", flags->onnx, "FILE",
             "File to write, in missing folders too; never overwrites one");
    add_word(*command, "--input", flags->input, "WORD",
             "What the graph reads, row by row: pixels (uint8, 0 to 255; it normalises them itself) or "
             "normalised (float32, as the network was trained on) (default: pixels)");
    command->callback([flags, &action] { action = [flags] { return export_model(*flags); }; });
}

}  // namespace mnist
