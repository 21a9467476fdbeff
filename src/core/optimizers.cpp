// What can be wrong with a row is found by the compiler.
#include "mnist/core/optimizers.hpp"

namespace mnist {
namespace {

constexpr bool is_set(OptimizerNumber number) {
    return number == nullptr ||
           std::any_of(kOptimizerSettings.begin(), kOptimizerSettings.end(),
                       [&](const OptimizerSetting& setting) { return setting.value == number; });
}

constexpr bool is_whole(const Optimizer& one) {
    return !one.word.empty() && !one.title.empty() && !one.label.empty() && one.look.colour.size() == 7 &&
           one.look.dark_colour.size() == 7 && !one.look.mark.empty() && one.look.dash > 0 &&
           one.look.period >= one.look.dash && !one.look.sample.empty() && one.rate != nullptr &&
           (one.squares == nullptr) == (one.epsilon == nullptr) && is_set(one.rate) && is_set(one.memory) &&
           is_set(one.squares) && is_set(one.epsilon) && is_set(one.decay);
}

constexpr bool are_apart(const Optimizer& one, const Optimizer& other) {
    return one.word != other.word && one.title != other.title && one.label != other.label &&
           one.rate != other.rate && one.look.colour != other.look.colour &&
           one.look.dark_colour != other.look.dark_colour && one.look.mark != other.look.mark &&
           one.look.terminal_colour != other.look.terminal_colour && one.look.sample != other.look.sample;
}

// Each row at its kind's place, with all it needs, and nothing that is another's; each of its numbers can be
// set.
constexpr bool is_sound() {
    for (std::size_t i = 0; i < kOptimizers.size(); ++i) {
        if (static_cast<std::size_t>(kOptimizers.at(i).kind) != i || !is_whole(kOptimizers.at(i)))
            return false;
        for (std::size_t k = 0; k < i; ++k)
            if (!are_apart(kOptimizers.at(i), kOptimizers.at(k))) return false;
    }
    return true;
}
static_assert(is_sound(), "a row of kOptimizers is incomplete, out of place, or like another one");

template <class Member>
std::optional<OptimizerKind> found(std::string_view text, Member Optimizer::*member) {
    for (const Optimizer& one : kOptimizers) {
        if (one.*member == text) return one.kind;
    }
    return std::nullopt;
}

}  // namespace

std::optional<OptimizerKind> optimizer_named(std::string_view word) {
    return found(word, &Optimizer::word);
}

std::optional<OptimizerKind> optimizer_labelled(std::string_view label) {
    return found(label, &Optimizer::label);
}

std::vector<std::string> optimizer_words() {
    std::vector<std::string> words;
    words.reserve(kOptimizers.size());
    for (const Optimizer& one : kOptimizers) words.emplace_back(one.word);
    return words;
}

std::vector<OptimizerKind> usual_optimizers() {
    std::vector<OptimizerKind> usual;
    for (const Optimizer& one : kOptimizers) {
        if (one.usual) usual.push_back(one.kind);
    }
    return usual;
}

bool is_recorded(const OptimizerSetting& setting, const std::vector<OptimizerKind>& optimizers) {
    return optimizer(setting.of).usual ||
           std::find(optimizers.begin(), optimizers.end(), setting.of) != optimizers.end();
}

}  // namespace mnist
