// Every candidate is a whole trainer of its own, as the training itself will have it, and takes real steps
// over real rows; then all of them are gone.
#include "mnist/train/tuning.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include "memory_need.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/machine/disturbance_watch.hpp"
#include "mnist/step/optimizer.hpp"
#include "race.hpp"
#include "trainer.hpp"

namespace mnist {
namespace {

// Of measurements beside which waking a team is little, or starting the threads of several.
struct Thoroughness {
    double budget_s, measurement_s;
};
constexpr Thoroughness kOfTeams{.budget_s = 0.2, .measurement_s = 0.008};
constexpr Thoroughness kOfJobs{.budget_s = 0.4, .measurement_s = 0.024};
constexpr double kLongStep = 0.05;
// Weights and state of every candidate are in memory at once; a larger network has work for all cores.
constexpr std::size_t kMostParameters = 1'000'000;

// Takes the same steps with each of some teams, or as many in all with several of them side by side.
class Timing {
  public:
    Timing(const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
           const std::vector<TeamChoice>& teams, std::size_t runs, const std::atomic<bool>& stop)
        : config_(config),
          dataset_(dataset),
          cpus_(cpus),
          teams_(teams),
          runs_(runs),
          stop_(stop),
          batch_(step_rows(config, dataset)),
          order_(dataset.train.count()),
          trainers_(teams.size()) {
        for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::uint32_t>(i);
        CounterRng rng(config.seed, RandomPurpose::shuffle, 0);
        shuffle(order_, rng);
    }

    // How long a step takes, about; all measurements from here on are of as many as that suggests.
    double adapt(double measurement_s) {
        const double seconds = steps(0, 1);
        const double wanted = std::clamp(measurement_s / seconds, 1.0, 1000.0);
        steps_ = std::min(static_cast<std::size_t>(wanted), order_.size() / batch_);
        return seconds;
    }

    // Seconds that stand for an equal share of all runs, whether they come one by one or side by side: of the
    // latter each takes its part of the steps, at least one. Where the last runs may not have the cores of
    // those that ended, whole rounds count.
    double operator()(std::size_t team) {
        const auto jobs = static_cast<double>(teams_[team].jobs);
        const auto runs = static_cast<double>(runs_);
        const double part = config_.threads == 0 ? 1 / jobs : std::ceil(runs / jobs) / runs;
        const double wanted = static_cast<double>(steps_) * part;
        const std::size_t taken = std::max<std::size_t>(1, static_cast<std::size_t>(wanted));
        return steps(team, taken) * wanted / static_cast<double>(taken);
    }

  private:
    using Trainers = std::vector<std::unique_ptr<Trainer>>;

    void make(std::size_t team) {
        TrainConfig config = config_;
        config.threads = teams_[team].workers;
        config.loader_threads = teams_[team].loader_threads;
        const std::size_t jobs = teams_[team].jobs;
        const std::vector<UsableCpus> cpus =
            jobs == 1 ? std::vector<UsableCpus>{cpus_} : separate_cpus(cpus_, jobs, teams_[team].workers);
        Trainers made;
        for (const UsableCpus& mine : cpus) {
            made.push_back(std::make_unique<Trainer>(config, dataset_, mine, true));
            made.back()->engine().start(initial_parameters(network_dims(config, dataset_), config.seed),
                                        settings_for(config.optimizers.front(), config, 1000));
        }
        trainers_[team] = std::move(made);
        static_cast<void>(take(team, 1));  // caches, page tables
    }

    double take(std::size_t team, std::size_t count) {
        const auto train = [&](Trainer& trainer) {
            static_cast<void>(trainer.train(std::span(order_).first(count * batch_), stop_));
        };
        const auto begin = std::chrono::steady_clock::now();
        std::vector<std::jthread> others;
        for (std::size_t t = 1; t < trainers_[team].size(); ++t)
            others.emplace_back([&, t] { train(*trainers_[team][t]); });
        train(*trainers_[team].front());
        others.clear();  // waits for them
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }

    double steps(std::size_t team, std::size_t count) {
        if (trainers_[team].empty()) {
            try {
                make(team);
            } catch (const InputError&) {  // nobody asked for these threads beside the usual ones
                if (team == 0) throw;
                return std::numeric_limits<double>::infinity();
            }
        }
        return take(team, count);
    }

    const TrainConfig& config_;
    const Dataset& dataset_;
    const UsableCpus& cpus_;
    const std::vector<TeamChoice>& teams_;
    std::size_t runs_;
    const std::atomic<bool>& stop_;
    std::size_t batch_;
    std::size_t steps_ = 1;
    std::vector<std::uint32_t> order_;  ///< before the trainers, whose loaders read it
    std::vector<Trainers> trainers_;    ///< by team
};

// The first of the teams where they cannot be timed, or not in time.
TeamChoice fastest_of(const std::vector<TeamChoice>& teams, const Thoroughness& how, std::size_t runs,
                      const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
                      const std::atomic<bool>& stop) {
    const std::vector<std::size_t> dims = network_dims(config, dataset);
    std::size_t parameters = 0;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) parameters += (dims[l] + 1) * dims[l + 1];
    if (teams.size() == 1 || parameters > kMostParameters) return teams.front();
    Timing timing(config, dataset, cpus, teams, runs, stop);
    if (timing.adapt(how.measurement_s) > kLongStep) return teams.front();
    DisturbanceWatch watch(cpus.order);
    watch.begin();
    const std::size_t fastest =
        race(teams.size(), std::ref(timing), how.budget_s, [&] { return !stop.load(); });
    return teams[disturbed_by(watch.so_far()) ? 0 : fastest];
}

}  // namespace

