// The race with times that the test makes up, the teams that take part, and one choice on real steps.
#include "mnist/train/tuning.hpp"

#include <atomic>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "mnist/data/synthetic.hpp"
#include "race.hpp"

namespace {

using mnist::TeamChoice;

const auto kUndisturbed = [] { return true; };

TeamChoice workers(std::size_t count) {
    return {.workers = count, .loader_threads = 0};
}

// Times of the measurements of each way, in their order; the last one repeats.
class Script {
  public:
    explicit Script(std::vector<std::vector<double>> seconds)
        : seconds_(std::move(seconds)), taken_(seconds_.size()) {}
    double operator()(std::size_t way) {
        const std::vector<double>& mine = seconds_.at(way);
        return mine.at(std::min(taken_.at(way)++, mine.size() - 1));
    }
    [[nodiscard]] std::size_t taken(std::size_t way) const { return taken_.at(way); }

  private:
    std::vector<std::vector<double>> seconds_;
    std::vector<std::size_t> taken_;
};

}  // namespace

TEST_CASE("tuning: another team is chosen where it is faster by three percent, and only then") {
    CHECK(mnist::race(2, Script({{1.00}, {0.98}}), 10, kUndisturbed) == 0);
    CHECK(mnist::race(2, Script({{1.00}, {0.96}}), 10, kUndisturbed) == 1);
    CHECK(mnist::race(3, Script({{1.00}, {0.96}, {0.90}}), 10, kUndisturbed) == 2);
}

TEST_CASE("tuning: a measurement that was disturbed decides nothing, for the shortest one counts") {
    CHECK(mnist::race(2, Script({{1.0, 1.0}, {1.3, 0.9}}), 10, kUndisturbed) == 1);
    CHECK(mnist::race(2, Script({{1.4, 1.0}, {1.05, 1.05}}), 10, kUndisturbed) == 0);
    // The usual team is measured to the end.
    CHECK(mnist::race(2, Script({{2.0, 1.0}, {1.0, 1.0}}), 10, kUndisturbed) == 0);
}

TEST_CASE("tuning: teams that are far behind are not measured again, and measuring ends in time") {
    Script script({{1.0}, {1.6}, {1.2}, {1.05}});
    CHECK(mnist::race(4, std::ref(script), 10, kUndisturbed) == 0);
    CHECK(script.taken(1) == 1);
    CHECK(script.taken(2) == 2);
    CHECK(script.taken(0) + script.taken(3) > 4);
    CHECK(script.taken(0) + script.taken(3) < 12);
}

TEST_CASE("tuning: a team that cannot be had is out, and the others are measured as without it") {
    Script script({{1.0}, {std::numeric_limits<double>::infinity()}, {0.9}});
    CHECK(mnist::race(3, std::ref(script), 10, kUndisturbed) == 2);
    CHECK(script.taken(1) == 1);
}

TEST_CASE("tuning: a team for which there was no time is not chosen") {
    Script script({{1.0}, {1.2}, {0.1}});
    CHECK(mnist::race(3, std::ref(script), 2, kUndisturbed) == 0);
    CHECK(script.taken(2) == 0);
}

TEST_CASE("tuning: who wants the program to end gets the usual team") {
    CHECK(mnist::race(2, Script({{1.0}, {0.5}}), 10, [] { return false; }) == 0);
}

