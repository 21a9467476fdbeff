// Small decisions that all families must take alike.
#include "bench.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/cluster/cluster.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/machine/calibrate.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist::bench {

double Peaks::measure(std::size_t threads) const {
    constexpr double kRoundSeconds = 0.05;
    const auto used = static_cast<std::ptrdiff_t>(std::min(threads, cpus_.size()));
    return fma_peak_gflops({cpus_.begin(), cpus_.begin() + used}, kRoundSeconds);
}

double Peaks::best(std::size_t threads) {
    const auto known = best_.find(threads);
    return known != best_.end() ? known->second : best_[threads] = measure(threads);
}

void Peaks::offer(std::size_t threads, double gflops) {
    double& best = best_[threads];
    best = std::max(best, gflops);
}

std::optional<double> Peaks::share(double gflops, std::size_t threads) {
    if (gflops > best(threads)) offer(threads, measure(threads));
    return share_of_peak(gflops, best(threads));
}

void Peaks::measure_again() {
    for (const auto& [threads, peak] : best_) offer(threads, measure(threads));
}

Bench::Bench(Options given, UsableCpus usable, const std::atomic<bool>& stop_flag)
    : options(std::move(given)), cpus(std::move(usable)), stop(stop_flag), peaks(cpus.order) {}

void Bench::join(Cluster& all, ClusterFacts facts, UsableCpus own, std::size_t threads) {
    cluster = &all;
    cluster_facts = std::move(facts);
    cpus = std::move(own);
    if (options.threads.empty()) options.threads = {threads};
}

std::size_t Bench::ranks() const {
    return cluster == nullptr ? 1 : cluster->ranks();
}

std::string Bench::ranks_suffix() const {
    return ranks() > 1 || !options.rows_per_rank.empty() ? fmt::format("/ranks:{}", ranks()) : "";
}

std::vector<NamedBatch> Bench::batches(std::span<const std::size_t> usual) const {
    std::vector<NamedBatch> all;
    for (const std::size_t rows : options.rows_per_rank)
        all.push_back({rows * ranks(), fmt::format("rows_per_rank:{}", rows)});
    if (!all.empty()) return all;
    for (const std::size_t rows : usual) all.push_back({rows, fmt::format("batch:{}", rows)});
    return all;
}

std::vector<std::size_t> Bench::thread_counts() const {
    if (!options.threads.empty()) return options.threads;
    return {auto_workers(cpus)};
}

std::vector<std::size_t> Bench::spread_counts() const {
    const std::size_t all = auto_workers(cpus);
    if (!options.threads.empty() || all == 1) return thread_counts();
    return {1, all};
}

std::vector<std::size_t> Bench::side_by_side_counts() const {
    if (options.threads.size() > 1) return options.threads;
    return {1};
}

std::string Bench::threads_suffix(std::size_t threads) const {
    return options.threads.size() > 1 ? fmt::format("/threads:{}", threads) : "";
}

std::vector<Precision> Bench::precisions(bool few_too) const {
    if (!options.precisions.empty()) return options.precisions;
    if (few_too) return {Precision::f32, Precision::bf16};
    return {Precision::f32};
}

std::vector<int> Bench::cpus_for(std::size_t threads) const {
    const std::vector<int>& order = cpus.order;
    return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(std::min(threads, order.size()))};
}

TrainConfig Bench::config(OptimizerKind optimizer, std::size_t batch, std::size_t threads) const {
    TrainConfig config;
    config.optimizers = {optimizer};
    config.epochs = options.epochs;
    config.batch_size = batch;
    config.seed = options.seed;
    config.threads = threads;
    config.loader_threads = options.loader_threads.value_or(0);
    return config;
}

TrainConfig Bench::with_team(const TrainConfig& wanted) {
    if (!options.threads.empty()) return wanted;
    const std::string name = training_name(wanted);
    if (!teams_.contains(name)) {
        // Only then kept: a failure must not leave a choice behind that nobody made.
        const TeamChoice chosen = fastest_team(wanted, dataset.value(), cpus, stop);
        teams_.emplace(name, chosen);
    }
    const TeamChoice& team = teams_.at(name);
    TrainConfig config = wanted;
    config.threads = team.workers;
    config.loader_threads = team.loader_threads;
    return config;
}

std::vector<std::size_t> Bench::dims() const {
    if (dataset) return network_dims(TrainConfig{}, *dataset);
    return {784, 128, 64, 10};
}

LabelledRows Bench::train_rows() const {
    const Split& train = dataset.value().train;
    return {.images = train.images.data(),
            .labels = train.labels.data(),
            .count = train.count(),
            .pixels = dataset->pixels()};
}

std::string training_name(const TrainConfig& config) {
    return fmt::format("{}/batch:{}{}", word(config.optimizers.front()), config.batch_size,
                       precision_suffix(config.precision));
}

std::string precision_suffix(Precision precision) {
    return precision == Precision::f32 ? "" : fmt::format("/precision:{}", name(precision));
}

std::vector<std::string> request_of(const Optimizer& optimizer) {
    if (optimizer.usual) return {};
    return {std::string(optimizer.label)};
}

std::string word(OptimizerKind optimizer) {
    return std::string(label_of(optimizer));
}

}  // namespace mnist::bench
