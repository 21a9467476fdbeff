// MPI, called by one thread at a time (MPI_THREAD_SERIALIZED: the engine's worker that takes the exchange).
// Every wait is a loop of MPI_Test, with a watch over the other ranks and a core that is given away; so no
// blocking call is used but before and behind everything.
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include "mnist/cluster/cluster.hpp"
#include "mnist/core/error.hpp"
#include "watch.hpp"

namespace mnist {
namespace {

// Of a step, or of what rank 0 writes between two epochs; and of reading data.
constexpr std::chrono::seconds kPatience{4};
constexpr std::chrono::minutes kLongPatience{10};

int as_int(std::size_t n) {
    if (n > static_cast<std::size_t>(INT32_MAX)) throw ShapeError("too many bytes for one message");
    return static_cast<int>(n);
}

// "Open MPI v4.1.4, package: ..." and "MPICH Version: 4.0.2 ...".
std::string short_name(std::string text) {
    text = text.substr(0, text.find_first_of(",\n"));
    const std::string version = "Version:";
    if (const std::size_t at = text.find(version); at != std::string::npos) {
        text.erase(at, version.size());
        text.erase(text.find_last_not_of(" \t") + 1);
        for (std::size_t space = 0; (space = text.find_first_of("\t", space)) != std::string::npos;)
            text[space] = ' ';
        while (text.find("  ") != std::string::npos) text.erase(text.find("  "), 1);
    }
    if (const std::size_t v = text.find(" v"); v != std::string::npos) text.erase(v + 1, 1);
    return text;
}

class MpiCluster final : public Cluster {
  public:
    explicit MpiCluster(std::size_t ranks)
        : watch_(MPI_COMM_WORLD, rank_in_world(), as_int(ranks)),
          rank_(static_cast<std::size_t>(rank_in_world())),
          ranks_(ranks) {}

    [[nodiscard]] std::size_t rank() const override { return rank_; }
    [[nodiscard]] std::size_t ranks() const override { return ranks_; }
    [[nodiscard]] const std::vector<std::string>& hosts() const override { return watch_.hosts(); }

    [[nodiscard]] std::string library() const override {
        std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
        int length = 0;
        MPI_Get_library_version(text.data(), &length);
        return short_name(text.data());
    }

    void to_owners(const float* send, const Segments& sent, float* received,
                   const Segments& receives) override {
        MPI_Request request = MPI_REQUEST_NULL;
        check_mpi(MPI_Ialltoallv(send, sent.counts.data(), sent.offsets.data(), MPI_FLOAT, received,
                                 receives.counts.data(), receives.offsets.data(), MPI_FLOAT, MPI_COMM_WORLD,
                                 &request),
                  "MPI_Ialltoallv");
        watch_.await(request, kPatience);
    }

    void publish(float* all, const Segments& blocks) override {
        MPI_Request request = MPI_REQUEST_NULL;
        check_mpi(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_FLOAT, all, blocks.counts.data(),
                                  blocks.offsets.data(), MPI_FLOAT, MPI_COMM_WORLD, &request),
                  "MPI_Iallgatherv");
        watch_.await(request, kPatience);
    }

    void join(std::span<double> numbers) override {
        numbers_.assign(numbers.begin(), numbers.end());
        MPI_Request request = MPI_REQUEST_NULL;
        check_mpi(MPI_Iallreduce(MPI_IN_PLACE, numbers_.data(), as_int(numbers_.size()), MPI_DOUBLE, MPI_SUM,
                                 MPI_COMM_WORLD, &request),
                  "MPI_Iallreduce");
        watch_.await(request, kPatience);
        std::copy(numbers_.begin(), numbers_.end(), numbers.begin());
    }

