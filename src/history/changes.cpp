// Placeholder that finds nothing yet.
#include "mnist/history/changes.hpp"

#include <algorithm>

namespace mnist {

std::vector<std::vector<Change>> find_changes(std::span<const HistorySeries> series, const ChangeSettings&) {
    return std::vector<std::vector<Change>>(series.size());
}

bool is_unexplained_regression(const Change& change) {
    if (change.quantity == Quantity::accuracy) return change.difference < 0;
    return change.cause != Cause::machine && change.ratio < 1;
}

bool has_new_regression(std::span<const Change> changes, std::size_t points, const ChangeSettings& settings) {
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
        return change.place + settings.newest >= points && is_unexplained_regression(change);
    });
}

}  // namespace mnist
