// The reference machine's figures of set 1, which never change once they have been handed out: a change would
// be another set. docs/score.md says how and when they were measured.
#include <array>

#include "mnist/compare/score.hpp"

namespace mnist {
namespace {

// PROVISIONAL: rates are speeds, of one noisy run.
constexpr std::array<ScoreReference, 9> kReference{{
    {OptimizerKind::sgd, 64, 259982, 259982, 455587, 455587},
    {OptimizerKind::sgd, 256, 323159, 323159, 600592, 600592},
    {OptimizerKind::sgd, 1024, 322452, 322452, 586949, 586949},
    {OptimizerKind::momentum, 64, 243683, 243683, 369259, 369259},
    {OptimizerKind::momentum, 256, 321120, 321120, 551953, 551953},
    {OptimizerKind::momentum, 1024, 334398, 334398, 621988, 621988},
    {OptimizerKind::adam, 64, 214336, 214336, 338132, 338132},
    {OptimizerKind::adam, 256, 308145, 308145, 516295, 516295},
    {OptimizerKind::adam, 1024, 310397, 310397, 562007, 562007},
}};

}  // namespace

std::span<const ScoreReference> score_reference() {
    return kReference;
}

std::string score_reference_machine() {
    return "AMD EPYC, Zen 4 (Genoa), 2 cores";
}

}  // namespace mnist
