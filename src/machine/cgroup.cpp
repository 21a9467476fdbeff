// Walks the control groups upwards: a limit binds everything below it, so the effective one is the least on
// the way to the root. Left out: cpu.shares and cpu.weight (they matter only under contention) and cpusets
// (the affinity mask already has them).
#include "cgroup.hpp"

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/core/parsed.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

/// One mounted hierarchy. A container may see only a part of it: `top` is the group that appears at `point`.
struct CgroupMount {
    bool unified = false;                  ///< v2
    std::vector<std::string> controllers;  ///< v1: "cpu", "cpuacct", "memory", ... among other options
    std::string top;
    std::string point;
};

struct GroupOfProcess {
    std::vector<std::string> controllers;  ///< empty: v2
    std::string path;
};

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The kernel writes blanks and backslashes in mountinfo as three octal digits, e.g. "\040".
std::string unescaped(std::string_view text) {
    std::string plain;
    const auto octal = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '7'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size() && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
            plain +=
                static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// Lines "ID PARENT DEV TOP POINT OPTIONS [TAG...] - TYPE SOURCE SUPER_OPTIONS" whose type is cgroup or
/// cgroup2.
std::vector<CgroupMount> cgroup_mounts(const std::filesystem::path& root) {
    std::vector<CgroupMount> mounts;
    std::istringstream lines(read_system_file(root / "proc/self/mountinfo").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> words = split(line, ' ');
        const auto dash = std::find(words.begin(), words.end(), "-");
        if (words.end() - dash < 4 || dash - words.begin() < 6) continue;
        if (dash[1] != "cgroup" && dash[1] != "cgroup2") continue;
        mounts.push_back({.unified = dash[1] == "cgroup2",
                          .controllers = split(dash[3], ','),
                          .top = unescaped(words[3]),
                          .point = unescaped(words[4])});
    }
    return mounts;
}

/// Lines "ID:CONTROLLERS:PATH"; the path may contain colons.
std::vector<GroupOfProcess> groups_of_process(const std::filesystem::path& root) {
    std::vector<GroupOfProcess> groups;
    std::istringstream lines(read_system_file(root / "proc/self/cgroup").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        groups.push_back(
            {.controllers = controllers.empty() ? std::vector<std::string>{} : split(controllers, ','),
             .path = line.substr(second + 1)});
    }
    return groups;
}

/// Folders of `group` and of all groups above it inside `mount`, innermost first, the mount point last. A
/// group outside of what is mounted (another namespace's path) leaves the mount point alone.
std::vector<std::filesystem::path> folders_upwards(const std::filesystem::path& root,
                                                   const CgroupMount& mount, const std::string& group) {
    const std::filesystem::path point = root / std::filesystem::path(mount.point).relative_path();
    std::filesystem::path relative = std::filesystem::path(group).lexically_relative(mount.top);
    if (relative == "." || relative.empty() || *relative.begin() == "..") return {point};
    std::vector<std::filesystem::path> folders;
    for (; !relative.empty(); relative = relative.parent_path()) folders.push_back(point / relative);
    folders.push_back(point);
    return folders;
}

template <class T>
void lower(std::optional<T>& least, const std::optional<T>& value) {
    if (value && (!least || *value < *least)) least = value;
}

struct CpuQuota {
    double cores;
    double period_s;
    [[nodiscard]] bool operator<(const CpuQuota& other) const { return cores < other.cores; }
};

std::optional<CpuQuota> cpu_quota(const std::string& quota_us, const std::string& period_us) {
    const std::optional<std::int64_t> quota = parsed<std::int64_t>(quota_us);
    const std::optional<std::int64_t> period = parsed<std::int64_t>(period_us);
    if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
    return CpuQuota{.cores = static_cast<double>(*quota) / static_cast<double>(*period),
                    .period_s = 1e-6 * static_cast<double>(*period)};
}

/// v2: cpu.max holds "QUOTA PERIOD" or "max PERIOD"; v1: two files, a quota of -1 means none.
std::optional<CpuQuota> cpu_quota_of(const std::filesystem::path& folder, bool unified) {
    if (unified) {
        const std::vector<std::string> words = split(first_line(folder / "cpu.max").value_or(""), ' ');
        return words.size() == 2 ? cpu_quota(words[0], words[1]) : std::nullopt;
    }
    return cpu_quota(first_line(folder / "cpu.cfs_quota_us").value_or(""),
                     first_line(folder / "cpu.cfs_period_us").value_or(""));
}

/// Lines "KEY NUMBER": microseconds in v2, nanoseconds in v1.
std::optional<double> throttled_of(const std::filesystem::path& file) {
    std::istringstream lines(read_system_file(file).value_or(""));
    std::string key;
    for (double number = 0; lines >> key >> number;) {
        if (key == "throttled_usec") return 1e-6 * number;
        if (key == "throttled_time") return 1e-9 * number;
    }
    return std::nullopt;
}

/// v1 writes "no limit" as the largest multiple of a page, v2 as "max".
std::optional<std::uint64_t> memory_limit_of(const std::filesystem::path& folder, bool unified) {
    constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max() / 65536 * 65536;
    const std::filesystem::path file = folder / (unified ? "memory.max" : "memory.limit_in_bytes");
    const std::optional<std::int64_t> bytes = parsed<std::int64_t>(first_line(file).value_or(""));
    if (!bytes || *bytes <= 0 || *bytes >= kUnlimited) return std::nullopt;
    return static_cast<std::uint64_t>(*bytes);
}

/// Calls visit(folder, unified) for the group of `controller` that this process is in and for all above it.
template <class Visit>
void for_each_group(const std::filesystem::path& root, std::string_view controller, Visit visit) {
    const std::vector<GroupOfProcess> groups = groups_of_process(root);
    for (const CgroupMount& mount : cgroup_mounts(root)) {
        for (const GroupOfProcess& group : groups) {
            const bool governs = mount.unified ? group.controllers.empty()
                                               : contains(group.controllers, controller) &&
                                                     contains(mount.controllers, controller);
            if (!governs) continue;
            for (const std::filesystem::path& folder : folders_upwards(root, mount, group.path))
                visit(folder, mount.unified);
        }
    }
}

}  // namespace

CgroupLimits cgroup_limits(const std::filesystem::path& root) {
    CgroupLimits limits;
    std::optional<CpuQuota> quota;
    for_each_group(root, "cpu", [&](const std::filesystem::path& folder, bool unified) {
        lower(quota, cpu_quota_of(folder, unified));
    });
    for_each_group(root, "memory", [&](const std::filesystem::path& folder, bool unified) {
        lower(limits.memory_bytes, memory_limit_of(folder, unified));
    });
    if (quota) {
        limits.cpu_quota = quota->cores;
        limits.cpu_period_s = quota->period_s;
    }
    return limits;
}

std::vector<std::filesystem::path> throttling_files(const std::filesystem::path& root) {
    std::vector<std::filesystem::path> files;
    for_each_group(root, "cpu", [&](const std::filesystem::path& folder, bool /*unified*/) {
        if (throttled_of(folder / "cpu.stat")) files.push_back(folder / "cpu.stat");
    });
    return files;
}

std::optional<double> throttled_s(const std::vector<std::filesystem::path>& files) {
    std::optional<double> sum_s;
    for (const std::filesystem::path& file : files)
        if (const auto one = throttled_of(file)) sum_s = sum_s.value_or(0) + *one;
    return sum_s;
}

}  // namespace mnist
