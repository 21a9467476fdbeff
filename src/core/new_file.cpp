// Asked about the nearest folder that exists, because missing ones are created when the file is written.
#include "mnist/core/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"

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

// "." would say little to who reads the message elsewhere.
std::string whole_name(const fs::path& folder) {
    std::error_code unknown;
    const fs::path whole = fs::canonical(folder, unknown);
    return (unknown ? folder : whole).string();
}

}  // namespace

// Found out by trying, because permissions alone say little to root and about read-only file systems.
std::optional<std::string> why_not_writable(const fs::path& folder) {
    fs::path nearest = folder.empty() ? fs::path(".") : folder;
    while (!is_there(nearest)) nearest = nearest.has_parent_path() ? nearest.parent_path() : fs::path(".");
    if (!fs::is_directory(nearest)) return fmt::format("{}, which is no folder", nearest.string());
    const std::string name = whole_name(nearest);
    std::string trial = (nearest / ".mnist.XXXXXX").string();
    const int descriptor = ::mkostemp(trial.data(), O_CLOEXEC);
    if (descriptor < 0) return fmt::format("{}: {}", name, std::generic_category().message(errno));
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
    throw InputError({.where = path.string(),
                      .expected = "a new file",
                      .found = device                     ? "a device, pipe or socket"
                               : fs::is_directory(target) ? "a folder of that name"
                                                          : "a file of that name",
                      .remedy = device ? "Choose a name that nothing has" : std::move(remedy)});
}

std::optional<fs::path> plan_result(const std::optional<fs::path>& out, std::string_view stem,
                                    std::string created, std::string_view flag) {
    if (out == "/dev/null") return std::nullopt;
    if (out) {
        require_new(
            *out,
            fmt::format("Results are never overwritten: choose another name with {} or move the old one",
                        flag));
        require_writable(*out, out->parent_path());
        return out;
    }
    std::erase_if(created, [](char c) { return c == '-' || c == ':'; });
    const fs::path name = fmt::format("{}-{}.json", stem, created);
    if (const std::optional<std::string> reason = why_not_writable(".")) {
        throw InputError({.where = name.string(),
                          .expected = "a folder to leave the result in",
                          .found = *reason,
                          .remedy = fmt::format("Name a file elsewhere with {}; {} /dev/null keeps no result",
                                                flag, flag)});
    }
    return first_free_path(name);
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
