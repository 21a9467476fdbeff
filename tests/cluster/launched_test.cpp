// How a process sees that a launcher started it as one of several, and what it does without MPI.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "catch.hpp"
#include "mnist/cluster/cluster.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

class Variable {
  public:
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
};

}  // namespace

TEST_CASE("cluster: a process alone is none of several") {
    CHECK(launched().processes == 1);
    CHECK(Cluster::enter() == nullptr);
    const Variable one("OMPI_COMM_WORLD_SIZE", "1");
    CHECK(Cluster::enter() == nullptr);
    const Variable allocation("SLURM_STEP_NUM_TASKS", "1");
    CHECK(Cluster::enter() == nullptr);
}

TEST_CASE("cluster: a build without MPI refuses to be one of several, and says what to do") {
    const auto* const variable = GENERATE("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS");
    const Variable four(variable, "4");
    CHECK(launched().processes == 4);
    try {
        static_cast<void>(Cluster::enter());
        FAIL("it was not refused");
    } catch (const InputError& error) {
        CHECK(error.fault().where == (std::string(variable) == "SLURM_STEP_NUM_TASKS" ? "srun" : "mpirun"));
        CHECK(error.fault().found.find("4 times") != std::string::npos);
        CHECK(error.fault().remedy.find("./run cluster") != std::string::npos);
    }
}

TEST_CASE("cluster: srun counts by its step, whether its MPI knows of that or not") {
    const Variable step("SLURM_STEP_NUM_TASKS", "3");
    const Variable rank("SLURM_PROCID", "1");
    CHECK(launched().processes == 3);
    CHECK(launched().launcher == "srun");
    CHECK(launch_words(2, "mnist") == "srun --mpi=pmix -n 2 mnist");
    {
        const Variable pmi2("PMI_SIZE", "3");  // srun --mpi=pmi2
        CHECK(launched().processes == 3);
        CHECK(launched().launcher == "mpirun");
        CHECK(launch_words(2, "mnist_bench") == "mpirun -n 2 mnist_bench");
    }
    // mpirun inside of an allocation counts by itself: the step is the one that started mpirun.
    const Variable ompi("OMPI_COMM_WORLD_SIZE", "8");
    CHECK(launched().processes == 8);
    CHECK(launched().launcher == "mpirun");
}

TEST_CASE("cluster: processes that ./run started are started again by ./run cluster, which builds with MPI") {
    const Variable run("MNIST_RUN", "./run");
    CHECK(launch_words(2, "mnist") == "./run cluster -n 2");
    CHECK(launch_words(2, "mnist_bench") == "./run cluster -n 2 bench");
}

TEST_CASE("cluster: what is no number of processes is none") {
    const auto* const text = GENERATE("", "0", "many", "-1");
    const Variable broken("SLURM_STEP_NUM_TASKS", text);
    CHECK(launched().processes == 1);
    CHECK(Cluster::enter() == nullptr);
}

// The function of ./run that says how many processes there are without -n.
std::string places_of(const std::string& nodes, const std::string& hosts) {
    const std::string shell = "eval \"$(sed -n '/^places_of()/,/^}/p' " MNIST_RUN_SCRIPT ")\"; printf '" +
                              hosts + "' | places_of " + nodes;
    std::FILE* const pipe = ::popen(shell.c_str(), "r");
    std::string text;
    for (int c = 0; pipe != nullptr && (c = std::fgetc(pipe)) != EOF;) text.push_back(static_cast<char>(c));
    return pipe != nullptr && ::pclose(pipe) == 0 ? text : "it failed";
}

TEST_CASE("cluster: ./run starts a process for each node of each host, and none beyond a host's slots") {
    CHECK(places_of("2", "a slots=1\\nb slots=1\\n") == "2\n");
    CHECK(places_of("2", "a slots=16\\nb slots=16\\n") == "4\n");
    CHECK(places_of("4", "a slots=16\\nb slots=1\\n") == "5\n");
    CHECK(places_of("2", "# all\\na slots=3\\nb\\n\\nc max_slots=8 slots = 1 # small\\n") == "5\n");
    CHECK(places_of("2", "# none\\n\\n") == "0\n");
}

}  // namespace mnist
