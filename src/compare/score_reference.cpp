// The reference machine's figures of set 1, which never change once they have been handed out: a change would
// be another set. docs/score.md says how and when they were measured.
#include <array>

#include "mnist/compare/score.hpp"

namespace mnist {
namespace {

constexpr std::array<ScoreReference, 9> kReference{{
    {OptimizerKind::sgd, 64, 264.8e3, 396.3e3, 627.0e3, 677.9e3},
    {OptimizerKind::sgd, 256, 398.6e3, 422.9e3, 634.5e3, 752.7e3},
    {OptimizerKind::sgd, 1024, 400.3e3, 423.2e3, 743.7e3, 757.7e3},
    {OptimizerKind::momentum, 64, 293.8e3, 391.6e3, 570.7e3, 652.5e3},
    {OptimizerKind::momentum, 256, 396.9e3, 418.0e3, 707.9e3, 743.4e3},
    {OptimizerKind::momentum, 1024, 403.9e3, 421.7e3, 701.9e3, 751.3e3},
    {OptimizerKind::adam, 64, 321.9e3, 362.2e3, 516.4e3, 582.0e3},
    {OptimizerKind::adam, 256, 390.9e3, 413.3e3, 671.7e3, 716.6e3},
    {OptimizerKind::adam, 1024, 397.7e3, 419.8e3, 718.2e3, 742.5e3},
}};

}  // namespace

std::span<const ScoreReference> score_reference() {
    return kReference;
}

std::string score_reference_machine() {
    return "AMD EPYC, Zen 4 (Genoa), 2 cores";
}

}  // namespace mnist
