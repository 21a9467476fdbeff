// Files that must not be there yet: results and models. What can go wrong with one is found out before hours
// of work, not after them; and nothing that exists is ever overwritten.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mnist {

/// The system's reason why nothing can be created in `folder` (missing parents would be created); empty when
/// it can. Cost: one temporary file.
[[nodiscard]] std::optional<std::string> why_not_writable(const std::filesystem::path& folder);

/// Throws InputError when nothing can be created in `folder`; the error names `path`.
void require_writable(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Throws InputError, with `remedy`, when something of that name exists.
void require_new(const std::filesystem::path& path, std::string remedy);

/// Where the result of work goes that starts at `created` ("2026-01-31T12:00:00Z"): to `out`, or without it
/// to the first free STEM-20260131T120000Z.json in the current folder; nowhere (empty) where `out` is
/// /dev/null. Throws InputError when `out` exists, or when nothing can be created there; remedies name
/// `flag`, which sets `out`. Cost: one temporary file.
[[nodiscard]] std::optional<std::filesystem::path> plan_result(
    const std::optional<std::filesystem::path>& out, std::string_view stem, std::string created,
    std::string_view flag);

/// Writes under `wanted`, or, when somebody was faster, under the first free name like it. Returns the name.
/// Throws InputError when the file cannot be written at all.
[[nodiscard]] std::filesystem::path write_new_file(const std::filesystem::path& wanted,
                                                   std::string_view content);

}  // namespace mnist
