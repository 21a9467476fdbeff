// What processes that train one network together say to each other in a step. Each is a rank: it computes
// some leaves of every batch, and owns a block of the weights, which it alone updates. How the numbers travel
// is somebody else's: the room `cluster` has MPI, tests have threads of one process.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mnist {

/// Where each rank's floats lie in an array.
struct Segments {
    std::vector<int> counts;   ///< [ranks]
    std::vector<int> offsets;  ///< [ranks]
};

/// All ranks call the same in the same order, and each call ends when this rank's part is done. Called by one
/// thread at a time, by any. Throws what ends a rank: another one that does not answer; then others may still
/// write into what to_owners() and publish() were given, so it must stay as long as the process.
class Exchange {
  public:
    virtual ~Exchange() = default;
    [[nodiscard]] virtual std::size_t rank() const = 0;
    [[nodiscard]] virtual std::size_t ranks() const = 0;

    /// Sends each rank its segment of `send`, and receives each one's in `received`.
    virtual void to_owners(const float* send, const Segments& sent, float* received,
                           const Segments& receives) = 0;
    /// Segments of `all` by rank; this rank's is there, the others' are when it returns.
    virtual void publish(float* all, const Segments& blocks) = 0;
    /// Sums over all ranks. At most one of them has a number that is not 0 at a place, so no sum is rounded.
    virtual void join(std::span<double> numbers) = 0;
};

}  // namespace mnist
