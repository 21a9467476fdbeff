// Processes that a launcher (mpirun, srun) started together to train one network: who they are, what they
// tell each other beside the numbers of a step, and how they end. What carries it is MPI, in a build with
// MNIST_MPI alone; without it a process that was started as one of several is refused, because it would train
// the whole network as often as there are processes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/step/exchange.hpp"

namespace mnist {

class Cluster : public Exchange {
  public:
    /// Null for a process that was started alone. Throws InputError for one of several in a build without
    /// MPI, and where MPI and the launcher do not know each other.
    [[nodiscard]] static std::unique_ptr<Cluster> enter();

    /// "Open MPI 4.1.4".
    [[nodiscard]] virtual std::string library() const = 0;
    /// Of each rank, as its host calls itself.
    [[nodiscard]] virtual const std::vector<std::string>& hosts() const = 0;
    /// What every rank has to say, by rank, on every rank. Waits for minutes: some may read their data from
    /// afar.
    [[nodiscard]] virtual std::vector<std::string> gather(const std::string& own) = 0;
    /// On all ranks what rank 0 has; as many bytes on each.
    virtual void broadcast(std::span<std::byte> bytes) = 0;
    /// The end, where all ranks come to it: at most one call.
    virtual void leave() = 0;
    /// The end of all ranks at once, from any one of them. What there was to say is said.
    virtual void abort(int code) = 0;
};

/// broadcast() of a text whose length rank 0 alone knows.
void broadcast_text(Cluster& cluster, std::string& text);

/// "rank 2 (HOST)".
[[nodiscard]] std::string rank_name(const Cluster& cluster, std::size_t rank);

/// Whether a launcher started this process as one of several, by what it left in the environment.
struct Launch {
    std::size_t processes = 1;
    std::string launcher;  ///< "mpirun" or "srun"
};
[[nodiscard]] Launch launched();

/// "mpirun -n 4 mnist", "./run cluster -n 4" or "./run cluster -n 4 bench": what so many processes of a
/// program are started with, as these were.
[[nodiscard]] std::string launch_words(std::size_t processes, std::string_view program);

}  // namespace mnist
