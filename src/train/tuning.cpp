// Every candidate is a whole trainer of its own, as the training itself will have it, and takes real steps
// over real rows; then all of them are gone.
#include "mnist/train/tuning.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

#include "mnist/core/error.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/machine/disturbance_watch.hpp"
#include "mnist/step/optimizer.hpp"
#include "mnist/train/experiment.hpp"
#include "race.hpp"
#include "trainer.hpp"

namespace mnist {
namespace {

constexpr double kBudgetSeconds = 0.2;
constexpr double kSecondsOfMeasurement = 0.008;  // beside which waking a team is little
constexpr double kLongStep = 0.05;
// Weights and state of every candidate are in memory at once; a larger network has work for all cores.
constexpr std::size_t kMostParameters = 1'000'000;

// Takes the same steps with each of some teams.
class Timing {
  public:
    Timing(const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
           const std::vector<TeamChoice>& teams, const std::atomic<bool>& stop)
        : config_(config),
          dataset_(dataset),
          cpus_(cpus),
          teams_(teams),
          stop_(stop),
          batch_(step_rows(config, dataset)),
          order_(dataset.train.count()),
          trainers_(teams.size()) {
        for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::uint32_t>(i);
        CounterRng rng(config.seed, RandomPurpose::shuffle, 0);
        shuffle(order_, rng);
    }

    // How long a step takes, about; all measurements from here on are of as many as that suggests.
    double adapt() {
        const double seconds = steps(0, 1);
        const double wanted = std::clamp(kSecondsOfMeasurement / seconds, 1.0, 1000.0);
        steps_ = std::min(static_cast<std::size_t>(wanted), order_.size() / batch_);
        return seconds;
    }

    double operator()(std::size_t team) { return steps(team, steps_); }

  private:
    double steps(std::size_t team, std::size_t count) {
        std::unique_ptr<Trainer>& trainer = trainers_[team];
        if (!trainer) {
            TrainConfig config = config_;
            config.threads = teams_[team].workers;
            config.loader_threads = teams_[team].loader_threads;
            try {
                trainer = std::make_unique<Trainer>(config, dataset_, cpus_, true);
            } catch (const InputError&) {  // nobody asked for these threads beside the usual ones
                if (team == 0) throw;
                return std::numeric_limits<double>::infinity();
            }
            trainer->engine().start(initial_parameters(network_dims(config, dataset_), config.seed),
                                    settings_for(config.optimizers.front(), config, 1000));
            static_cast<void>(trainer->train(std::span(order_).first(batch_), stop_));  // caches, page tables
        }
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(trainer->train(std::span(order_).first(count * batch_), stop_));
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }

    const TrainConfig& config_;
    const Dataset& dataset_;
    const UsableCpus& cpus_;
    const std::vector<TeamChoice>& teams_;
    const std::atomic<bool>& stop_;
    std::size_t batch_;
    std::size_t steps_ = 1;
    std::vector<std::uint32_t> order_;  ///< before the trainers, whose loaders read it
    std::vector<std::unique_ptr<Trainer>> trainers_;
};

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

TeamChoice fastest_team(const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
                        const std::atomic<bool>& stop) {
    const std::vector<TeamChoice> teams = team_candidates(cpus, config.loader_threads);
    const std::vector<std::size_t> dims = network_dims(config, dataset);
    std::size_t parameters = 0;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) parameters += (dims[l] + 1) * dims[l + 1];
    if (teams.size() == 1 || parameters > kMostParameters) return teams.front();
    Timing timing(config, dataset, cpus, teams, stop);
    if (timing.adapt() > kLongStep) return teams.front();
    DisturbanceWatch watch(cpus.order);
    watch.begin();
    const std::size_t fastest =
        race(teams.size(), std::ref(timing), kBudgetSeconds, [&] { return !stop.load(); });
    return teams[disturbed_by(watch.so_far()) ? 0 : fastest];
}

}  // namespace mnist
