// A labelled image set in memory: bytes as they are in the IDX files. Training and evaluation only ever see
// this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/core/facts.hpp"

namespace mnist {

// Assigned from another memory resource, it copies, which may throw: it does not say noexcept.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct Split {
    AlignedVector<std::uint8_t> images;  ///< [count, rows * columns] u8, row-major, 0 = background
    std::vector<std::uint8_t> labels;    ///< [count] u8, each < classes
    [[nodiscard]] std::size_t count() const noexcept { return labels.size(); }
};

// NOLINTNEXTLINE(bugprone-exception-escape): for its splits
struct Dataset {
    DatasetFacts facts;  ///< name, extents, checksum, synthetic or not
    Split train;
    Split test;
    std::filesystem::path folder;  ///< where the files were; empty for synthetic digits
    [[nodiscard]] std::size_t pixels() const noexcept { return facts.rows * facts.columns; }
};

}  // namespace mnist
