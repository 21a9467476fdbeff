// Names that agree but for one number are sorted by it: it stands between what all begin and end with.
#include "layer_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "mnist/core/error.hpp"
#include "mnist/core/parsed.hpp"
#include "safetensors.hpp"

namespace mnist {
namespace {

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// What all names begin and end with, around a number.
struct Frame {
    std::string before, behind;
};

Frame frame_of(const std::set<std::string>& names) {
    const std::string& first = *names.begin();
    const std::string& last = *names.rbegin();  // in order: what these two begin with, all do
    const auto differs = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
    auto before = static_cast<std::size_t>(differs - first.begin());
    while (before > 0 && is_digit(first[before - 1])) --before;
    std::size_t behind = first.size() - before;
    for (const std::string& name : names) {
        const auto most =
            first.rbegin() + static_cast<std::ptrdiff_t>(std::min(behind, name.size() - before));
        behind = static_cast<std::size_t>(std::mismatch(first.rbegin(), most, name.rbegin()).first -
                                          first.rbegin());
    }
    while (behind > 0 && is_digit(first[first.size() - behind])) --behind;
    return {first.substr(0, before), first.substr(first.size() - behind)};
}

// Sorted; empty where what is framed is no number.
std::vector<std::uint64_t> numbers_in(const std::set<std::string>& names, const Frame& frame) {
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : names) {
        const std::string_view digits(name.data() + frame.before.size(),
                                      name.size() - frame.before.size() - frame.behind.size());
        const auto number = parsed<std::uint64_t>(digits);
        if (!number || (digits.size() > 1 && digits.front() == '0')) return {};
        numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

// The first number that is missing in a row from `first` up.
std::optional<std::uint64_t> gap_in(const std::vector<std::uint64_t>& numbers, std::uint64_t first) {
    for (const std::uint64_t number : numbers)
        if (number != first++) return first - 1;
    return std::nullopt;
}

bool gaps_everywhere(const std::vector<std::uint64_t>& numbers) {
    return std::adjacent_find(numbers.begin(), numbers.end(),
                              [](std::uint64_t a, std::uint64_t b) { return a + 1 == b; }) == numbers.end();
}

}  // namespace

std::string quoted_list(const std::vector<std::string>& names) {
    constexpr std::size_t kListed = 6;
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i == kListed) return list + fmt::format(" and {} more", names.size() - kListed);
        list += (i == 0 ? "" : ", ") + in_quotes(names[i]);
    }
    return list;
}

std::vector<std::string> layers_in_order(const std::set<std::string>& names, const std::string& where) {
    const auto refuse = [&](const std::string& expected, const std::string& remedy) {
        throw InputError({.where = where,
                          .expected = expected,
                          .found = quoted_list({names.begin(), names.end()}),
                          .remedy = remedy});
    };
    if (names.size() == 1) return {names.begin(), names.end()};
    const Frame frame = frame_of(names);
    const std::string& before = frame.before;
    const std::string& behind = frame.behind;
    const std::vector<std::uint64_t> numbers = numbers_in(names, frame);
    if (numbers.empty())
        refuse("layers of one network, whose names differ in a single number (fc1 and fc2, net.0 and net.2)",
               "Save one network to a file, with such names");

    const bool is_word =
        (before.empty() || before.ends_with('.')) && (behind.empty() || behind.starts_with('.'));
    const bool is_all = before.empty() && behind.empty();
    const auto gap = gap_in(numbers, is_word ? 0 : std::min<std::uint64_t>(numbers.front(), 1));
    const auto name_of = [&](std::uint64_t number) { return before + std::to_string(number) + behind; };
    if (!is_word && gap) refuse("a layer " + in_quotes(name_of(*gap)), "Save all layers of the network");
    if (is_word && (gap || is_all) && !gaps_everywhere(numbers))
        refuse("an activation between any two layers, so that their numbers are two or more apart",
               "Name the layers fc1, fc2, ... where a ReLU follows each");
    std::vector<std::string> ordered;
    std::transform(numbers.begin(), numbers.end(), std::back_inserter(ordered), name_of);
    return ordered;
}

}  // namespace mnist
