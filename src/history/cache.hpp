// What result files were read to, in an SQLite file in the user's cache folder: ten thousand files are parsed
// once. It holds nothing that is not in the files, and nothing in it is believed: another layout or version,
// damage, triggers and wrong types make it a new one, a reading that does not match its checksum is read
// again, and where it cannot be opened, locked or written to there is none, which costs time only. Two
// programs at once are kept apart by SQLite's own locks. Left out: forgetting files that are gone; what grows
// beyond kMostBytes starts anew. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "mnist/history/reading.hpp"

namespace mnist {

/// What tells without reading that a file is the one that was read.
struct HistoryStamp {
    std::int64_t bytes = 0;
    std::int64_t changed_ns = 0;  ///< mtime

    bool operator==(const HistoryStamp&) const = default;
};

class HistoryCache {
  public:
    struct Known {
        std::string sha256;  ///< of the file
        HistoryReading reading;
    };

    /// Opens or makes it, with missing folders. Never throws; without a name there is no cache.
    explicit HistoryCache(const std::filesystem::path& file) noexcept;
    ~HistoryCache();
    HistoryCache(const HistoryCache&) = delete;
    HistoryCache& operator=(const HistoryCache&) = delete;

    [[nodiscard]] bool is_open() const;
    /// Of a file by its absolute path, where it has that size and time still.
    [[nodiscard]] std::optional<Known> find(const std::string& path, const HistoryStamp& stamp);
    [[nodiscard]] std::optional<HistoryReading> find_content(const std::string& sha256);
    /// On disk some hundred files later, or at the end. Without a stamp only the content is known later.
    void keep(const std::string& path, const std::optional<HistoryStamp>& stamp, const Known& known);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mnist
