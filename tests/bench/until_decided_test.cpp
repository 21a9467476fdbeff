// When to stop repeating: which rows go on, how many looks are taken, and what is told.
#include "until_decided.hpp"

#include <cmath>
#include <map>
#include <string_view>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/stats/looks.hpp"

using namespace mnist;
using namespace mnist::bench;

namespace {

// A machine that measures rows of known noise, by name.
class Machine {
  public:
    explicit Machine(std::map<std::string, double> noise) : noise_(std::move(noise)) {}

    void repeat(const std::string& name, std::size_t repetitions) {
        std::vector<double>& seconds = seconds_[name];
        while (seconds.size() < repetitions)
            seconds.push_back(std::exp(noise_.at(name) * rng_.next_normal()));
    }

    [[nodiscard]] Measurements measured(std::size_t planned) const {
        Measurements made;
        made.label = "this run";
        if (planned > 0) made.facts[kPlannedLooks] = std::to_string(planned);
        for (const auto& [name, seconds] : seconds_) {
            MeasuredRow& row = made.rows.emplace_back();
            row.name = name;
            row.seconds = seconds;
        }
        return made;
    }

  private:
    std::map<std::string, double> noise_;
    std::map<std::string, std::vector<double>> seconds_;
    CounterRng rng_{21, RandomPurpose::synthetic, 1};
};

const std::map<std::string, double> kNoise{{"quiet", 0.002}, {"loud", 0.05}, {"hopeless", 0.5}};
const std::vector<std::string> kNames{"hopeless", "loud", "quiet"};

Measurements base_of(std::size_t repetitions) {
    Machine machine(kNoise);
    for (const std::string& name : kNames) machine.repeat(name, repetitions);
    Measurements base = machine.measured(0);
    base.label = "base.json";
    return base;
}

struct Look {
    std::vector<std::string> names;
    std::size_t look, repetitions;
};

struct Run2 {
    std::vector<Look> looks;
    std::vector<std::size_t> open;
    Outcome outcome;
};

Run2 measured_until(double share, const std::vector<std::size_t>& schedule, std::size_t stop_at = 99) {
    Run2 run;
    Machine machine(kNoise);
    run.outcome = measure_until_decided(
        base_of(200), kNames, schedule, share,
        [&](const std::vector<std::string>& names, std::size_t look,
            std::size_t repetitions) -> std::optional<Measurements> {
            run.looks.push_back({names, look, repetitions});
            for (const std::string& name : names) machine.repeat(name, repetitions);
            if (look == stop_at) return std::nullopt;
            return machine.measured(schedule.size());
        },
        [&](std::size_t, std::size_t open) { run.open.push_back(open); });
    return run;
}

const RowPrecision& row_of(const Outcome& outcome, std::string_view name) {
    for (const RowPrecision& row : outcome.rows)
        if (row.name == name) return row;
    FAIL("no row of that name");
    return outcome.rows.front();
}

}  // namespace

TEST_CASE("until decided: rows that are known stop, the others go on by the schedule to its end") {
    const std::vector<std::size_t> schedule = look_schedule(10, 100);
    const Run2 run = measured_until(0.03, schedule);
    REQUIRE(run.looks.size() == schedule.size());
    for (std::size_t i = 0; i < schedule.size(); ++i) {
        CHECK(run.looks[i].look == i);
        CHECK(run.looks[i].repetitions == schedule[i]);
    }
    CHECK(run.looks.front().names == kNames);
    CHECK(run.looks[1].names == std::vector<std::string>{"hopeless", "loud"});
    CHECK(run.looks.back().names == std::vector<std::string>{"hopeless"});
    CHECK(run.open.front() == 2);
    CHECK(run.open.back() == 1);
    CHECK(run.outcome.looks == schedule.size());
    CHECK(row_of(run.outcome, "quiet").repetitions == 10);
    CHECK(row_of(run.outcome, "loud").repetitions < 100);
    CHECK(row_of(run.outcome, "hopeless").repetitions == 100);
    CHECK(row_of(run.outcome, "loud").half_width.value() <= 0.03);
    CHECK(row_of(run.outcome, "hopeless").half_width.value() > 0.03);
}

TEST_CASE("until decided: where all are known it is over, and where it is told to stop as well") {
    CHECK(measured_until(1, {10, 20, 30}).looks.size() == 1);
    const Run2 stopped = measured_until(0.001, {10, 20, 30}, 1);
    CHECK(stopped.looks.size() == 2);
    CHECK(stopped.outcome.looks == 1);  // the look that was not taken does not count
}

TEST_CASE("until decided: intervals are at the level that a look has, so wider than without looks") {
    Machine machine(kNoise);
    for (const std::string& name : kNames) machine.repeat(name, 20);
    const double alone = precisions(base_of(200), machine.measured(1))[1].half_width.value();
    const double looked = precisions(base_of(200), machine.measured(7))[1].half_width.value();
    // Normal quantiles at 0.05 and 0.05 / 7: 1.960 and 2.690.
    CHECK(looked / alone == Approx(2.690 / 1.960).epsilon(0.15));
}

TEST_CASE("until decided: what the base's own repetitions leave is told, with why others are not known") {
    Machine machine(kNoise);
    for (const std::string& name : kNames) machine.repeat(name, 100);
    Outcome outcome{.looks = 7, .rows = precisions(base_of(10), machine.measured(7))};
    const RowPrecision& loud = row_of(outcome, "loud");
    CHECK(loud.least_half_width.value() < loud.half_width.value());
    CHECK(loud.least_half_width.value() > 0.9 * loud.half_width.value());  // 10 against 100
    outcome.rows.front().half_width.reset();
    outcome.rows.front().disturbed = true;
    const std::string text = precision_table(outcome, 0.02, "base.json", 400);
    CHECK(text.find("1 of 3 ratios to base.json are known to 2 % after 7 looks; not hopeless (disturbed)") !=
          std::string::npos);
    CHECK(text.find("loud (the base's own repetitions leave ") != std::string::npos);
    CHECK(text.find("quiet") < text.find("1 of 3"));
}

TEST_CASE("until decided: a row that could not be measured is not waited for") {
    std::size_t calls = 0;
    Machine machine(kNoise);
    const Outcome outcome = measure_until_decided(
        base_of(200), kNames, {10, 20}, 1,
        [&](const std::vector<std::string>&, std::size_t,
            std::size_t repetitions) -> std::optional<Measurements> {
            ++calls;
            machine.repeat("quiet", repetitions);
            return machine.measured(2);
        },
        [](std::size_t, std::size_t) {});
    CHECK(calls == 1);
    CHECK(outcome.rows.size() == 1);
}
