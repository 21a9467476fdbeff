// Which CPUs a team takes, on machines that exist as files only, and on this one.
#include "cores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catch.hpp"
#include "fake_root.hpp"
#include "mnist/core/affinity.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/machine/fingerprint.hpp"

using mnist::auto_workers;
using mnist::separate_cpus;
using mnist::usable_cpus;
using mnist::UsableCpus;

namespace {

using Cpus = std::vector<int>;

void add_cpu(FakeRoot& root, int cpu, const std::string& siblings, int socket = 0) {
    const std::string folder = fmt::format("sys/devices/system/cpu/cpu{}/topology/", cpu);
    root.file(folder + "thread_siblings_list", siblings + "\n")
        .file(folder + "physical_package_id", fmt::format("{}\n", socket));
}

/// Four cores of two threads, numbered as servers do: first threads, then second ones.
void four_smt_cores(FakeRoot& root) {
    for (int cpu = 0; cpu < 8; ++cpu) add_cpu(root, cpu, fmt::format("{},{}", cpu % 4, cpu % 4 + 4));
}

void quota(FakeRoot& root, const std::string& cpu_max) {
    root.file("proc/self/mountinfo", "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        .file("proc/self/cgroup", "0::/\n")
        .file("sys/fs/cgroup/cpu.max", cpu_max + "\n");
}

}  // namespace

TEST_CASE("cores: siblings come after one CPU of every core, and auto counts cores") {
    FakeRoot root;
    four_smt_cores(root);
    const UsableCpus usable = usable_cpus(root.path(), {0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(usable.order == Cpus{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(usable.cores == 4);
    CHECK(auto_workers(usable) == 4);

    FakeRoot beside;  // as desktops number them
    for (int cpu = 0; cpu < 4; ++cpu)
        add_cpu(beside, cpu, fmt::format("{}-{}", cpu / 2 * 2, cpu / 2 * 2 + 1));
    CHECK(usable_cpus(beside.path(), {0, 1, 2, 3}).order == Cpus{0, 2, 1, 3});
    CHECK(auto_workers(usable_cpus(beside.path(), {0, 1, 2, 3})) == 2);
}

TEST_CASE("cores: teams side by side have CPUs of their own, on one node each, far from each other") {
    FakeRoot root;  // two nodes of three cores with siblings
    for (int cpu = 0; cpu < 12; ++cpu) {
        add_cpu(root, cpu, fmt::format("{},{}", cpu % 6, cpu % 6 + 6), cpu % 6 / 3);
        root.file(fmt::format("sys/devices/system/cpu/cpu{}/node{}/cpulist", cpu, cpu % 6 / 3), "");
    }
    const UsableCpus usable = usable_cpus(root.path(), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    REQUIRE(usable.nodes == Cpus{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1});
    const auto dealt = [&](std::size_t teams, std::size_t threads) {
        std::vector<Cpus> orders;
        for (const UsableCpus& cpus : separate_cpus(usable, teams, threads)) orders.push_back(cpus.order);
        return orders;
    };
    CHECK(dealt(2, 1) == std::vector<Cpus>{{0}, {3}});
    CHECK(dealt(3, 2) == std::vector<Cpus>{{0, 1}, {3, 4}, {2, 5}});  // the third has what is left of both
    CHECK(dealt(2, 3) == std::vector<Cpus>{{0, 1, 2}, {3, 4, 5}});
    // Six cores are too few for four teams of two: siblings come in.
    CHECK(dealt(4, 2) == std::vector<Cpus>{{0, 1}, {3, 4}, {2, 6}, {5, 9}});
    CHECK(separate_cpus(usable, 4, 2)[2].cores == 1);
    CHECK(separate_cpus(usable, 3, 2)[2].nodes == Cpus{0, 1});
    // Every CPU once before any twice.
    const std::vector<Cpus> crowded = dealt(14, 1);
    CHECK(std::set<Cpus>(crowded.begin(), crowded.begin() + 12).size() == 12);
    CHECK(crowded.size() == 14);
    CHECK(dealt(2, 8)[1].size() == 8);
    CHECK(separate_cpus({}, 3, 1).size() == 3);
}

TEST_CASE("cores: of a hybrid CPU all kinds of cores count") {
    FakeRoot root;  // two performance cores with siblings, four efficiency cores without
    for (int cpu = 0; cpu < 4; ++cpu) add_cpu(root, cpu, fmt::format("{}-{}", cpu / 2 * 2, cpu / 2 * 2 + 1));
    for (int cpu = 4; cpu < 8; ++cpu) add_cpu(root, cpu, fmt::to_string(cpu));
    const UsableCpus usable = usable_cpus(root.path(), {0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(usable.order == Cpus{0, 2, 4, 5, 6, 7, 1, 3});
    CHECK(auto_workers(usable) == 6);
}

TEST_CASE("cores: one socket is taken before the other, however their CPUs are numbered") {
    FakeRoot root;
    for (int cpu = 0; cpu < 8; ++cpu) add_cpu(root, cpu, fmt::format("{},{}", cpu % 4, cpu % 4 + 4), cpu % 2);
    CHECK(usable_cpus(root.path(), {0, 1, 2, 3, 4, 5, 6, 7}).order == Cpus{0, 2, 1, 3, 4, 6, 5, 7});
}

TEST_CASE("cores: an affinity mask is a limit, with siblings of one core and with one CPU") {
    FakeRoot root;
    four_smt_cores(root);
    const UsableCpus siblings = usable_cpus(root.path(), {2, 6});
    CHECK(siblings.order == Cpus{2, 6});
    CHECK(auto_workers(siblings) == 1);
    const UsableCpus uneven = usable_cpus(root.path(), {1, 5, 7});
    CHECK(uneven.order == Cpus{1, 7, 5});
    CHECK(auto_workers(uneven) == 2);
    const UsableCpus one = usable_cpus(root.path(), {7});
    CHECK(one.order == Cpus{7});
    CHECK(auto_workers(one) == 1);
}

TEST_CASE("cores: a quota is rounded up to whole CPUs, the first of the order") {
    struct Case {
        const char* cpu_max;
        Cpus order;
        std::size_t workers;
    };
    const Case c = GENERATE(values<Case>({{"1000 100000", {0}, 1},
                                          {"50000 100000", {0}, 1},
                                          {"100000 100000", {0}, 1},
                                          {"110000 100000", {0, 1}, 2},
                                          {"150000 100000", {0, 1}, 2},
                                          {"300000 100000", {0, 1, 2}, 3},
                                          {"550000 100000", {0, 1, 2, 3, 4, 5}, 4},
                                          {"800000 100000", {0, 1, 2, 3, 4, 5, 6, 7}, 4},
                                          {"6400000 100000", {0, 1, 2, 3, 4, 5, 6, 7}, 4},
                                          {"max 100000", {0, 1, 2, 3, 4, 5, 6, 7}, 4}}));
    CAPTURE(c.cpu_max);
    FakeRoot root;
    four_smt_cores(root);
    quota(root, c.cpu_max);
    const UsableCpus usable = usable_cpus(root.path(), {0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(usable.order == c.order);
    CHECK(auto_workers(usable) == c.workers);
    CHECK(usable_cpus(root.path(), {3}).order == Cpus{3});
}

TEST_CASE("cores: a CPU that is off line is missed by nobody") {
    FakeRoot root;  // CPU 5, CPU 1's sibling, and both of core 3 are off: no topology, and in no list
    for (const int cpu : {0, 4}) add_cpu(root, cpu, "0,4");
    for (const int cpu : {2, 6}) add_cpu(root, cpu, "2,6");
    add_cpu(root, 1, "1");
    for (const int cpu : {3, 5, 7}) root.file(fmt::format("sys/devices/system/cpu/cpu{}/online", cpu), "0\n");
    const UsableCpus usable = usable_cpus(root.path(), {0, 1, 2, 4, 6});
    CHECK(usable.order == Cpus{0, 1, 2, 4, 6});
    CHECK(auto_workers(usable) == 3);
}

TEST_CASE("cores: without topology files each CPU is a core") {
    const FakeRoot none;
    CHECK(usable_cpus(none.path(), {0, 1, 4}).order == Cpus{0, 1, 4});
    CHECK(auto_workers(usable_cpus(none.path(), {0, 1, 4})) == 3);

    FakeRoot some;
    add_cpu(some, 0, "0-1");
    add_cpu(some, 1, "0-1");
    const UsableCpus usable = usable_cpus(some.path(), {0, 1, 90, 91});
    CHECK(usable.order == Cpus{0, 90, 91, 1});
    CHECK(auto_workers(usable) == 3);
    some.file("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "");
    CHECK(auto_workers(usable_cpus(some.path(), {0, 1})) == 2);
}

TEST_CASE("cores: auto is at least one worker and at most what --threads takes") {
    CHECK(auto_workers({}) == 1);
    CHECK(auto_workers({.order = {}, .cores = 0}) == 1);
    CHECK(auto_workers({.order = {}, .cores = 5000}) == mnist::kMostThreads);
    CHECK(usable_cpus(FakeRoot().path(), {}).order.empty());
}

TEST_CASE("cores: the usable CPUs of this process are distinct, allowed, and as many as the facts say") {
    const UsableCpus usable = usable_cpus();
    const Cpus allowed = mnist::allowed_cpus();
    CHECK(std::set<int>(usable.order.begin(), usable.order.end()).size() == usable.order.size());
    for (const int cpu : usable.order) CHECK(std::binary_search(allowed.begin(), allowed.end(), cpu));
    const mnist::MachineFacts facts = mnist::machine_facts();
    CHECK(static_cast<int>(usable.order.size()) == facts.usable_threads);
    CHECK(static_cast<int>(usable.cores) == facts.usable_cores);
}
