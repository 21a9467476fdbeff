// Train/.../copies:C: the rate of a machine, where Train alone is its speed. C trainings with seeds of their
// own, each on CPUs of its own, begin every epoch together; the time of an epoch is from the first start to
// the last end. In each repetition one copy trains alone as well, so that what copies cost each other is a
// ratio of neighbours in time. What a copy ends with must be what its seed ends with alone, to the last bit.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/flops.hpp"
#include "mnist/stats/summary.hpp"
#include "mnist/step/precision.hpp"
#include "session.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kCopiesBatches[]{16, 64, 256, 1024, 4096};

// Copies that no CPU is left for would only take turns.
std::size_t most_copies(const Bench& bench, std::size_t threads) {
    return std::max<std::size_t>(1, bench.cpus.order.size() / threads);
}

// One copy alone, where one of them has its CPUs; which one changes with the repetitions, as cores are not
// alike.
RunRecord alone(Bench& bench, const TrainConfig& copies, std::size_t repetition) {
    TrainConfig config = copies;
    config.seeds = 1;
    config.jobs = 1;
    UsableCpus cpus = separate_cpus(bench.cpus, copies.seeds, copies.threads)[repetition % copies.seeds];
    return run_side_by_side(bench, config, std::move(cpus), false).runs.front();
}

// What each seed ends with alone. Any number of threads gives the same bits, so all of them do.
const std::string& weights_alone(Bench& bench, const TrainConfig& copies, std::uint64_t seed) {
    const std::string what = alone_name(copies, seed);
    if (!bench.weights_alone.contains(what)) {
        TrainConfig config = copies;
        config.seed = seed;
        config.seeds = 1;
        config.jobs = 1;
        config.threads = auto_workers(bench.cpus);
        const RunRecord run = run_side_by_side(bench, config, bench.cpus, false).runs.front();
        if (run.status != RunStatus::completed) throw Error(run.message.value_or(kInterrupted));
        bench.weights_alone[what] = run.weights_sha256;
    }
    return bench.weights_alone.at(what);
}

double sum(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

// Of each epoch the middle one of the copies' times; their sum.
double median_seconds(const ExperimentOutcome& outcome) {
    double seconds = 0;
    for (std::size_t e = 0; e < outcome.rounds_s.size(); ++e) {
        std::vector<double> times;
        for (const RunRecord& run : outcome.runs) times.push_back(run.epochs[e].train_seconds);
        seconds += median(times).value_or(0);
    }
    return seconds;
}

// rate_efficiency = peak_ratio * balance * shared_ratio.
void count_losses(Call& call, Bench& bench, const TrainConfig& copies, const ExperimentOutcome& outcome,
                  double alone_s) {
    const double efficiency = alone_s / sum(outcome.rounds_s);
    const double peak_ratio = bench.peaks.best(copies.seeds * copies.threads) /
                              (static_cast<double>(copies.seeds) * bench.peaks.best(copies.threads));
    const double balance = median_seconds(outcome) / sum(outcome.rounds_s);
    call.count("rate_efficiency", efficiency);
    call.count("peak_ratio", peak_ratio);
    call.count("slowest_over_median", 1 / balance);
    call.count("shared_ratio", efficiency / (peak_ratio * balance));
}

void count_accuracies(Call& call, const std::vector<RunRecord>& runs) {
    std::vector<double> accuracies;
    accuracies.reserve(runs.size());
    for (const RunRecord& run : runs) accuracies.push_back(run.last_accuracy.value_or(0));
    call.count("test_accuracy", summarise(accuracies)->mean);
    call.count("test_accuracy_lowest", *std::ranges::min_element(accuracies));
}

// Empty where the copies are whole.
std::string failure_of(const ExperimentOutcome& outcome) {
    for (const RunRecord& run : outcome.runs)
        if (run.status == RunStatus::diverged)
            return fmt::format("the copy with seed {} diverged: {}", run.seed, run.message.value_or(""));
    return outcome.interrupted ? kInterrupted : "";
}

void copies(Call& call, Bench& bench, const TrainConfig& wanted) {
    TrainConfig config = wanted;
    config.seed += call.repetition;
    config.epochs = static_cast<std::size_t>(call.state.max_iterations);
    ExperimentOutcome outcome;
    // A score wants the rate alone, and has no minute for what it is made of.
    const bool is_compared = config.seeds > 1 && !bench.options.score;
    double alone_s = 0;
    std::size_t epoch = 0;
    while (call.state.KeepRunning()) {
        if (epoch == 0) {
            if (is_compared) {
                const RunRecord one = alone(bench, config, call.repetition);
                alone_s = training_seconds(one);
            }
            outcome = run_side_by_side(bench, config, bench.cpus, true);
            const std::string failure = failure_of(outcome);
            if (!failure.empty()) {
                call.state.SkipWithError(failure.c_str());
                return;
            }
            require_same_weights(outcome.runs,
                                 [&](std::uint64_t seed) { return weights_alone(bench, config, seed); });
        }
        call.state.SetIterationTime(outcome.rounds_s[epoch++]);
    }
    call.state.SetLabel(implementations_label(outcome.primitives));
    const auto samples = static_cast<double>(config.seeds * bench.train_rows().count * config.epochs);
    const double rate = samples / sum(outcome.rounds_s);
    call.count("samples_per_second", rate);
    call.count("gflops", rate * training_flop_per_sample(bench.dims()) * 1e-9);
    call.count("seed", static_cast<double>(config.seed));
    count_accuracies(call, outcome.runs);
    if (is_compared) count_losses(call, bench, config, outcome, alone_s);
}

void require_copies(const Bench& bench, std::size_t number, std::size_t threads) {
    const std::size_t most = most_copies(bench, threads);
    if (number <= most) return;
    throw InputError(
        {.where = "--copies",
         .expected = fmt::format("at most {} of {} thread{} each, on the {} CPUs that this process may "
                                 "use",
                                 most, threads, threads == 1 ? "" : "s", bench.cpus.order.size()),
         .found = fmt::to_string(number),
         .remedy = "all is one on each physical core"});
}

void require_memory_for(const Bench& bench, const TrainConfig& config) {
    ExperimentInputs inputs{
        .config = config, .dataset = &bench.dataset.value(), .initial_model = {}, .cpus = bench.cpus};
    inputs.in_step = true;
    require_memory(inputs);
}

}  // namespace

