// What docs/history.md promises of changes and whose they are, in simulated histories; seeded, so that a
// failure can be repeated. MNIST_SIMULATED_HISTORIES=1000 makes so many of each kind and prints the tables of
// that page.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "simulated_history.hpp"

namespace mnist::change_simulation {
namespace {

/// Histories of each kind: as many as the environment asks for, and then the figures are printed.
std::uint32_t histories(std::uint32_t usual) {
    const char* asked = std::getenv("MNIST_SIMULATED_HISTORIES");
    return asked == nullptr ? usual : static_cast<std::uint32_t>(std::strtoul(asked, nullptr, 10));
}

void print(const std::string& row) {
    if (std::getenv("MNIST_SIMULATED_HISTORIES") != nullptr) std::printf("%s\n", row.c_str());
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, " %.1f %% |", 100 * share);
    return text;
}

struct Kind {
    Drift drift;
    const char* name;
};
constexpr Kind kKinds[] = {{Drift::none, "none"},
                           {Drift::steps, "steps"},
                           {Drift::ramps, "ramps"},
                           {Drift::both, "steps and ramps"},
                           {Drift::runs, "another host each time"}};

std::vector<Change> changes_of(const SimulatedHistory& history, const ChangeSettings& settings = {}) {
    const HistorySeries series = history.points;
    return find_changes({&series, 1}, settings).at(0);
}

bool is_at(std::size_t found, std::size_t place) {
    return std::max(found, place) - std::min(found, place) <= 2;
}

struct Shares {
    double programs = 0;   ///< histories with a change that is called the program's
    double undecided = 0;  ///< with one that is called nobody's, and none of the program's
    double found = 0;      ///< with one of the program within two points of its step
};

Shares shares(const Simulated& what, std::uint32_t count, const ChangeSettings& settings = {}) {
    Shares result;
    for (std::uint32_t stream = 0; stream < count; ++stream) {
        const SimulatedHistory history = simulated(what, stream);
        const std::vector<Change> changes = changes_of(history, settings);
        const auto has = [&](auto condition) {
            return std::any_of(changes.begin(), changes.end(), condition) ? 1.0 / count : 0.0;
        };
        const double programs = has([](const Change& change) { return change.cause == Cause::program; });
        result.programs += programs;
        if (programs == 0)
            result.undecided += has([](const Change& change) { return change.cause == Cause::undecided; });
        result.found += has([&](const Change& change) {
            return change.cause == Cause::program && is_at(change.place, history.place);
        });
    }
    return result;
}

/// Matteson and James' E-divisive as published, of the logarithms as they are: the place with the greatest Q
/// of every segment, and 99 permutations of it at 5 %.
class PlainEDivisive {
  public:
    explicit PlainEDivisive(const SimulatedHistory& history) {
        for (const HistoryPoint& point : history.points) values_.push_back(std::log(point.seconds));
        divide(0, values_.size());
    }
    std::vector<std::size_t> places;

  private:
    struct Best {
        double q = -std::numeric_limits<double>::infinity();
        std::size_t place = 0;
    };

    static Best best(const std::vector<double>& values) {
        const std::size_t n = values.size();
        const auto distances = [&](std::size_t from, std::size_t begin, std::size_t end) {
            double sum = 0;
            for (std::size_t i = begin; i < end; ++i) sum += std::abs(values[from] - values[i]);
            return sum;
        };
        double before = 0;
        double between = 0;
        double after = 0;
        for (std::size_t i = 0; i < n; ++i) after += distances(i, i, n);
        Best best;
        for (std::size_t place = 1; place + 3 <= n; ++place) {
            const double left = distances(place - 1, 0, place - 1);
            const double right = distances(place - 1, place, n);
            before += left;
            after -= right;
            between += right - left;
            const auto x = static_cast<double>(place);
            const auto y = static_cast<double>(n - place);
            const double q = x * y / (x + y) *
                             (2 * between / (x * y) - 2 * before / (x * (x - 1)) - 2 * after / (y * (y - 1)));
            if (place >= 3 && q > best.q) best = {q, place};
        }
        return best;
    }

    void divide(std::size_t begin, std::size_t end) {
        if (end - begin < 6) return;
        const auto at = [&](std::size_t i) { return values_.begin() + static_cast<std::ptrdiff_t>(i); };
        std::vector<double> segment(at(begin), at(end));
        const Best found = best(segment);
        int as_great = 1;
        for (int k = 0; k < 99 && as_great <= 5; ++k) {
            for (std::size_t i = segment.size() - 1; i > 0; --i)
                std::swap(segment[i], segment[rng_.next_below(static_cast<std::uint32_t>(i + 1))]);
            as_great += best(segment).q >= found.q ? 1 : 0;
        }
        if (as_great > 5) return;
        places.push_back(begin + found.place);
        divide(begin, begin + found.place);
        divide(begin + found.place, end);
    }

