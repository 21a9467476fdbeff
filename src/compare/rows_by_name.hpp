// Rows of measurements by their names. Only inside this room.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "mnist/compare/measurements.hpp"

namespace mnist {

/// Rows of a list by name. Files may have hundreds of thousands, so they are not searched for one by one.
class RowsByName {
  public:
    explicit RowsByName(std::vector<MeasuredRow>& rows) : rows_(&rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) places_.emplace(rows[i].name, i);
    }
    /// The row of that name, added where there is none. Valid until the next call.
    MeasuredRow& at(const std::string& name) {
        const auto [place, is_new] = places_.emplace(name, rows_->size());
        if (is_new) rows_->emplace_back().name = name;
        return (*rows_)[place->second];
    }

    [[nodiscard]] const MeasuredRow* find(const std::string& name) const {
        const auto place = places_.find(name);
        return place == places_.end() ? nullptr : &(*rows_)[place->second];
    }

  private:
    std::vector<MeasuredRow>* rows_;
    std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace mnist
