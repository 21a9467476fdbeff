// The variables of Open MPI, of MPICH's Hydra and what speaks like it, and of Slurm, whose srun starts
// processes with or without an MPI that knows of them.
#include <cstdint>
#include <cstdlib>

#include "mnist/cluster/cluster.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/environment.hpp"
#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

// 0 where it is not set, or is no number.
std::size_t number_in(const char* variable) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? 0 : parsed<std::size_t>(text).value_or(0);
}

}  // namespace

Launch launched() {
    for (const char* const variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
        if (const std::size_t processes = number_in(variable); processes > 0)
            return {.processes = processes, .launcher = "mpirun"};
    if (const std::size_t tasks = number_in("SLURM_STEP_NUM_TASKS"); tasks > 1)
        return {.processes = tasks, .launcher = "srun"};
    return {.processes = 1, .launcher = {}};
}

std::string launch_words(std::size_t processes, std::string_view program) {
    const std::string count = "-n " + std::to_string(processes);
    // The script's own programs are built without MPI.
    if (environment_value("MNIST_RUN"))
        return called("mnist") + " cluster " + count + (program == "mnist_bench" ? " bench" : "");
    const std::string launcher = launched().launcher == "srun" ? "srun --mpi=pmix " : "mpirun ";
    return launcher + count + " " + called(program);
}

void broadcast_text(Cluster& cluster, std::string& text) {
    std::uint64_t size = text.size();
    cluster.broadcast(std::as_writable_bytes(std::span(&size, 1)));
    text.resize(size);
    cluster.broadcast(std::as_writable_bytes(std::span(text)));
}

std::string rank_name(const Cluster& cluster, std::size_t rank) {
    return "rank " + std::to_string(rank) + " (" + cluster.hosts().at(rank) + ")";
}

}  // namespace mnist