    std::vector<double> values_;
    CounterRng rng_{1, RandomPurpose::synthetic, 0};
};

/// How often least squares, told that there is one step, has it within two points.
double least_squares_found(const Simulated& what, std::uint32_t count) {
    double found = 0;
    for (std::uint32_t stream = 0; stream < count; ++stream) {
        const SimulatedHistory history = simulated(what, stream);
        double total = 0;
        for (const HistoryPoint& point : history.points) total += std::log(point.seconds);
        const auto n = static_cast<double>(history.points.size());
        double before = 0;
        double greatest = 0;
        std::size_t best = 0;
        for (std::size_t place = 1; place < history.points.size(); ++place) {
            before += std::log(history.points[place - 1].seconds);
            const auto x = static_cast<double>(place);
            const double difference = before / x - (total - before) / (n - x);
            const double explained = x * (n - x) * difference * difference;
            if (place >= 3 && place + 3 <= history.points.size() && explained > greatest) {
                greatest = explained;
                best = place;
            }
        }
        found += is_at(best, history.place) ? 1.0 / count : 0;
    }
    return found;
}

/// Found here is a change within two points of the step, whoever's it is.
Shares plain_shares(const Simulated& what, std::uint32_t count) {
    Shares result;
    for (std::uint32_t stream = 0; stream < count; ++stream) {
        const SimulatedHistory history = simulated(what, stream);
        const PlainEDivisive plain(history);
        if (!plain.places.empty()) result.undecided += 1.0 / count;
        if (std::any_of(plain.places.begin(), plain.places.end(),
                        [&](std::size_t place) { return is_at(place, history.place); }))
            result.found += 1.0 / count;
    }
    return result;
}

}  // namespace

TEST_CASE(
    "simulated histories: a drifting host is hardly ever called the program's, and a step of 5 % is found",
    "[slow]") {
    const std::uint32_t count = histories(150);
    print("| host | false: program | undecided | 2 % found | 5 % | 10 % |");
    for (const Kind& kind : kKinds) {
        CAPTURE(kind.name);
        const Shares without = shares({.drift = kind.drift}, count);
        CHECK(without.programs + without.undecided < 0.05);
        std::string row =
            std::string("| ") + kind.name + " |" + percent(without.programs) + percent(without.undecided);
        for (const double step : {0.02, 0.05, 0.10}) {
            const Shares with = shares({.step = step, .drift = kind.drift}, count);
            if (step > 0.02) CHECK(with.found >= 0.9);
            row += percent(with.found);
        }
        print(row);
    }
}

TEST_CASE("simulated histories: what is hard to tell is missed rather than called the program's", "[slow]") {
    struct Hard {
        const char* name;
        Simulated what;
    };
    const Hard cases[] = {
        {"5 repetitions", {.repetitions = 5, .machine_repetitions = 5}},
        {"3 % a point, the machine's measurement 1 %", {.repetitions = 1, .machine_repetitions = 14}},
        {"3 % a point, the machine's measurement too", {.repetitions = 1, .machine_repetitions = 1}},
        {"time follows 55 % of the host", {.follows = 0.55}},
        {"time follows nothing of the host", {.follows = 0}},
        {"40 points", {.points = 40}},
        {"400 points", {.points = 400}},
        {"a fifth are outliers", {.outliers = 0.2}},
    };
    const std::uint32_t count = histories(60);
    print("| case | host | false: program | undecided | 5 % found | 10 % |");
    for (const Hard& hard : cases)
        for (const Kind& kind : kKinds) {
            if (count < 100 && kind.drift != Drift::both) continue;
            CAPTURE(hard.name, kind.name);
            Simulated what = hard.what;
            what.drift = kind.drift;
            const Shares without = shares(what, count);
            CHECK(without.programs < 0.05);
            std::string row = std::string("| ") + hard.name + " | " + kind.name + " |" +
                              percent(without.programs) + percent(without.undecided);
            for (const double step : {0.05, 0.10}) {
                what.step = step;
                row += percent(shares(what, count).found);
            }
            print(row);
        }
}

TEST_CASE("simulated histories: without the machine's measurement every drift is a change", "[slow]") {
    const std::uint32_t count = std::min(histories(60), 300U);
    print(
        "| host | ours without the machine: changes | plain E-divisive: changes | within two points of a 5 % "
        "step |");
    for (const Kind& kind : kKinds) {
        CAPTURE(kind.name);
        const Shares ours = shares({.drift = kind.drift, .has_machine = false}, count);
        const Shares plain = plain_shares({.drift = kind.drift}, count);
        if (kind.drift != Drift::none && kind.drift != Drift::runs) {
            CHECK(ours.undecided > 0.5);
            CHECK(plain.undecided > 0.5);
        }
        print(std::string("| ") + kind.name + " |" + percent(ours.undecided) + percent(plain.undecided) +
              percent(plain_shares({.step = 0.05, .drift = kind.drift}, count).found));
    }
}

TEST_CASE("simulated histories: with 3 % of noise a point nobody places a step of 5 % well", "[slow]") {
    const Simulated still{.step = 0.05, .repetitions = 1, .outliers = 0};
    const double found = least_squares_found(still, histories(1000));
    CHECK(found < 0.9);
    CHECK(found > 0.8);
    print("least squares, one step, a still host, 3 % a point, no outliers:" + percent(found));
}

TEST_CASE("simulated histories: how many points after a step until it is found", "[slow]") {
    const std::uint32_t count = histories(60);
    print("| points after the step | 5 %, alone | 10 %, alone | 5 %, of 200 series | 10 %, of 200 series |");
    for (const std::size_t after : {3, 4, 5, 6, 8, 10, 15, 20}) {
        std::string row = "| " + std::to_string(after) + " |";
        for (const double series : {1, 200})
            for (const double step : {0.05, 0.10}) {
                const Shares with = shares({.points = 50 + after, .step = step, .place = 50}, count,
                                           {.alpha = 0.05 / series});
                row += percent(with.found);
                if (after == 15) CHECK(with.found > 0.85);
            }
        print(row);
    }
}

}  // namespace mnist::change_simulation
