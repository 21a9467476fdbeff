// Changes are sought in every form of a series: its times as measured, its times with each of the machine's
// measurements taken off, its accuracies. All forms of all series are corrected for their number together.
#include "mnist/history/changes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "attribution.hpp"
#include "mnist/stats/change_points.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "mnist/stats/multiplicity.hpp"

namespace mnist {
namespace {

bool is_measured(const std::optional<double>& value) {
    return value && std::isfinite(*value) && *value > 0;
}

bool has_time(const HistoryPoint& point) {
    return !point.disturbed && std::isfinite(point.seconds) && point.seconds > 0;
}

LogTimes as_measured(HistorySeries series) {
    LogTimes times;
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (!has_time(series[i])) continue;
        times.places.push_back(i);
        times.time.push_back(std::log(series[i].seconds));
    }
    return times;
}

struct Measurement {
    std::optional<double> HistoryPoint::*seconds;
    std::optional<double> Change::*moved;
};
constexpr std::array<Measurement, 2> kMeasurements{{{&HistoryPoint::compute_seconds, &Change::compute_ratio},
                                                    {&HistoryPoint::memory_seconds, &Change::memory_ratio}}};

/// Those that at least half of the points with a time have.
std::vector<Measurement> measurements_in(HistorySeries series) {
    std::vector<Measurement> found;
    const auto all = std::count_if(series.begin(), series.end(), has_time);
    for (const Measurement& of : kMeasurements) {
        const auto having = std::count_if(series.begin(), series.end(), [&](const HistoryPoint& point) {
            return has_time(point) && is_measured(point.*of.seconds);
        });
        if (having > 0 && 2 * having >= all) found.push_back(of);
    }
    return found;
}

/// The points that have all of these measurements.
LogTimes beside_machine(HistorySeries series, std::span<const Measurement> measurements) {
    LogTimes times{.machine = std::vector<std::vector<double>>(measurements.size())};
    for (const Measurement& of : measurements) times.moved.push_back(of.moved);
    if (measurements.empty()) return times;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const HistoryPoint& point = series[i];
        if (!has_time(point) ||
            !std::all_of(measurements.begin(), measurements.end(),
                         [&](const Measurement& of) { return is_measured(point.*of.seconds); }))
            continue;
        times.places.push_back(i);
        times.time.push_back(std::log(point.seconds));
        for (std::size_t k = 0; k < measurements.size(); ++k)
            times.machine[k].push_back(std::log(*(point.*measurements[k].seconds)));
    }
    return times;
}

struct Subject {
    LogTimes measured;  ///< all times
    LogTimes beside;    ///< those with all measurements of the machine
    std::vector<std::size_t> accuracy_places{};
    std::vector<double> accuracies{};
};

Subject subject_of(HistorySeries series) {
    Subject subject{.measured = as_measured(series),
                    .beside = beside_machine(series, measurements_in(series))};
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (!series[i].accuracy || !std::isfinite(*series[i].accuracy)) continue;
        subject.accuracy_places.push_back(i);
        subject.accuracies.push_back(*series[i].accuracy);
    }
    return subject;
}

enum class Of : std::uint8_t { measured, corrected, accuracy };

/// One form of a series, and what was found in it.
struct Form {
    std::size_t series = 0;
    Of of = Of::measured;
    std::vector<ChangePoint> found;  ///< places in the series as given
};

/// Each between its neighbours: ranks see no further than the order, and where a step is far beyond the noise
/// that leaves its place open by a point or more. Of times that a machine drifts beneath ranks place better.
void place_by_values(std::vector<ChangePoint>& found, std::span<const double> values) {
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::size_t begin = i == 0 ? 0 : found[i - 1].place;
        const std::size_t end = i + 1 == found.size() ? values.size() : found[i + 1].place;
        if (const auto step = likeliest_step(values.subspan(begin, end - begin)))
            found[i].place = begin + step->place;
    }
}

/// Those long enough to show a change; the others are no tests and need no correction.
void search(std::vector<Form>& forms, std::size_t series, Of of, std::span<const std::size_t> places,
            std::span<const double> values, double alpha) {
    if (least_change_point_p(values.size()) > alpha) return;
    Form form{series, of, change_points(values, alpha)};
    if (of != Of::measured) place_by_values(form.found, values);
    for (ChangePoint& change : form.found) change.place = places[change.place];
    forms.push_back(std::move(form));
}