TEST_CASE("tuning: one worker a core comes first, then siblings, loaders and fewer workers") {
    using Teams = std::vector<TeamChoice>;
    CHECK(mnist::team_candidates({.order = {0}, .cores = 1}, 0) == Teams{workers(1)});
    CHECK(mnist::team_candidates({.order = {0, 1}, .cores = 2}, 0) == Teams{workers(2), workers(1)});
    CHECK(mnist::team_candidates({.order = {0, 1}, .cores = 1}, 0) == Teams{workers(1), workers(2)});
    CHECK(
        mnist::team_candidates({.order = {0, 1, 2, 3, 4, 5, 6, 7}, .cores = 4}, 0) ==
        Teams{
            workers(4), workers(8), {.workers = 3, .loader_threads = 1}, workers(3), workers(2), workers(1)});
    CHECK(mnist::team_candidates({.order = {0, 1, 2, 3}, .cores = 4}, 2) ==
          Teams{{.workers = 4, .loader_threads = 2},
                {.workers = 3, .loader_threads = 2},
                {.workers = 2, .loader_threads = 2},
                {.workers = 1, .loader_threads = 2}});
    for (std::size_t cores = 1; cores <= 200; ++cores) {
        std::map<std::pair<std::size_t, std::size_t>, int> met;
        for (const TeamChoice& team :
             mnist::team_candidates({.order = std::vector<int>(2 * cores), .cores = cores}, 0)) {
            CAPTURE(cores, team.workers, team.loader_threads);
            CHECK(team.workers >= 1);
            CHECK(++met[std::pair(team.workers, team.loader_threads)] == 1);
        }
        CHECK(met.contains(std::pair<std::size_t, std::size_t>(1, 0)));
    }
}

TEST_CASE("tuning: a choice on this machine is one of its candidates, for every batch") {
    const mnist::Dataset dataset = mnist::synthetic_digits(0, 2000, 100);
    const mnist::UsableCpus cpus = mnist::usable_cpus();
    const std::atomic<bool> stop{false};
    for (const std::size_t batch : {16U, 64U, 100000U}) {
        mnist::TrainConfig config;
        config.batch_size = batch;
        const TeamChoice chosen = fastest_team(config, dataset, cpus, stop);
        const auto teams = mnist::team_candidates(cpus, 0);
        CHECK(std::find(teams.begin(), teams.end(), chosen) != teams.end());
    }
}

TEST_CASE("tuning: jobs are as many as cores or runs, then such as need twice as many rounds each") {
    using Teams = std::vector<TeamChoice>;
    const auto jobs = [](std::size_t number, std::size_t each) {
        return TeamChoice{.workers = each, .loader_threads = 0, .jobs = number};
    };
    CHECK(mnist::job_candidates(1, 15, 0, 0).empty());
    CHECK(mnist::job_candidates(16, 1, 0, 0).empty());
    CHECK(mnist::job_candidates(2, 15, 0, 0) == Teams{jobs(2, 1)});
    CHECK(mnist::job_candidates(16, 15, 0, 0) == Teams{jobs(15, 1), jobs(8, 2), jobs(4, 4), jobs(2, 8)});
    CHECK(mnist::job_candidates(16, 3, 0, 0) == Teams{jobs(3, 5), jobs(2, 8)});
    CHECK(mnist::job_candidates(16, 15, 4, 0) == Teams{jobs(4, 4), jobs(2, 4)});
    CHECK(mnist::job_candidates(4, 15, 3, 0).empty());
    for (std::size_t cores = 2; cores <= 64; ++cores) {
        for (std::size_t runs = 2; runs <= 40; ++runs) {
            for (const TeamChoice& team : mnist::job_candidates(cores, runs, 0, 0)) {
                CAPTURE(cores, runs, team.jobs, team.workers);
                CHECK(team.jobs >= 2);
                CHECK(team.jobs <= runs);
                CHECK(team.jobs * team.workers <= cores);
            }
        }
    }
}

TEST_CASE(
    "tuning: a choice of jobs on this machine is one of its candidates, or one training after the other") {
    const mnist::Dataset dataset = mnist::synthetic_digits(0, 2000, 100);
    const mnist::UsableCpus cpus = mnist::usable_cpus();
    const std::atomic<bool> stop{false};
    mnist::TrainConfig config;
    config.seeds = 3;
    for (const std::size_t threads : {0U, 1U}) {
        config.threads = threads;
        const TeamChoice chosen =
            fastest_jobs({.config = config, .dataset = &dataset, .initial_model = {}, .cpus = cpus}, stop);
        const auto teams = mnist::job_candidates(mnist::auto_workers(cpus), 9, threads, 0);
        const bool candidate = std::find(teams.begin(), teams.end(), chosen) != teams.end();
        CHECK((candidate || chosen.jobs == 1));
        if (threads > 0) CHECK(chosen.workers == threads);
    }
}
