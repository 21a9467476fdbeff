// Whether the other ranks still live. MPI itself does not tell: a wait for a process that is gone never ends.
// Those of this host are looked up by their process numbers, all others are called by name. Private to this
// room.
#pragma once

#include <mpi.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace mnist {

/// Throws RankError for what an MPI call returned, other than success.
void check_mpi(int result, const char* what);

class RankWatch {
  public:
    using Clock = std::chrono::steady_clock;

    /// All ranks make theirs at the same time.
    RankWatch(MPI_Comm world, int rank, int ranks);
    ~RankWatch();
    RankWatch(const RankWatch&) = delete;
    RankWatch& operator=(const RankWatch&) = delete;

    [[nodiscard]] const std::vector<std::string>& hosts() const { return hosts_; }

    /// Waits until `request` is done. Where a rank of this host is gone, or a rank does not answer to its
    /// name after `patience`, throws RankError: the lowest rank that lives says which, the others stay silent
    /// and leave it the time to say so.
    void await(MPI_Request& request, Clock::duration patience);

  private:
    [[nodiscard]] std::vector<std::size_t> gone() const;
    void look_for_the_gone() const;
    void call_all();
    [[noreturn]] void report(const std::vector<std::size_t>& missing, const std::string& what) const;

    MPI_Comm calls_ = MPI_COMM_NULL;  ///< of its own, so that no call is taken for something else
    std::size_t rank_, ranks_;
    std::vector<std::string> hosts_;
    std::vector<pid_t> processes_;  ///< of ranks that can be looked up; else 0
    std::vector<char> words_;       ///< [ranks], what a call brings
    int round_ = 0;                 ///< of calls
};

}  // namespace mnist