/// Holm's correction of each form's most significant change; the others of the form come after it, at the
/// same factor (Meinshausen, Biometrika 95 (2008): a hypothesis below another at its share of the level).
void correct_for_number(std::vector<Form>& forms, double alpha) {
    std::vector<double> least;
    for (const Form& form : forms) {
        double p = 1;
        for (const ChangePoint& change : form.found) p = std::min(p, change.p);
        least.push_back(p);
    }
    const std::vector<double> adjusted = holm_adjusted(least).value();
    for (std::size_t i = 0; i < forms.size(); ++i) {
        for (ChangePoint& change : forms[i].found)
            change.p = std::min(1.0, change.p * adjusted[i] / least[i]);
        std::erase_if(forms[i].found, [&](const ChangePoint& change) { return change.p > alpha; });
    }
}

std::vector<Change> accuracy_changes(const Subject& subject, std::span<const ChangePoint> found,
                                     std::size_t points, double least) {
    std::vector<Change> changes;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Neighbourhood around{i == 0 ? 0 : found[i - 1].place, found[i].place,
                                   i + 1 == found.size() ? points : found[i + 1].place};
        const Sides values = sides(subject.accuracy_places, subject.accuracies, around);
        const double difference = hodges_lehmann_shift(values.after, values.before).value();
        if (std::abs(difference) < least) continue;
        changes.push_back({.place = found[i].place,
                           .quantity = Quantity::accuracy,
                           .cause = Cause::program,
                           .interval = hodges_lehmann_interval(values.after, values.before),
                           .difference = difference,
                           .p_adjusted = found[i].p});
    }
    return changes;
}

}  // namespace

std::size_t tests_of(HistorySeries series) {
    const bool has_accuracy = std::any_of(series.begin(), series.end(), [](const HistoryPoint& point) {
        return point.accuracy && std::isfinite(*point.accuracy);
    });
    return 1 + measurements_in(series).size() + (has_accuracy ? 1 : 0);
}

std::size_t points_needed(std::size_t tests, double alpha) {
    std::size_t points = kFewestPoints;
    while (least_change_point_p(points) * static_cast<double>(tests) > alpha) ++points;
    return points;
}

std::vector<std::vector<Change>> find_changes(std::span<const HistorySeries> series,
                                              const ChangeSettings& settings) {
    std::vector<Subject> subjects;
    std::vector<Form> forms;
    for (std::size_t s = 0; s < series.size(); ++s) {
        const Subject& subject = subjects.emplace_back(subject_of(series[s]));
        search(forms, s, Of::measured, subject.measured.places, subject.measured.time, settings.alpha);
        for (std::size_t k = 0; k < subject.beside.machine.size(); ++k)
            search(forms, s, Of::corrected, subject.beside.places, corrected(subject.beside, k),
                   settings.alpha);
        search(forms, s, Of::accuracy, subject.accuracy_places, subject.accuracies, settings.alpha);
    }
    correct_for_number(forms, settings.alpha);

    std::vector<std::vector<Change>> changes(series.size());
    std::vector<std::vector<TimeCandidate>> candidates(series.size());
    for (const Form& form : forms) {
        const std::size_t s = form.series;
        if (form.of == Of::accuracy)
            changes[s] = accuracy_changes(subjects[s], form.found, series[s].size(), settings.least_accuracy);
        else
            for (const ChangePoint& change : form.found)
                candidates[s].push_back({change.place, change.p, form.of == Of::measured});
    }
    for (std::size_t s = 0; s < series.size(); ++s) {
        const std::vector<Change> of_time =
            time_changes(subjects[s].measured, subjects[s].beside, candidates[s], series[s].size(), settings);
        changes[s].insert(changes[s].begin(), of_time.begin(), of_time.end());
        std::stable_sort(changes[s].begin(), changes[s].end(),
                         [](const Change& a, const Change& b) { return a.place < b.place; });
    }
    return changes;
}

bool is_unexplained_regression(const Change& change) {
    if (change.quantity == Quantity::accuracy) return change.difference < 0;
    if (change.cause == Cause::program) return change.corrected_ratio.value_or(change.ratio) < 1;
    return change.cause == Cause::undecided && change.ratio < 1;
}

bool has_new_regression(std::span<const Change> changes, std::size_t points, const ChangeSettings& settings) {
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
        return change.place + settings.newest >= points && is_unexplained_regression(change);
    });
}

}  // namespace mnist
