// Little-endian: the number of facts, keys and values in ascending order; the number of rows, a name,
// seconds, counts, a byte of what there is, and that. Texts have their length before them.
#include "reading_bytes.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>

namespace mnist {
namespace {

enum Has : std::uint8_t { kAccuracy = 1, kCompute = 2, kMemory = 4, kDisturbed = 8, kAll = 15 };

class ByteWriter {
  public:
    template <class Unsigned>
    void number(Unsigned value) {
        for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
            bytes_ += static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
    void real(const std::optional<double>& value) {
        if (value) real(*value);
    }
    void text(const std::string& value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes_ += value;
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

/// After the first thing that is not there everything is 0 and empty, and is_whole() false.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    template <class Unsigned>
    Unsigned number() {
        std::uint64_t value = 0;
        const std::string_view part = take(sizeof(Unsigned));
        for (std::size_t i = 0; i < part.size(); ++i)
            value |= std::uint64_t{static_cast<std::uint8_t>(part[i])} << (8 * i);
        return static_cast<Unsigned>(value);
    }
    double real(double least, double most) {
        const auto value = std::bit_cast<double>(number<std::uint64_t>());
        fine_ = fine_ && value >= least && value <= most;  // no NaN is
        return value;
    }
    std::string text() {
        const auto size = number<std::uint32_t>();
        fine_ = fine_ && size <= kMostNameBytes;
        return std::string(take(size));
    }
    void require(bool holds) { fine_ = fine_ && holds; }
    [[nodiscard]] bool is_fine() const { return fine_; }
    [[nodiscard]] bool is_whole() const { return fine_ && bytes_.empty(); }

  private:
    std::string_view take(std::size_t size) {
        fine_ = fine_ && size <= bytes_.size();
        if (!fine_) return {};
        const std::string_view part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }

    std::string_view bytes_;
    bool fine_ = true;
};

HistoryRow read_row(ByteReader& from) {
    constexpr double kLeast = std::numeric_limits<double>::denorm_min();
    constexpr double kMost = std::numeric_limits<double>::max();
    HistoryRow row{.name = from.text(), .seconds = from.real(kLeast, kMost)};
    row.repetitions = from.number<std::uint32_t>();
    row.runs = from.number<std::uint32_t>();
    const auto has = from.number<std::uint8_t>();
    row.disturbed = (has & kDisturbed) != 0;
    if ((has & kAccuracy) != 0) row.accuracy = from.real(0, 100);
    if ((has & kCompute) != 0) row.compute_seconds = from.real(kLeast, kMost);
    if ((has & kMemory) != 0) row.memory_seconds = from.real(kLeast, kMost);
    from.require(has <= kAll && !row.name.empty() && row.repetitions > 0 &&
                 row.accuracy.has_value() == (row.runs > 0));
    return row;
}

}  // namespace

std::string reading_bytes(const HistoryReading& reading) {
    ByteWriter to;
    to.number(static_cast<std::uint32_t>(reading.facts.size()));
    for (const auto& [key, value] : reading.facts) {
        to.text(key);
        to.text(value);
    }
    to.number(static_cast<std::uint32_t>(reading.rows.size()));
    for (const HistoryRow& row : reading.rows) {
        to.text(row.name);
        to.real(row.seconds);
        to.number(row.repetitions);
        to.number(row.runs);
        to.number(
            static_cast<std::uint8_t>((row.accuracy ? kAccuracy : 0) | (row.compute_seconds ? kCompute : 0) |
                                      (row.memory_seconds ? kMemory : 0) | (row.disturbed ? kDisturbed : 0)));
        to.real(row.accuracy);
        to.real(row.compute_seconds);
        to.real(row.memory_seconds);
    }
    return to.take();
}

std::optional<HistoryReading> parse_reading(std::string_view bytes) {
    ByteReader from(bytes);
    HistoryReading reading;
    // Nothing is made room for before it is there, so that no count can ask for memory.
    for (auto facts = from.number<std::uint32_t>(); facts > 0 && from.is_fine(); --facts) {
        std::string key = from.text();
        from.require(reading.facts.empty() || std::prev(reading.facts.end())->first < key);
        reading.facts.emplace_hint(reading.facts.end(), std::move(key), from.text());
    }
    for (auto rows = from.number<std::uint32_t>(); rows > 0 && from.is_fine(); --rows)
        reading.rows.push_back(read_row(from));
    return from.is_whole() ? std::optional(std::move(reading)) : std::nullopt;
}

}  // namespace mnist