std::vector<std::size_t> numbers_of_copies(const Bench& bench, const std::vector<std::size_t>& wanted,
                                           std::size_t threads) {
    std::vector<std::size_t> numbers;
    for (const std::size_t one : wanted) {
        const std::size_t all = std::max<std::size_t>(1, auto_workers(bench.cpus) / threads);
        const std::size_t number = one == kAllCopies ? all : one;
        require_copies(bench, number, threads);
        if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) numbers.push_back(number);
    }
    return numbers;
}

Entry copies_entry(Bench& bench, const TrainConfig& training, std::size_t number) {
    TrainConfig config = training;
    config.seeds = number;
    config.jobs = number;
    return {.name = fmt::format("Train/{}{}/copies:{}", training_name(config),
                                bench.threads_suffix(config.threads), number),
            .threads = number * config.threads,
            .needs_data = true,
            .needs_peak = config.precision == Precision::f32,
            .manual_time = true,
            .iterations = static_cast<std::int64_t>(config.epochs),
            .usual_s = (number == 1 ? 0.4 : 0.8) * static_cast<double>(config.epochs),
            .unit = benchmark::kMillisecond,
            .obstacle = precision_obstacle(config.precision).value_or(""),
            .require = [&bench, config] { require_memory_for(bench, config); },
            .run = [&bench, config](Call& call) { copies(call, bench, config); }};
}

void add_copies(Registry& registry, Bench& bench) {
    std::vector<std::size_t> threads = bench.options.threads;
    if (threads.empty()) threads = {1};
    for (const std::size_t each : threads) {
        for (const std::size_t number : numbers_of_copies(bench, bench.options.copies, each)) {
            for (const Optimizer& optimizer : kOptimizers) {
                for (const std::size_t batch : kCopiesBatches) {
                    for (const Precision precision : bench.precisions(false)) {
                        TrainConfig config = bench.config(optimizer.kind, batch, each);
                        config.precision = precision;
                        registry.push_back(copies_entry(bench, config, number));
                        registry.back().on_request = request_of(optimizer);
                    }
                }
            }
        }
    }
}

}  // namespace mnist::bench
