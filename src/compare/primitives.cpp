// What oneDNN chose, row by row and in the steps of training: another version may take another kernel for a
// shape, which explains its speed better than the version's number. A list of them that grew by one shows
// that one.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "differences.hpp"

namespace mnist {
namespace {

constexpr std::string_view kOfTraining = "mnist.primitives.";

/// What stands in the list "a, b, c" and not in the other; nothing where all of it does.
std::optional<std::string> only_in(std::string_view list, std::string_view other) {
    constexpr std::string_view kBetween = ", ";
    const auto next = [&](std::string_view& rest) {
        const std::string_view one = rest.substr(0, rest.find(kBetween));
        rest.remove_prefix(std::min(rest.size(), one.size() + kBetween.size()));
        return one;
    };
    std::string found;
    while (!list.empty()) {
        const std::string_view one = next(list);
        bool in_both = false;
        for (std::string_view rest = other; !rest.empty();) in_both |= next(rest) == one;
        if (!in_both) found += (found.empty() ? "" : std::string(kBetween)) + std::string(one);
    }
    return found.empty() ? std::nullopt : std::optional(found);
}

struct Changed {
    std::optional<std::string> base, measured;
    std::string first;
    std::size_t more = 0;
};

void add(std::vector<Changed>& all, const std::string& name, std::string_view base,
         std::string_view measured) {
    if (base.empty() || measured.empty()) return;
    const auto gone = only_in(base, measured);
    const auto come = only_in(measured, base);
    if (!gone && !come) return;
    const auto alike = std::find_if(
        all.begin(), all.end(), [&](const Changed& one) { return one.base == gone && one.measured == come; });
    if (alike != all.end())
        ++alike->more;
    else
        all.push_back({.base = gone, .measured = come, .first = name});
}

}  // namespace

std::vector<FactDifference> primitive_differences(const Facts& base, const Facts& measured,
                                                  const std::vector<Match>& matches) {
    std::vector<Changed> all;
    for (const Match& match : matches)
        add(all, match.name(), match.base->primitives, match.measured->primitives);
    for (auto at = base.lower_bound(std::string(kOfTraining));
         at != base.end() && at->first.starts_with(kOfTraining); ++at)
        add(all, at->first.substr(kOfTraining.size()), at->second, fact(measured, at->first).value_or(""));
    std::vector<FactDifference> found;
    found.reserve(all.size());
    for (const Changed& one : all)
        found.push_back({.key = fmt::format("primitives of {}{}", one.first,
                                            one.more > 0 ? fmt::format(" and {} more", one.more) : ""),
                         .base = one.base,
                         .new_value = one.measured});
    return found;
}

}  // namespace mnist
