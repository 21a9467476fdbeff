// A name is taken apart into texts and numbers in turn; names that agree but for one number are sorted by it.
#include "layer_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "mnist/core/error.hpp"
#include "safetensors.hpp"

namespace mnist {
namespace {

// Text, digits, text, ..., text: "net.0.fc" is "net.", "0", ".fc".
std::vector<std::string> pieces_of(const std::string& name) {
    std::vector<std::string> pieces(1);
    for (const char c : name) {
        const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (digit != (pieces.size() % 2 == 0)) pieces.emplace_back();
        pieces.back() += c;
    }
    if (pieces.size() % 2 == 0) pieces.emplace_back();
    return pieces;
}

std::optional<std::uint64_t> layer_number(const std::string& digits) {
    std::uint64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc{} || stopped != end || (digits.size() > 1 && digits.front() == '0'))
        return std::nullopt;
    return number;
}

struct Layer {
    std::vector<std::string> pieces;
    std::uint64_t number = 0;
};

// The piece in which the layers differ, where it is one alone.
std::optional<std::size_t> counting_piece(const std::vector<Layer>& layers) {
    const std::vector<std::string>& first = layers.front().pieces;
    std::optional<std::size_t> counting;
    for (const Layer& layer : layers) {
        if (layer.pieces.size() != first.size()) return std::nullopt;
        for (std::size_t i = 0; i < first.size(); ++i) {
            if (layer.pieces[i] == first[i]) continue;
            if (counting.value_or(i) != i) return std::nullopt;
            counting = i;
        }
    }
    return counting;
}

// By their numbers, which are taken from the piece that counts. False where that is no number.
bool sort_by(std::size_t piece, std::vector<Layer>& layers) {
    for (Layer& layer : layers) {
        const auto number = layer_number(layer.pieces[piece]);
        if (!number) return false;
        layer.number = *number;
    }
    std::sort(layers.begin(), layers.end(),
              [](const Layer& a, const Layer& b) { return a.number < b.number; });
    return true;
}

// The first number that is missing in a row from `first` up.
std::optional<std::uint64_t> gap_in(const std::vector<Layer>& layers, std::uint64_t first) {
    for (const Layer& layer : layers)
        if (layer.number != first++) return first - 1;
    return std::nullopt;
}

bool gaps_everywhere(const std::vector<Layer>& layers) {
    return std::adjacent_find(layers.begin(), layers.end(), [](const Layer& a, const Layer& b) {
               return a.number + 1 == b.number;
           }) == layers.end();
}

std::string name_of(const std::vector<std::string>& pieces) {
    return fmt::format("{}", fmt::join(pieces, ""));
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
    std::vector<Layer> layers;
    layers.reserve(names.size());
    for (const std::string& name : names) layers.push_back({pieces_of(name)});
    const std::optional<std::size_t> at = counting_piece(layers);
    if (!at || !sort_by(*at, layers))
        refuse("layers of one network, whose names differ in a single number (fc1 and fc2, net.0 and net.2)",
               "Save one network to a file, with such names");

    std::vector<std::string> pieces = layers.front().pieces;
    const std::string& before = pieces[*at - 1];
    const std::string& behind = pieces[*at + 1];
    const bool is_word =
        (before.empty() || before.ends_with('.')) && (behind.empty() || behind.starts_with('.'));
    const bool is_all = pieces.size() == 3 && before.empty() && behind.empty();
    const auto gap = gap_in(layers, is_word ? 0 : std::min<std::uint64_t>(layers.front().number, 1));
    if (!is_word && gap) {
        pieces[*at] = std::to_string(*gap);
        refuse("a layer " + in_quotes(name_of(pieces)), "Save all layers of the network");
    }
    if (is_word && (gap || is_all) && !gaps_everywhere(layers))
        refuse("an activation between any two layers, so that their numbers are two or more apart",
               "Name the layers fc1, fc2, ... where a ReLU follows each");
    std::vector<std::string> ordered;
    ordered.reserve(layers.size());
    for (const Layer& layer : layers) ordered.push_back(name_of(layer.pieces));
    return ordered;
}

}  // namespace mnist
