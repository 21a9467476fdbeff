// Files that are written whole or not at all. The content goes into a temporary file in the same folder, is
// synchronised to disk and then linked or renamed into place, so that a reader (or a killed process) never
// sees half a file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mnist {

enum class IfExists {
    fail,     ///< an existing file is an InputError and stays as it is (result files)
    replace,  ///< an existing file is replaced in one step (caches, fetched data)
};

/// Writes `content` to `path` with mode 0644 less the umask. Missing parent folders are created.
/// Throws InputError when the file exists and `if_exists` is fail, or when the folder cannot be written to
/// (the message carries the system's reason). Cost: one temporary file, two fsync.
void write_file_atomically(const std::filesystem::path& path, std::string_view content, IfExists if_exists);

/// First of "base.ext", "base-2.ext", "base-3.ext", ... that does not exist yet.
[[nodiscard]] std::filesystem::path first_free_path(const std::filesystem::path& wanted);

/// Reads a whole file. Throws InputError when it cannot be read or is larger than `limit` bytes.
[[nodiscard]] std::string read_file(const std::filesystem::path& path, std::size_t limit);

/// The same for standard input, to its end.
[[nodiscard]] std::string read_standard_input(std::size_t limit);

}  // namespace mnist