    [[nodiscard]] std::vector<std::string> gather(const std::string& own) override {
        own_ = own;
        own_size_ = as_int(own_.size());
        sizes_.assign(ranks_, 0);
        MPI_Request request = MPI_REQUEST_NULL;
        check_mpi(MPI_Iallgather(&own_size_, 1, MPI_INT, sizes_.data(), 1, MPI_INT, MPI_COMM_WORLD, &request),
                  "MPI_Iallgather");
        watch_.await(request, kLongPatience);
        offsets_.assign(ranks_, 0);
        for (std::size_t r = 1; r < ranks_; ++r) offsets_[r] = offsets_[r - 1] + sizes_[r - 1];
        texts_.assign(static_cast<std::size_t>(offsets_.back() + sizes_.back()), '\0');
        check_mpi(MPI_Iallgatherv(own_.data(), own_size_, MPI_CHAR, texts_.data(), sizes_.data(),
                                  offsets_.data(), MPI_CHAR, MPI_COMM_WORLD, &request),
                  "MPI_Iallgatherv");
        watch_.await(request, kPatience);
        std::vector<std::string> texts;
        for (std::size_t r = 0; r < ranks_; ++r)
            texts.push_back(
                texts_.substr(static_cast<std::size_t>(offsets_[r]), static_cast<std::size_t>(sizes_[r])));
        return texts;
    }

    void broadcast(std::span<std::byte> bytes) override {
        constexpr std::size_t kMost = std::size_t{1} << 20U;  // of a message
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min(kMost, bytes.size()));
            bytes_.assign(part.begin(), part.end());
            MPI_Request request = MPI_REQUEST_NULL;
            check_mpi(MPI_Ibcast(bytes_.data(), as_int(bytes_.size()), MPI_BYTE, 0, MPI_COMM_WORLD, &request),
                      "MPI_Ibcast");
            watch_.await(request, kLongPatience);
            std::copy(bytes_.begin(), bytes_.end(), part.begin());
            bytes = bytes.subspan(part.size());
        }
    }

    // Waits for all without a blocking call, which would keep a core.
    void leave() override {
        MPI_Request request = MPI_REQUEST_NULL;
        check_mpi(MPI_Ibarrier(MPI_COMM_WORLD, &request), "MPI_Ibarrier");
        watch_.await(request, kLongPatience);
        MPI_Finalize();
    }

    void abort(int code) override { MPI_Abort(MPI_COMM_WORLD, code); }

  private:
    static int rank_in_world() {
        int rank = 0;
        check_mpi(MPI_Comm_rank(MPI_COMM_WORLD, &rank), "MPI_Comm_rank");
        return rank;
    }

    RankWatch watch_;
    std::size_t rank_, ranks_;
    // What is under way, where the caller's own would be gone when a wait is given up and MPI is not done.
    std::vector<double> numbers_;
    std::vector<std::byte> bytes_;
    std::string own_, texts_;
    int own_size_ = 0;
    std::vector<int> sizes_, offsets_;
};

}  // namespace

std::unique_ptr<Cluster> Cluster::enter() {
    const Launch launch = launched();
    if (launch.launcher.empty()) return nullptr;
    int offered = MPI_THREAD_SINGLE;
    check_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &offered), "MPI_Init_thread");
    // Before anything is duplicated, which takes this along: else MPI itself would end all, with words of its
    // own.
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    int ranks = 0;
    check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &ranks), "MPI_Comm_size");
    if (static_cast<std::size_t>(ranks) != launch.processes) {
        MPI_Finalize();
        throw InputError(
            {.where = launch.launcher,
             .expected = "processes that MPI knows of: " + std::to_string(launch.processes),
             .found = std::to_string(ranks),
             .remedy = launch.launcher == "srun"
                           ? "Give srun --mpi=pmix or --mpi=pmi2 (srun --mpi=list names what there is)"
                           : "Start it with the mpirun of the MPI that it was built with"});
    }
    if (offered < MPI_THREAD_SERIALIZED) {
        MPI_Finalize();
        throw InputError({.where = "MPI",
                          .expected = "a library that several threads may call in turn",
                          .found = "one for a single thread",
                          .remedy = "Use a build of it with MPI_THREAD_SERIALIZED"});
    }
    return std::make_unique<MpiCluster>(static_cast<std::size_t>(ranks));
}

}  // namespace mnist
