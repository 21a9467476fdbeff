// Entries of the cache of histories: what is accepted is exactly what would have been written.
#include "reading_bytes.hpp"
#include "targets.hpp"

namespace mnist {

void try_history_cache(FileBytes file) {
    const std::string bytes = text_of(file);
    const auto reading = parse_reading(bytes);
    if (!reading) return;
    promise(reading_bytes(*reading) == bytes, "history cache: an entry that is written again is the same");
    for (const HistoryRow& row : reading->rows)
        promise(row.seconds > 0 && !row.name.empty(), "history cache: rows have names and times above 0");
}

}  // namespace mnist
