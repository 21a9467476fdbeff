// The least of three bounds, from trees of other machines.
#include "memory_files.hpp"

#include <unistd.h>

#include "catch.hpp"
#include "fake_root.hpp"

namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

// 1 GiB available, 300 MiB of address space and 100 MiB resident taken already.
void fill(FakeRoot& root) {
    const std::uint64_t pages = kMiB / static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    root.file("proc/meminfo", "MemTotal: 4194304 kB\nMemAvailable: 1048576 kB\nSwapFree: 9000000 kB\n");
    root.file("proc/self/statm",
              std::to_string(300 * pages) + " " + std::to_string(100 * pages) + " 1 1 0 1 0\n");
}

}  // namespace

TEST_CASE("memory room: what the kernel calls available bounds it, swap does not count") {
    FakeRoot root;
    fill(root);
    const auto room = mnist::memory_room(root.path(), std::nullopt);
    REQUIRE(room.has_value());
    CHECK(room->bytes == 1024 * kMiB);
    CHECK(room->bound == "the free memory of this machine");
}

TEST_CASE("memory room: a control group bounds it by what this process does not hold yet") {
    FakeRoot root;
    fill(root);
    root.file("proc/self/mountinfo", "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        .file("proc/self/cgroup", "0::/a\n")
        .file("sys/fs/cgroup/a/memory.max", std::to_string(256 * kMiB) + "\n");
    const auto room = mnist::memory_room(root.path(), std::nullopt);
    REQUIRE(room.has_value());
    CHECK(room->bytes == 156 * kMiB);
    CHECK(room->bound == "the memory limit of its control group");
}

TEST_CASE("memory room: a limit of address space bounds it, down to nothing") {
    FakeRoot root;
    fill(root);
    CHECK(mnist::memory_room(root.path(), 500 * kMiB)->bytes == 200 * kMiB);
    CHECK(mnist::memory_room(root.path(), 200 * kMiB)->bytes == 0);
    CHECK(mnist::memory_room(root.path(), 200 * kMiB)->bound == "its limit of address space, ulimit -v");
}

TEST_CASE("memory room: without any files it is unknown, and here it is something") {
    CHECK_FALSE(mnist::memory_room(FakeRoot().path(), std::nullopt).has_value());
    CHECK(mnist::memory_room().value().bytes > 0);
}
