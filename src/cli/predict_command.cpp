// `mnist predict`: which digits are on pictures, for people or as one JSON object.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app.hpp"
#include "console.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/train/predict.hpp"
#include "model_flags.hpp"
#include "predict_text.hpp"
#include "train_options.hpp"

namespace mnist {
namespace {

struct PredictFlags {
    ModelFlags model;
    std::vector<std::string> images;
    bool line = false;
    bool json = false;
};

GreyPicture picture_of(const std::string& image) {
    if (image != kStandardStream) return read_picture(image);
    const std::string content = read_standard_input(kMostPictureBytes);
    return read_picture(std::as_bytes(std::span(content)), "standard input");
}

// Digits are seldom wider than high; what is may be several.
void warn_of_wide_ones(const PredictedPicture& picture, bool line, Console& console) {
    constexpr double kWide = 1.5;
    for (const PredictedDigit& digit : picture.digits) {
        const DigitBox& box = digit.prepared.box;
        if (static_cast<double>(box.width) <= kWide * static_cast<double>(box.height)) continue;
        console.warn(fmt::format("{}: what was taken for one digit is {} pixels wide and {} high. {}",
                                 picture.file, box.width, box.height,
                                 line ? "Digits that touch each other are read as one: cut them apart"
                                      : "Where it is several digits side by side, add --line"));
        return;
    }
}

std::vector<PredictedPicture> prepared_pictures(const PredictFlags& flags) {
    const DigitLayout layout = flags.line ? DigitLayout::row : DigitLayout::one;
    std::vector<PredictedPicture> pictures;
    for (const std::string& image : flags.images) {
        PredictedPicture& picture = pictures.emplace_back();
        picture.file = image;
        for (const PreparedDigit& digit : prepare_digits(picture_of(image), layout, image))
            picture.digits.push_back({.digit = 0, .probabilities = {}, .prepared = digit});
    }
    return pictures;
}

// Model is what is read first: a mistake in it shows before any picture is read.
template <class Model>
PredictResult predicted(const Model& model, const char* precision, const PredictFlags& flags) {
    PredictResult result{.model = flags.model.file,
                         .dims = model.dims(),
                         .precision = precision,
                         .weights_sha256 = weights_sha256(model),
                         .pictures = {}};
    constexpr std::size_t kPixels = kPreparedSide * kPreparedSide;
    if (result.dims.front() != kPixels) {
        throw InputError({.where = flags.model.file,
                          .expected = fmt::format("a model for images of 28 x 28 = {} pixels", kPixels),
                          .found = fmt::format("one for {} inputs", result.dims.front()),
                          .remedy = "mnist train --save-model DIR trains one on MNIST"});
    }
    result.pictures = prepared_pictures(flags);
    std::vector<std::uint8_t> images;
    for (const PredictedPicture& picture : result.pictures) {
        for (const PredictedDigit& digit : picture.digits)
            images.insert(images.end(), digit.prepared.pixels.begin(), digit.prepared.pixels.end());
    }
    const std::vector<double> probabilities = class_probabilities(model, images);
    auto row = probabilities.begin();
    for (PredictedPicture& picture : result.pictures) {
        for (PredictedDigit& digit : picture.digits) {
            const auto end = row + static_cast<std::ptrdiff_t>(result.dims.back());
            digit.probabilities.assign(row, end);
            digit.digit = static_cast<std::size_t>(std::max_element(row, end) - row);
            row = end;
        }
    }
    if (!std::ranges::all_of(probabilities, [](double p) { return std::isfinite(p); })) {
        throw InputError({.where = flags.model.file,
                          .expected = "a model whose outputs are finite numbers",
                          .found = "sums that overflow",
                          .remedy = "Train it again; mnist eval shows what it is worth"});
    }
    return result;
}

int predict(const PredictFlags& flags) {
    flags.model.require_file("predict");
    if (flags.images.empty())
        throw InputError({.where = "predict",
                          .expected = "one picture or more",
                          .found = "none",
                          .remedy = "For example: mnist predict --model FILE seven.png"});
    Console console;
    console.warn_of_tracing();
    const std::string& file = flags.model.file;
    const PredictResult result =
        flags.model.quantized()
            ? predicted(load_quantized(file), "int8", flags)
            : predicted(load_model(file, std::nullopt, flags.model.normalisation()), "f32", flags);
    for (const PredictedPicture& picture : result.pictures) warn_of_wide_ones(picture, flags.line, console);
    console.print(flags.json ? predict_json(result) : predict_text(result, console.style()));
    return console.exit_code(kExitFine);
}

}  // namespace

void add_predict_command(CLI::App& app, Action& action) {
    CLI::App* command =
        add_subcommand(app, "predict", "Which digits are on pictures, and what the network saw of them",
                       {"mnist predict --model models/adam-seed0.safetensors seven.png",
                        "mnist predict --model adam-int8.safetensors scans/*.jpg --json",
                        "mnist predict --model models/adam-seed0.safetensors --line postcode.pgm"});
    const auto flags = std::make_shared<PredictFlags>();
    command->add_option("IMAGES", flags->images,
                        "Pictures (PNG, JPEG or PNM, - for standard input) of a digit, dark on bright or "
                        "bright on dark, in any size");
    flags->model.add_to(*command, "Model file: safetensors of linear layers, or what mnist quantize wrote");
    command->add_flag("--line", flags->line,
                      "Several digits side by side; those that touch each other count as one");
    command->add_flag("--json", flags->json, "One JSON object instead of text");
    command->callback([flags, &action] { action = [flags] { return predict(*flags); }; });
}

}  // namespace mnist
