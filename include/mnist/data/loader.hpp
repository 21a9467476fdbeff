// Batches prepared ahead: while one batch is computed, the next ones are gathered in their shuffled order and
// normalised by TBB threads of their own. Whether that pays depends on spare cores; by default the compute
// threads gather their own rows instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mnist {

struct LoaderShape {
    std::size_t batch = 0;   ///< rows of a full batch
    std::size_t pixels = 0;  ///< bytes of an image
    std::size_t row_floats =
        0;                    ///< floats of a row in a slot, >= pixels; the columns behind the pixels stay 0
    std::size_t threads = 1;  ///< that gather, >= 1
    std::size_t slots = 4;    ///< batches that may be ready at once, >= 2
};

/// A ring of slots, filled in order by the loader and released in order by its user. wait() and
/// release_before() may be called by many threads at once.
class PrefetchLoader {
  public:
    explicit PrefetchLoader(const LoaderShape& shape);
    ~PrefetchLoader();
    PrefetchLoader(const PrefetchLoader&) = delete;
    PrefetchLoader& operator=(const PrefetchLoader&) = delete;

    /// [slots] of [batch, row_floats] f32, 64-byte aligned; batch s appears in slot s % slots.
    [[nodiscard]] std::vector<float*> slots();

    /// Starts to prepare the batches of an epoch; ends a previous one that was not used up. `images` [..,
    /// pixels] u8 and `order` (row numbers) must live until the next call or the destructor. Only while
    /// nobody waits.
    void start_epoch(const std::uint8_t* images, std::span<const std::uint32_t> order);

    /// Returns when batch `step` is complete in its slot. Throws what the loader itself failed with.
    void wait(std::size_t step);
    /// Says that batches before `step` are done with: their slots may be filled again.
    void release_before(std::size_t step);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mnist
