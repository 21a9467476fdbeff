// The formulas stand in the header.
#include "mnist/step/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mnist {
namespace {

// Half a cosine from `start` at share 0 to `end` at share 1.
double half_cosine(double start, double end, double share) {
    return end + (start - end) / 2 * (1 + std::cos(std::numbers::pi * share));
}

double one_cycle(const Schedule& schedule, std::uint64_t t) {
    const double last = static_cast<double>(schedule.steps) - 1;
    const double peak = std::max(0.0, schedule.warmup * static_cast<double>(schedule.steps) - 1);
    const double step = std::min(static_cast<double>(t) - 1, last);
    if (step < peak) return half_cosine(1 / kOneCycleStart, 1, step / peak);
    if (step <= peak) return 1;
    return half_cosine(1, 1 / kOneCycleStart / kOneCycleEnd, (step - peak) / (last - peak));
}

}  // namespace

double schedule_factor(const Schedule& schedule, std::uint64_t t) {
    switch (schedule.kind) {
        case ScheduleKind::one_cycle:
            return one_cycle(schedule, t);
        case ScheduleKind::constant:
            break;
    }
    return 1;
}

}  // namespace mnist
