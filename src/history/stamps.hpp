// When files were measured and where they stand in an order. Private to this room.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mnist/history/history.hpp"

namespace mnist {

[[nodiscard]] std::string fact_of(const HistoryReading& reading, const char* key);

/// Inverse of parse_time(): "2026-01-31T12:00:00Z".
[[nodiscard]] std::string time_text(std::int64_t time_s);

/// Orders places, and is one for the files of one place.
struct PlaceKey {
    std::int64_t position = 0;  ///< of the commit, or the time
    bool is_dirty = false;      ///< a build with more than its commit
    std::string text;           ///< oneDNN or label

    bool operator==(const PlaceKey&) const = default;
};
[[nodiscard]] bool operator<(const PlaceKey& a, const PlaceKey& b);

/// A file that has a place.
struct PlacedFile {
    const HistoryFile* file = nullptr;
    PlaceKey key;
    std::optional<std::int64_t> measured_s;
    const Commit* commit = nullptr;  ///< where ordered by commits
};

/// Files with a place; all others go to history.left_out, and what is strange beside to history.remarks.
[[nodiscard]] std::vector<PlacedFile> placed(const std::vector<HistoryFile>& files,
                                             std::span<const Commit> commits, const HistorySettings& settings,
                                             History& history);

/// Indices of files of one machine and configuration, a list each, in the order of the first of each.
[[nodiscard]] std::vector<std::vector<std::size_t>> grouped_files(const std::vector<PlacedFile>& files);

/// Titles of groups, by one file of each.
void name_groups(std::vector<HistoryGroup>& groups, const std::vector<const HistoryReading*>& examples);

}  // namespace mnist
