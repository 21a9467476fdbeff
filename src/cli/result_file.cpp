// Names and places; how a new file is checked and written is in core.
#include "result_file.hpp"

#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "train_options.hpp"

namespace mnist {

namespace fs = std::filesystem;

namespace {

void require_file_name(const fs::path& path) {
    if (path.has_filename() && path.filename() != ".") return;
    throw InputError(
        {.where = path.string(),
         .expected = "a file name",
         .found = "the name of a folder",
         .remedy = fmt::format("For example: --out {}", (path.parent_path() / "result.json").string())});
}

}  // namespace

std::optional<fs::path> plan_result_file(const std::optional<fs::path>& out, const std::string& created) {
    if (out == kStandardStream) return out;
    if (out) require_file_name(*out);
    return plan_result(out, "mnist-train", created, "--out");
}

std::string model_file_name(OptimizerKind optimizer, std::uint64_t seed) {
    return fmt::format("{}-seed{}.safetensors", name(optimizer), seed);
}

bool is_model_file_of(const ModelParameters& weights, const fs::path& file) {
    std::error_code unknown;
    if (!fs::exists(file, unknown)) return false;
    try {
        return weights_sha256(load_model(file, weights.dims())) == weights_sha256(weights) &&
               !load_metadata(file).contains(kInterruptedKey);
    } catch (const InputError&) {
        return false;  // another model, or none
    }
}

void require_free_model_files(const fs::path& folder, const TrainConfig& config) {
    require_writable(folder, folder);
    for (const OptimizerKind optimizer : config.optimizers) {
        for (std::uint64_t i = 0; i < config.seeds; ++i)
            require_new(
                folder / model_file_name(optimizer, config.seed + i),
                "Models are never overwritten: choose another folder with --save-model or move the old ones");
    }
}

}  // namespace mnist
