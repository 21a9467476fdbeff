// access(2) is asked about the nearest folder that exists, because missing ones are created when the file is
// written.
#include "result_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "train_options.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (status.type() != fs::file_type::none) return fs::exists(status);
    throw InputError({.where = path.string(),
                      .expected = "a path that can be looked up",
                      .found = error.message(),
                      .remedy = "Choose another one or check its permissions"});
}

// The system's reason why nothing can be created in the folder; empty when it can. Found out by trying,
// because permissions alone say little to root and about read-only file systems.
std::optional<std::string> why_not_writable(const fs::path& folder) {
    fs::path nearest = folder.empty() ? fs::path(".") : folder;
    while (!is_there(nearest)) nearest = nearest.has_parent_path() ? nearest.parent_path() : fs::path(".");
    if (!fs::is_directory(nearest)) return fmt::format("{}, which is no folder", nearest.string());
    std::string trial = (nearest / ".mnist.XXXXXX").string();
    const int descriptor = ::mkostemp(trial.data(), O_CLOEXEC);
    if (descriptor < 0)
        return fmt::format("{}: {}", nearest.string(), std::generic_category().message(errno));
    ::close(descriptor);
    ::unlink(trial.c_str());
    return std::nullopt;
}

void require_writable(const fs::path& path, const fs::path& folder) {
    if (const std::optional<std::string> reason = why_not_writable(folder)) {
        throw InputError({.where = path.string(),
                          .expected = "a folder to write into",
                          .found = *reason,
                          .remedy = "Choose another one or check its permissions"});
    }
}

void require_new(const fs::path& path, std::string remedy) {
    if (!is_there(path)) return;
    const fs::file_status target = fs::status(path);
    const bool device = fs::is_other(target);
    throw InputError(
        {.where = path.string(),
         .expected = "a new file",
         .found = device                     ? "a device, pipe or socket"
                  : fs::is_directory(target) ? "a folder of that name"
                                             : "a file of that name",
         .remedy = device ? "Choose a new name; --out - writes to standard output" : std::move(remedy)});
}

void require_file_name(const fs::path& path) {
    if (path.has_filename() && path.filename() != ".") return;
    throw InputError(
        {.where = path.string(),
         .expected = "a file name",
         .found = "the name of a folder",
         .remedy = fmt::format("For example: --out {}", (path.parent_path() / "result.json").string())});
}

}  // namespace

std::optional<fs::path> plan_result_file(const std::optional<fs::path>& out, const std::string& created,
                                         Console& console) {
    if (out == kStandardStream) return out;
    if (out) {
        require_file_name(*out);
        require_new(*out,
                    "Results are never overwritten: choose another name with --out or move the old one");
        require_writable(*out, out->parent_path());
        return out;
    }
    if (const std::optional<std::string> reason = why_not_writable(".")) {
        console.warn(fmt::format(
            "the result cannot be kept in the current folder ({}): name a file with --out", *reason));
        return std::nullopt;
    }
    std::string time = created;
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return first_free_path(fmt::format("mnist-train-{}.json", time));
}

std::string model_file_name(OptimizerKind optimizer, std::uint64_t seed) {
    return fmt::format("{}-seed{}.safetensors", name(optimizer), seed);
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

fs::path write_new_file(const fs::path& wanted, std::string_view content) {
    while (true) {
        fs::path path = first_free_path(wanted);
        try {
            write_file_atomically(path, content, IfExists::fail);
            return path;
        } catch (const InputError&) {
            // Another process took the name between the look and the write: the next free one will do. All
            // else is an error.
            if (!is_there(path)) throw;
        }
    }
}

}  // namespace mnist
