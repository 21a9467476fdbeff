// Limits of control groups, read from trees as version 1, version 2, both at once and containers show them.
#include "cgroup.hpp"

#include "catch.hpp"
#include "fake_root.hpp"

using mnist::cgroup_limits;

namespace {

const std::string kV2Mount =
    "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string kV1Mounts =
    "30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
    "32 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 30 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

}  // namespace

TEST_CASE("cgroup: without any files there is no limit") {
    const FakeRoot root;
    const mnist::CgroupLimits limits = cgroup_limits(root.path());
    CHECK_FALSE(limits.cpu_quota.has_value());
    CHECK_FALSE(limits.memory_bytes.has_value());
}

TEST_CASE("cgroup: version 2 takes the least limit on the way up") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV2Mount).file("proc/self/cgroup", "0::/user.slice/job.scope\n");
    root.file("sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n")
        .file("sys/fs/cgroup/user.slice/memory.max", "8589934592\n")
        .file("sys/fs/cgroup/user.slice/job.scope/cpu.max", "400000 100000\n")
        .file("sys/fs/cgroup/user.slice/job.scope/memory.max", "1073741824\n");
    const mnist::CgroupLimits limits = cgroup_limits(root.path());
    CHECK(limits.cpu_quota == 1.5);
    CHECK(limits.memory_bytes == 1073741824U);
}

TEST_CASE("cgroup: version 2 with max has no limit") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV2Mount).file("proc/self/cgroup", "0::/a\n");
    root.file("sys/fs/cgroup/a/cpu.max", "max 100000\n").file("sys/fs/cgroup/a/memory.max", "max\n");
    const mnist::CgroupLimits limits = cgroup_limits(root.path());
    CHECK_FALSE(limits.cpu_quota.has_value());
    CHECK_FALSE(limits.memory_bytes.has_value());
}

TEST_CASE("cgroup: a container's own namespace shows its limits at the mount point") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV2Mount).file("proc/self/cgroup", "0::/\n");
    root.file("sys/fs/cgroup/cpu.max", "50000 100000\n").file("sys/fs/cgroup/memory.max", "536870912\n");
    const mnist::CgroupLimits limits = cgroup_limits(root.path());
    CHECK(limits.cpu_quota == 0.5);
    CHECK(limits.memory_bytes == 536870912U);
}

TEST_CASE("cgroup: version 1 reads each controller in its own hierarchy") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV1Mounts)
        .file("proc/self/cgroup", "9:name=systemd:/x\n4:memory:/m/n\n3:cpu,cpuacct:/c\n");
    root.file("sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "250000\n")
        .file("sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n")
        .file("sys/fs/cgroup/memory/m/memory.limit_in_bytes", "2147483648\n")
        .file("sys/fs/cgroup/memory/m/n/memory.limit_in_bytes", "9223372036854771712\n");
    const mnist::CgroupLimits limits = cgroup_limits(root.path());
    CHECK(limits.cpu_quota == 2.5);
    CHECK(limits.cpu_period_s == Approx(0.1));
    CHECK(limits.memory_bytes == 2147483648U);
}

TEST_CASE("cgroup: version 1 without limits says minus one and a huge number") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV1Mounts).file("proc/self/cgroup", "4:memory:/\n3:cpu,cpuacct:/\n");
    root.file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
        .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
        .file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    const mnist::CgroupLimits limits = cgroup_limits(root.path());
    CHECK_FALSE(limits.cpu_quota.has_value());
    CHECK_FALSE(limits.memory_bytes.has_value());
}

TEST_CASE("cgroup: a bind-mounted part of a hierarchy is read below its own top") {
    FakeRoot root;
    root.file("proc/self/mountinfo", "35 30 0:32 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n")
        .file("proc/self/cgroup", "3:cpu:/docker/abc/inner\n");
    root.file("sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "300000\n")
        .file("sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "100000\n")
        .file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n")
        .file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    CHECK(cgroup_limits(root.path()).cpu_quota == 2.0);
}

TEST_CASE("cgroup: a group outside of what is mounted leaves the mount point's limit") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV2Mount).file("proc/self/cgroup", "0::/../../other\n");
    root.file("sys/fs/cgroup/cpu.max", "100000 100000\n").file("sys/fs/other/cpu.max", "10000 100000\n");
    CHECK(cgroup_limits(root.path()).cpu_quota == 1.0);
}

