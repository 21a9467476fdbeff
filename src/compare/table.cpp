// Matching through an index: a file may have hundreds of thousands of rows.
#include "table.hpp"

#include <charconv>
#include <unordered_map>

#include "mnist/compare/groups.hpp"

namespace mnist {

Matches matched(const Measurements& base, const Measurements& measured) {
    std::unordered_map<std::string, const MeasuredRow*> by_name;
    for (const MeasuredRow& row : measured.rows) by_name.emplace(row.name, &row);
    Matches matches;
    for (const MeasuredRow& row : base.rows) {
        const auto found = by_name.find(row.name);
        if (found == by_name.end()) {
            matches.only_base.push_back(row.name);
            continue;
        }
        matches.rows.push_back({&row, found->second});
        by_name.erase(found);
    }
    for (const MeasuredRow& row : measured.rows)
        if (by_name.contains(row.name)) matches.only_measured.push_back(row.name);
    return matches;
}

std::optional<double> noise_share(const std::string& text) {
    const char* const last = text.data() + text.size();
    double share = 0;
    const auto [end, error] = std::from_chars(text.data(), last, share);
    const bool is_share = error == std::errc() && end == last && share >= 0 && share <= 1;
    return is_share ? std::optional(share) : std::nullopt;
}

double noise_floor(const std::map<std::string, std::string>& facts, const std::string& name) {
    const auto found = facts.find(std::string(kNoiseFloor) + family_of(name));
    return found == facts.end() ? 0 : noise_share(found->second).value_or(0);
}

void Table::add(const Match& match, const std::map<std::string, std::string>& facts) {
    names.push_back(match.base->name);
    times.push_back({.base = match.base->seconds,
                     .new_values = match.measured->seconds,
                     .noise_floor = noise_floor(facts, match.base->name)});
    accuracies.emplace_back(match.base->accuracy, match.measured->accuracy);
}

}  // namespace mnist
