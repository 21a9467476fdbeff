// Readers of single kernel and distribution files. Each accepts only what it understands; a strange file is a
// missing fact.
#include "system_files.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>

#include "mnist/core/checked.hpp"
#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

constexpr std::size_t kLimitBytes = std::size_t{1} << 20;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// os-release values may stand in double or single quotes, with a backslash before special characters.
std::string unquoted(const std::string& value) {
    if (value.size() < 2 || value.front() != value.back() ||
        (value.front() != '"' && value.front() != '\'')) {
        return value;
    }
    std::string plain;
    for (std::size_t i = 1; i + 1 < value.size(); ++i) {
        if (value[i] == '\\' && i + 2 < value.size()) ++i;
        plain += value[i];
    }
    return plain;
}

std::optional<std::uint64_t> meminfo_bytes(const std::filesystem::path& root, const char* key) {
    const std::optional<std::string> text = read_system_file(root / "proc/meminfo");
    if (!text) return std::nullopt;
    const std::optional<std::string> value = value_of(*text, key, ':');
    if (!value || !value->ends_with(" kB")) return std::nullopt;
    const std::optional<std::int64_t> kibibytes = parsed<std::int64_t>(value->substr(0, value->size() - 3));
    if (!kibibytes || *kibibytes <= 0) return std::nullopt;
    return checked_product({static_cast<std::size_t>(*kibibytes), 1024});
}

}  // namespace

std::optional<std::string> read_system_file(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text(kLimitBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    // Some files open but refuse to be read (a governor of a CPU that is off line): they leave nothing and
    // the bad bit.
    if (file.bad()) return std::nullopt;
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

std::optional<std::string> first_line(const std::filesystem::path& path) {
    const std::optional<std::string> text = read_system_file(path);
    if (!text) return std::nullopt;
    const std::string_view line = trimmed(std::string_view(*text).substr(0, text->find('\n')));
    if (line.empty()) return std::nullopt;
    return std::string(line);
}

std::optional<std::string> value_of(std::string_view text, std::string_view key, char separator) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::size_t at = line.find(separator);
        if (at != std::string_view::npos && trimmed(line.substr(0, at)) == key) {
            return std::string(trimmed(line.substr(at + 1)));
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> parse_hexadecimal(std::string_view text) {
    return text.starts_with("0x") ? parsed<std::uint32_t>(text.substr(2), 16) : std::nullopt;
}

std::optional<std::uint64_t> installed_memory_bytes(const std::filesystem::path& root) {
    return meminfo_bytes(root, "MemTotal");
}

std::optional<std::uint64_t> available_memory_bytes(const std::filesystem::path& root) {
    return meminfo_bytes(root, "MemAvailable");
}

std::optional<std::string> governor(const std::filesystem::path& root) {
    std::set<std::string> governors;
    std::error_code error;
    const std::filesystem::path policies = root / "sys/devices/system/cpu/cpufreq";
    for (std::filesystem::directory_iterator entry(policies, error), end; !error && entry != end;
         entry.increment(error)) {
        if (!entry->path().filename().string().starts_with("policy")) continue;
        if (const auto word = first_line(entry->path() / "scaling_governor")) governors.insert(*word);
    }
    if (governors.empty()) return std::nullopt;
    std::string joined;
    for (const std::string& word : governors) joined += (joined.empty() ? "" : ", ") + word;
    return joined;
}

std::optional<bool> turbo(const std::filesystem::path& root) {
    const std::filesystem::path cpu = root / "sys/devices/system/cpu";
    if (const auto off = first_line(cpu / "intel_pstate/no_turbo"); off == "0" || off == "1")
        return off == "0";
    if (const auto on = first_line(cpu / "cpufreq/boost"); on == "0" || on == "1") return on == "1";
    return std::nullopt;
}

std::string os_name(const std::filesystem::path& root) {
    for (const char* const file : {"etc/os-release", "usr/lib/os-release"}) {
        const std::optional<std::string> text = read_system_file(root / file);
        if (!text) continue;
        if (const auto name = value_of(*text, "PRETTY_NAME", '=')) return unquoted(*name);
    }
    return "";
}

}  // namespace mnist
