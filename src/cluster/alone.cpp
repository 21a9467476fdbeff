// A build without MPI.
#include "mnist/cluster/cluster.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

std::unique_ptr<Cluster> Cluster::enter() {
    const Launch launch = launched();
    if (launch.processes < 2) return nullptr;
    throw InputError(
        {.where = launch.launcher,
         .expected = "a build with MPI, whose processes train one network together",
         .found = "a build without, which would train it " + std::to_string(launch.processes) + " times",
         .remedy = "Start it with ./run cluster, which builds with MPI, or configure with "
                   "-DMNIST_MPI=ON"});
}

}  // namespace mnist
