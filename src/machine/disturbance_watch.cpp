// Keeps the look at the beginning, and where to look.
#include "mnist/machine/disturbance_watch.hpp"

#include <cstdlib>
#include <thread>
#include <utility>

#include "cgroup.hpp"
#include "machine_times.hpp"

namespace mnist {

struct DisturbanceWatch::State {
    std::vector<int> cpus;
    std::vector<std::filesystem::path> throttling;
    MachineTimes before{};

    [[nodiscard]] MachineTimes now() const { return machine_times(cpus, throttling); }
};

DisturbanceWatch::DisturbanceWatch(std::vector<int> cpus)
    : state_(std::make_unique<State>(
          State{.cpus = std::move(cpus), .throttling = throttling_files("/"), .before = {}})) {
    begin();
}
DisturbanceWatch::~DisturbanceWatch() = default;

void DisturbanceWatch::begin() {
    state_->before = state_->now();
}

Disturbance DisturbanceWatch::so_far() const {
    const std::size_t cpus = state_->cpus.empty() ? std::thread::hardware_concurrency() : state_->cpus.size();
    return disturbance_between(state_->before, state_->now(), cpus);
}

std::optional<double> DisturbanceWatch::involuntary_switches() const {
    const std::optional<double> now = state_->now().involuntary_switches;
    if (!now || !state_->before.involuntary_switches) return std::nullopt;
    return *now - *state_->before.involuntary_switches;
}

std::optional<double> load_average() {
    double load = 0;
    return ::getloadavg(&load, 1) == 1 ? std::optional(load) : std::nullopt;
}

}  // namespace mnist
