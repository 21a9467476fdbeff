// What oneDNN chose, row by row and in the steps of training: another version may take another kernel for a
// shape, which explains its speed better than the version's number. A list of them that grew by one shows
// that one.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "differences.hpp"

namespace mnist {
namespace {

constexpr std::string_view kOfTraining = "mnist.primitives.";

std::vector<std::string_view> elements_of(std::string_view list) {
    constexpr std::string_view kBetween = ", ";
    std::vector<std::string_view> found;
    while (!list.empty()) {
        found.push_back(list.substr(0, list.find(kBetween)));
        list.remove_prefix(std::min(list.size(), found.back().size() + kBetween.size()));
    }
    return found;
}

/// What stands in the list "a, b, c" and not in the other; nothing where all of it does.
std::optional<std::string> only_in(std::string_view list, std::string_view other) {
    const std::vector<std::string_view> others = elements_of(other);
    const std::unordered_set<std::string_view> in_other(others.begin(), others.end());
    std::string found;
    for (const std::string_view one : elements_of(list))
        if (!in_other.contains(one)) found.append(found.empty() ? "" : ", ").append(one);
    return found.empty() ? std::nullopt : std::optional(found);
}

struct Changed {
    std::string first;
    std::size_t more = 0;
    std::size_t place = 0;  ///< in the order in which they were found
};

/// By what is only in the base and what is only in the other.
using AllChanged = std::map<std::pair<std::optional<std::string>, std::optional<std::string>>, Changed>;

void add(AllChanged& all, const std::string& name, std::string_view base, std::string_view measured) {
    if (base.empty() || measured.empty() || base == measured) return;
    auto gone = only_in(base, measured);
    auto come = only_in(measured, base);
    if (!gone && !come) return;
    const auto [alike, is_new] =
        all.try_emplace({std::move(gone), std::move(come)}, Changed{.first = name, .place = all.size()});
    if (!is_new) ++alike->second.more;
}

}  // namespace

std::vector<FactDifference> primitive_differences(const Facts& base, const Facts& measured,
                                                  const std::vector<Match>& matches) {
    AllChanged all;
    for (const Match& match : matches)
        add(all, match.name(), match.base->primitives, match.measured->primitives);
    for (auto at = base.lower_bound(std::string(kOfTraining));
         at != base.end() && at->first.starts_with(kOfTraining); ++at)
        add(all, at->first.substr(kOfTraining.size()), at->second, fact(measured, at->first).value_or(""));
    std::vector<FactDifference> found(all.size());
    for (const auto& [only, one] : all)
        found[one.place] = {.key = fmt::format("primitives of {}{}", one.first,
                                               one.more > 0 ? fmt::format(" and {} more", one.more) : ""),
                            .base = only.first,
                            .new_value = only.second};
    return found;
}

}  // namespace mnist
