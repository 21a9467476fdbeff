// Others may take memory a moment later, so the answer is an estimate; it is meant to refuse what cannot fit,
// not to promise that the rest will. Left out: what else is in the same control group, as most of that is
// page cache, which gives way.
#include "mnist/machine/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <sstream>

#include "cgroup.hpp"
#include "memory_files.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

struct HeldBytes {
    std::uint64_t address_space = 0;
    std::uint64_t resident = 0;
};

// Of /proc/self/statm: pages of address space, then resident ones.
HeldBytes held_bytes(const std::filesystem::path& root) {
    std::istringstream words(read_system_file(root / "proc/self/statm").value_or(""));
    HeldBytes held;
    words >> held.address_space >> held.resident;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {held.address_space * page, held.resident * page};
}

std::uint64_t difference(std::uint64_t limit, std::uint64_t held) {
    return limit > held ? limit - held : 0;
}

}  // namespace

std::optional<MemoryRoom> memory_room(const std::filesystem::path& root,
                                      std::optional<std::uint64_t> address_space_limit) {
    const HeldBytes held = held_bytes(root);
    std::optional<MemoryRoom> room;
    const auto lower = [&](std::uint64_t bytes, const char* bound) {
        if (!room || bytes < room->bytes) room = {bytes, bound};
    };
    if (const auto available = available_memory_bytes(root))
        lower(*available, "the free memory of this machine");
    if (const auto limit = cgroup_limits(root).memory_bytes)
        lower(difference(*limit, held.resident), "the memory limit of its control group");
    if (address_space_limit)
        lower(difference(*address_space_limit, held.address_space), "its limit of address space, ulimit -v");
    return room;
}

std::optional<MemoryRoom> memory_room() {
    rlimit limit{};
    const bool limited = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return memory_room("/", limited ? std::optional<std::uint64_t>(limit.rlim_cur) : std::nullopt);
}

}  // namespace mnist
