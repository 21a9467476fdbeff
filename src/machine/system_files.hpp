// Small facts from text files of the kernel and the distribution. Every function takes the folder that stands
// for "/", so that tests can feed trees of other machines. Nothing here throws for a file that is missing or
// strange: the fact is then empty.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mnist {

/// The whole of a small text file (at most 1 MiB is read); empty where it cannot be read. Files under /proc
/// and /sys state no size, so it is read until it ends.
[[nodiscard]] std::optional<std::string> read_system_file(const std::filesystem::path& path);

/// Its first line without surrounding blanks; empty where the file cannot be read or the line is blank.
[[nodiscard]] std::optional<std::string> first_line(const std::filesystem::path& path);

/// A number up to 32 bits, "0x41", that is the whole text; empty for anything else.
[[nodiscard]] std::optional<std::uint32_t> parse_hexadecimal(std::string_view text);

/// Value of the first line "KEY<blanks>SEPARATOR VALUE", without blanks around it; empty where no line has
/// the key.
[[nodiscard]] std::optional<std::string> value_of(std::string_view text, std::string_view key,
                                                  char separator);

/// MemTotal of /proc/meminfo, bytes.
[[nodiscard]] std::optional<std::uint64_t> installed_memory_bytes(const std::filesystem::path& root);

/// MemAvailable of /proc/meminfo, bytes: what can be had without swapping.
[[nodiscard]] std::optional<std::uint64_t> available_memory_bytes(const std::filesystem::path& root);

/// Governors of all cpufreq policies, each named once, sorted: "performance" or "performance, powersave".
[[nodiscard]] std::optional<std::string> governor(const std::filesystem::path& root);

/// Whether the CPU may exceed its base clock: intel_pstate/no_turbo, else cpufreq/boost.
[[nodiscard]] std::optional<bool> turbo(const std::filesystem::path& root);

/// PRETTY_NAME of /etc/os-release, else of /usr/lib/os-release; empty string where there is none.
[[nodiscard]] std::string os_name(const std::filesystem::path& root);

}  // namespace mnist
