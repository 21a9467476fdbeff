// The order matters: a step of the program bends what is around it, so the clearest is taken first, and
// whatever it explains is gone from then on.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "attribution.hpp"
#include "mnist/stats/change_points.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "mnist/stats/rank_test.hpp"

namespace mnist {
namespace {

/// The machine moved by about as much: by this share of the time's movement or more.
constexpr double kLeastOfMachine = 0.5;

struct Effect {
    double shift = 0;  ///< of logarithms, before less after
    std::optional<Interval> interval{};
    double p = 1;
    [[nodiscard]] std::optional<Interval> of_ratio() const {
        if (!interval) return std::nullopt;
        return Interval{std::exp(interval->lower), std::exp(interval->upper)};
    }
};

std::optional<Effect> effect(const Sides& values) {
    const auto shift = hodges_lehmann_shift(values.before, values.after);
    if (!shift) return std::nullopt;
    return Effect{*shift, hodges_lehmann_interval(values.before, values.after),
                  mann_whitney_test(values.before, values.after).value().p};
}

class Picked {
  public:
    explicit Picked(std::size_t points) : places_{0, points} {}
    [[nodiscard]] bool has(std::size_t place) const {
        return std::binary_search(places_.begin(), places_.end(), place);
    }
    void add(std::size_t place) {
        places_.insert(std::upper_bound(places_.begin(), places_.end(), place), place);
    }
    void move(std::size_t from, std::size_t to) {
        *std::lower_bound(places_.begin(), places_.end(), from) = to;  // between the same two others
    }
    [[nodiscard]] Neighbourhood around(std::size_t place) const {
        return {*std::prev(std::lower_bound(places_.begin(), places_.end(), place)), place,
                *std::upper_bound(places_.begin(), places_.end(), place)};
    }

  private:
    std::vector<std::size_t> places_;  ///< ascending, with both ends
};

/// What was found at the same place in several forms is one candidate; the most significant first.
std::vector<TimeCandidate> one_a_place(std::span<const TimeCandidate> candidates) {
    std::vector<TimeCandidate> merged;
    for (const TimeCandidate& candidate : candidates) {
        const auto same = std::find_if(merged.begin(), merged.end(),
                                       [&](const auto& other) { return other.place == candidate.place; });
        if (same == merged.end()) {
            merged.push_back(candidate);
            continue;
        }
        same->p_adjusted = std::min(same->p_adjusted, candidate.p_adjusted);
        same->as_measured = same->as_measured || candidate.as_measured;
    }
    std::stable_sort(merged.begin(), merged.end(),
                     [](const auto& a, const auto& b) { return a.p_adjusted < b.p_adjusted; });
    return merged;
}

/// Whether the times with the machine's movement taken off moved far enough.
bool is_large(const LogTimes& beside, const Neighbourhood& around, const ChangeSettings& settings) {
    const std::vector<double> rest = corrected(beside, best_measurement(beside, around));
    const auto own = effect(sides(beside.places, rest, around));
    return own && own->p <= settings.alpha && std::abs(own->shift) >= settings.least_time;
}

/// The candidate with the most evidence that it is the program's; nullptr where there is none.
const TimeCandidate* clearest(const LogTimes& beside, const std::vector<TimeCandidate>& candidates,
                              const Picked& programs, const ChangeSettings& settings) {
    const TimeCandidate* best = nullptr;
    double most = kLeastEvidence;
    for (const TimeCandidate& candidate : candidates) {
        if (programs.has(candidate.place)) continue;
        const Neighbourhood around = programs.around(candidate.place);
        const double evidence = evidence_of_program(beside, around);
        if (evidence < most || !is_large(beside, around, settings)) continue;
        most = evidence;
        best = &candidate;
    }
    return best;
}

/// Whether a measurement of the machine moved in the same direction, and far enough.
bool is_machines(const LogTimes& beside, const Neighbourhood& around, double shift, double alpha) {
    return std::any_of(
        beside.machine.begin(), beside.machine.end(), [&](const std::vector<double>& measurement) {
            const auto own = effect(sides(beside.places, measurement, around));
            return own && own->p <= alpha && own->shift * shift >= kLeastOfMachine * shift * shift;
        });
}

void describe(Change& change, const LogTimes& measured, const LogTimes& beside, const Picked& all,
              const Picked& programs) {
    const Neighbourhood near = all.around(change.place);
    if (const auto found = effect(sides(measured.places, measured.time, near))) {
        change.ratio = std::exp(found->shift);
        change.interval = found->of_ratio();
    }
    if (beside.machine.empty()) return;
    for (std::size_t k = 0; k < beside.machine.size(); ++k)
        if (const auto found = effect(sides(beside.places, beside.machine[k], near)))
            change.*beside.moved[k] = std::exp(found->shift);
    const Neighbourhood far = change.cause == Cause::program ? programs.around(change.place) : near;
    const std::vector<double> rest = corrected(beside, best_measurement(beside, far));
    if (const auto found = effect(sides(beside.places, rest, far))) {
        change.corrected_ratio = std::exp(found->shift);
        change.corrected_interval = found->of_ratio();
    }
}

}  // namespace

std::vector<Change> time_changes(const LogTimes& measured, const LogTimes& beside,
                                 std::span<const TimeCandidate> found, std::size_t points,
                                 const ChangeSettings& settings) {
    const std::vector<TimeCandidate> candidates = one_a_place(found);
    Picked programs(points);
    Picked all(points);
    std::vector<Change> changes;
    const auto pick = [&](const TimeCandidate& candidate, Cause cause) {
        all.add(candidate.place);
        changes.push_back({.place = candidate.place, .cause = cause, .p_adjusted = candidate.p_adjusted});
    };
    std::vector<TimeCandidate> own;
    while (const TimeCandidate* candidate = clearest(beside, candidates, programs, settings)) {
        programs.add(candidate->place);
        own.push_back(*candidate);
    }
    for (TimeCandidate& candidate : own) {
        Neighbourhood around = programs.around(candidate.place);
        around.place = place_without_machine(beside, around);
        if (evidence_of_program(beside, around) >= kLeastEvidence && is_large(beside, around, settings)) {
            programs.move(candidate.place, around.place);
            candidate.place = around.place;
        }
        pick(candidate, Cause::program);
    }
    for (const TimeCandidate& candidate : candidates) {
        if (!candidate.as_measured || all.has(candidate.place)) continue;
        const Neighbourhood around = all.around(candidate.place);
        const Sides times = sides(measured.places, measured.time, around);
        if (!times.are_enough()) continue;
        const auto moved = effect(times);
        if (!moved || moved->p > settings.alpha || std::abs(moved->shift) < settings.least_time) continue;
        pick(candidate,
             is_machines(beside, around, moved->shift, settings.alpha) ? Cause::machine : Cause::undecided);
    }
    for (Change& change : changes) {
        if (change.cause == Cause::program) continue;
        const Neighbourhood around = all.around(change.place);
        const Sides times = sides(measured.places, measured.time, around);
        const auto first = static_cast<std::size_t>(times.before.data() - measured.time.data());
        const std::size_t place = measured.places[first + likeliest_step(times.both()).value().place];
        all.move(change.place, place);
        change.place = place;
    }
    for (Change& change : changes) describe(change, measured, beside, all, programs);
    return changes;
}

}  // namespace mnist
