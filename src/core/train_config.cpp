// A word's place in its table is its enumerator's.
#include "mnist/core/train_config.hpp"

#include <algorithm>

namespace mnist {

std::string_view name(Precision precision) {
    return kPrecisionWords.at(static_cast<std::size_t>(precision));
}

std::optional<Precision> precision_named(std::string_view word) {
    const auto* const found = std::find(kPrecisionWords.begin(), kPrecisionWords.end(), word);
    if (found == kPrecisionWords.end()) return std::nullopt;
    return static_cast<Precision>(found - kPrecisionWords.begin());
}

std::vector<std::string> precision_words() {
    return {kPrecisionWords.begin(), kPrecisionWords.end()};
}

namespace {
constexpr bool schedules_are_sound() {
    for (std::size_t i = 0; i < kSchedules.size(); ++i) {
        if (static_cast<std::size_t>(kSchedules.at(i).kind) != i || kSchedules.at(i).word.empty())
            return false;
        for (std::size_t k = 0; k < i; ++k)
            if (kSchedules.at(i).word == kSchedules.at(k).word) return false;
    }
    return true;
}
static_assert(schedules_are_sound(), "a row of kSchedules has no word, is out of place, or has another's");
}  // namespace

std::string_view name(ScheduleKind kind) {
    return kSchedules.at(static_cast<std::size_t>(kind)).word;
}

bool peaks(ScheduleKind kind) {
    return kSchedules.at(static_cast<std::size_t>(kind)).peaks;
}

std::optional<ScheduleKind> schedule_named(std::string_view word) {
    const auto* const found = std::find_if(kSchedules.begin(), kSchedules.end(),
                                           [&](const ScheduleRow& row) { return row.word == word; });
    if (found == kSchedules.end()) return std::nullopt;
    return found->kind;
}

std::vector<std::string> schedule_words(bool peaking_only) {
    std::vector<std::string> words;
    for (const ScheduleRow& row : kSchedules) {
        if (row.peaks || !peaking_only) words.emplace_back(row.word);
    }
    return words;
}

double learning_rate(const TrainConfig& config, OptimizerKind kind) {
    if (peaks(config.schedule) && config.peak_lr) return *config.peak_lr;
    return config.*optimizer(kind).rate;
}

std::string learning_rate_flag(const TrainConfig& config, OptimizerKind kind) {
    if (peaks(config.schedule) && config.peak_lr) return "--peak-lr";
    return "--" + std::string(name(kind)) + "-lr";
}

}  // namespace mnist
