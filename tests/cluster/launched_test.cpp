// How a process sees that a launcher started it as one of several, and what it does without MPI.
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

}  // namespace mnist
