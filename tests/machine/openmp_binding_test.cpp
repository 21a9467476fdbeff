// The environment as the loader hands it over, and when a core that was handed down is warned of. What
// becomes of a program's CPUs is tested with the programs.
#include "mnist/machine/openmp_binding.hpp"

#include <vector>

#include "catch.hpp"

using mnist::dropped_openmp_binding;
using mnist::inherited_binding;
using Words = std::vector<std::string_view>;

namespace {

// As the loader's, they live as long as the program.
char path[] = "PATH=/bin";
char places[] = "OMP_PLACES=cores";
char threads[] = "OMP_NUM_THREADS=4";
char bind[] = "OMP_PROC_BIND=true";
char like_it[] = "OMP_PROC_BINDING=true";
char affinity[] = "GOMP_CPU_AFFINITY=0 1";
char bind_all[] = "OMP_PROC_BIND_ALL=close";
char intel[] = "KMP_AFFINITY=compact";
char odd[] = "KMP_AFFINITY";

Words left_of(std::vector<char*> environment) {
    environment.push_back(nullptr);
    mnist::drop_openmp_binding(0, nullptr, environment.data());
    Words left;
    for (char** variable = environment.data(); *variable != nullptr; ++variable) left.emplace_back(*variable);
    return left;
}

}  // namespace

TEST_CASE("openmp: variables that bind threads are taken out of the environment, all others stay") {
    CHECK(left_of({}).empty());
    CHECK(left_of({path, threads}) == Words{path, threads});
    CHECK(dropped_openmp_binding().empty());
    CHECK(left_of({bind, path, places, threads, like_it, affinity, odd, intel, bind_all}) ==
          Words{path, threads, like_it, odd});
    CHECK(dropped_openmp_binding() == Words{bind, bind_all, places, affinity, intel});
}

TEST_CASE("openmp: a single core is warned of where such a variable is set and nothing else explains it") {
    mnist::MachineFacts machine;
    machine.physical_cores = 8;
    machine.usable_cores = 1;
    const auto warning = inherited_binding(machine, {bind, places});
    REQUIRE(warning);
    CHECK(
        warning->starts_with("only 1 of the machine's 8 cores may be used, and OMP_PROC_BIND=true, "
                             "OMP_PLACES=cores stands in the environment: "));
    CHECK(warning->find("Unset it") != std::string::npos);
    CHECK_FALSE(inherited_binding(machine, {}));
    machine.cgroup_cpu_quota = 0.5;
    CHECK_FALSE(inherited_binding(machine, {bind}));
    machine.cgroup_cpu_quota = 4;
    CHECK(inherited_binding(machine, {bind}));
    machine.usable_cores = 2;
    CHECK_FALSE(inherited_binding(machine, {bind}));
    machine.usable_cores = machine.physical_cores.emplace(1);
    CHECK_FALSE(inherited_binding(machine, {bind}));
}