TEST_CASE("cgroup: blanks in a mount point are unescaped") {
    FakeRoot root;
    root.file("proc/self/mountinfo", "31 23 0:27 / /sys/my\\040groups rw - cgroup2 none rw\n")
        .file("proc/self/cgroup", "0::/a:b\n");
    root.file("sys/my groups/a:b/cpu.max", "70000 100000\n");
    CHECK(cgroup_limits(root.path()).cpu_quota == Approx(0.7));
}

TEST_CASE("cgroup: on a machine with both versions the lesser limit counts") {
    FakeRoot root;
    root.file("proc/self/mountinfo",
              kV1Mounts + "41 30 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
        .file("proc/self/cgroup", "3:cpu,cpuacct:/\n0::/s\n");
    root.file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000\n")
        .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
        .file("sys/fs/cgroup/unified/s/cpu.max", "100000 100000\n");
    CHECK(cgroup_limits(root.path()).cpu_quota == 1.0);
}

TEST_CASE("cgroup: strange content is no limit") {
    const auto quota = GENERATE(as<std::string>{}, "", "\n", "abc 100000", "100000", "100000 0", "-5 100000",
                                "1 2 3", "99999999999999999999 1");
    FakeRoot root;
    root.file("proc/self/mountinfo", "x\n- -\n1 2 3 - cgroup2\n" + kV2Mount)
        .file("proc/self/cgroup", "nonsense\n0::/\n");
    root.file("sys/fs/cgroup/cpu.max", quota).file("sys/fs/cgroup/memory.max", "-3\n");
    CAPTURE(quota);
    CHECK_FALSE(cgroup_limits(root.path()).cpu_quota.has_value());
    CHECK_FALSE(cgroup_limits(root.path()).memory_bytes.has_value());
}

TEST_CASE("cgroup: the period is that of the least quota") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV2Mount).file("proc/self/cgroup", "0::/a/b\n");
    root.file("sys/fs/cgroup/a/cpu.max", "10000 20000\n").file("sys/fs/cgroup/a/b/cpu.max", "90000 100000\n");
    CHECK(cgroup_limits(root.path()).cpu_quota == 0.5);
    CHECK(cgroup_limits(root.path()).cpu_period_s == Approx(0.02));
}

TEST_CASE("cgroup: throttled time is summed over all groups on the way up, in either version's unit") {
    FakeRoot root;
    root.file("proc/self/mountinfo",
              kV1Mounts + "41 30 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
        .file("proc/self/cgroup", "3:cpu,cpuacct:/c\n0::/s\n");
    root.file("sys/fs/cgroup/cpu,cpuacct/c/cpu.stat",
              "nr_periods 9\nnr_throttled 4\nthrottled_time 250000000\n")
        .file("sys/fs/cgroup/unified/s/cpu.stat", "usage_usec 7\nnr_periods 9\nthrottled_usec 500000\n")
        .file("sys/fs/cgroup/unified/cpu.stat", "usage_usec 7\n");
    const auto files = mnist::throttling_files(root.path());
    CHECK(files.size() == 2);
    CHECK(mnist::throttled_s(files) == 0.75);
}

TEST_CASE("cgroup: without counts of throttled time there is none") {
    FakeRoot root;
    root.file("proc/self/mountinfo", kV2Mount).file("proc/self/cgroup", "0::/\n");
    CHECK(mnist::throttling_files(root.path()).empty());
    root.file("sys/fs/cgroup/cpu.stat", "throttled_usec many\n");
    CHECK(mnist::throttling_files(root.path()).empty());
    CHECK(!mnist::throttled_s({}));
    CHECK(!mnist::throttled_s({root.path() / "gone"}));
}