std::vector<TeamChoice> team_candidates(const UsableCpus& cpus, std::size_t loader_threads) {
    const std::size_t cores = auto_workers(cpus);
    std::vector<TeamChoice> teams{{.workers = cores, .loader_threads = loader_threads}};
    if (cpus.order.size() > cores)
        teams.push_back(
            {.workers = std::min(cpus.order.size(), kMostThreads), .loader_threads = loader_threads});
    constexpr std::size_t kCoresOfLoader = 8;
    if (loader_threads == 0 && cores > 2) {
        const std::size_t loaders = (cores + kCoresOfLoader - 1) / kCoresOfLoader;
        teams.push_back({.workers = cores - loaders, .loader_threads = loaders});
    }
    // 3/4, 1/2, 3/8, 1/4, ...
    for (std::size_t power = cores; power > 1; power /= 2) {
        for (const std::size_t workers : {power * 3 / 4, power / 2}) {
            if (workers < teams.back().workers || teams.back().loader_threads != loader_threads)
                teams.push_back({.workers = workers, .loader_threads = loader_threads});
        }
    }
    return teams;
}

std::size_t race(std::size_t ways, const std::function<double(std::size_t)>& measure, double budget_s,
                 const std::function<bool()>& more) {
    constexpr double kFarBehind = 1.5;
    constexpr double kBehind = 1.1;
    std::vector<double> shortest(ways, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> running(ways);
    for (std::size_t i = 0; i < ways; ++i) running[i] = i;
    double best = std::numeric_limits<double>::infinity();
    double spent = 0;
    for (std::size_t round = 0; running.size() > 1 && spent < budget_s; ++round) {
        for (const std::size_t way : running) {
            if (spent >= budget_s) break;
            const double seconds = measure(way);
            if (!more()) return 0;
            if (std::isfinite(seconds)) spent += seconds;
            shortest[way] = std::min(shortest[way], seconds);
            best = std::min(best, seconds);
        }
        const double limit = best * (round == 0 ? kFarBehind : kBehind);
        std::erase_if(running, [&](std::size_t way) { return way != 0 && shortest[way] > limit; });
    }
    const auto winner =
        static_cast<std::size_t>(std::min_element(shortest.begin(), shortest.end()) - shortest.begin());
    return shortest[winner] <= kWorthChanging * shortest.front() ? winner : 0;
}

std::vector<TeamChoice> job_candidates(std::size_t cores, std::size_t runs, std::size_t threads,
                                       std::size_t loader_threads) {
    std::vector<TeamChoice> teams;
    const std::size_t most = std::min(runs, cores / std::max<std::size_t>(1, threads));
    if (most < 2) return teams;
    for (std::size_t rounds = rounds_of(runs, most); rounds < runs; rounds *= 2) {
        const std::size_t jobs = rounds_of(runs, rounds);  // fewer would need more rounds
        if (!teams.empty() && teams.back().jobs == jobs) continue;
        teams.push_back({.workers = threads > 0 ? threads : cores / jobs,
                         .loader_threads = loader_threads,
                         .jobs = jobs});
    }
    return teams;
}

TeamChoice fastest_team(const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
                        const std::atomic<bool>& stop) {
    return fastest_of(team_candidates(cpus, config.loader_threads), kOfTeams, 1, config, dataset, cpus, stop);
}

TeamChoice fastest_jobs(const ExperimentInputs& inputs, const std::atomic<bool>& stop) {
    const TrainConfig& config = inputs.config;
    const Dataset& dataset = *inputs.dataset;
    const UsableCpus& cpus = inputs.cpus;
    const TeamChoice alone =
        config.threads == 0 ? fastest_team(config, dataset, cpus, stop)
                            : TeamChoice{.workers = config.threads, .loader_threads = config.loader_threads};
    const std::size_t runs = config.seeds * config.optimizers.size();
    const std::size_t fit = jobs_that_fit(inputs);
    std::vector<TeamChoice> teams =
        job_candidates(auto_workers(cpus), runs, config.threads, config.loader_threads);
    std::erase_if(teams, [&](const TeamChoice& team) { return team.jobs > fit; });
    teams.push_back(alone);  // last: threads that wait for each other suffer more from what disturbs later
    return fastest_of(teams, kOfJobs, runs, config, dataset, cpus, stop);
}

}  // namespace mnist
