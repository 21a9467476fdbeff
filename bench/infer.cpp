// Infer: the logits of a batch, call by call, as a service would ask for them. Google Benchmark knows only
// the mean of many calls, so the latencies are collected here. Each call wakes the team and puts it to sleep
// again; that is part of what a caller waits for.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "families.hpp"
#include "percentiles.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kBatches[]{1, 16, 64, 1024};
constexpr std::size_t kMostRows = 4096;  // images to choose from: 3 MB, beyond a second-level cache
constexpr std::size_t kMostLatencies = 1U << 22U;

// Test images, repeated where the set is smaller than a batch.
AlignedVector<std::uint8_t> images_for(const Dataset& dataset, std::size_t batch) {
    const std::size_t pixels = dataset.pixels();
    const std::size_t count = std::max(batch, std::min(dataset.test.count(), kMostRows));
    AlignedVector<std::uint8_t> images(count * pixels);
    for (std::size_t i = 0; i < count; ++i)
        std::copy_n(dataset.test.images.data() + i % dataset.test.count() * pixels, pixels,
                    images.data() + i * pixels);
    return images;
}

// Rows that a thread takes at a time: all threads have work, none more than its cache holds.
std::size_t tile_for(std::size_t batch, std::size_t threads) {
    constexpr std::size_t kMost = 64;
    return std::clamp<std::size_t>((batch + threads - 1) / threads, 1, kMost);
}

void count_latencies(Call& call, std::vector<double> seconds, std::size_t batch) {
    double total = 0;
    for (const double one : seconds) total += one;
    std::sort(seconds.begin(), seconds.end());
    const auto at = [&](double percent) -> std::optional<double> {
        const std::optional<double> value = percentile(seconds, percent);
        return value ? std::optional(*value * 1e6) : std::nullopt;
    };
    call.count("p50_us", at(50));
    call.count("p90_us", at(90));
    call.count("p99_us", at(99));
    call.count("max_us", at(100));
    call.count("samples_per_second", static_cast<double>(batch * seconds.size()) / total);
}

void infer(Call& call, Bench& bench, std::size_t batch, std::size_t threads) {
    using Clock = std::chrono::steady_clock;
    const AlignedVector<std::uint8_t> images = images_for(*bench.dataset, batch);
    const std::size_t pixels = bench.dataset->pixels();
    const std::size_t choices = images.size() / pixels - batch + 1;
    const ModelParameters model = initial_parameters(bench.dims(), bench.options.seed);
    Team team(threads, bench.cpus);
    Engine engine(team, {.dims = bench.dims(), .batch = 0, .eval_tile = tile_for(batch, threads)});
    engine.start(model, {});
    LabelledRows rows{.images = images.data(), .labels = nullptr, .count = batch, .pixels = pixels};
    if (call.first) require_close(engine.logits(rows), reference_logits(model, rows), "the logits");

    std::vector<double> seconds;
    seconds.reserve(std::min(static_cast<std::size_t>(call.state.max_iterations), kMostLatencies));
    std::size_t at = 0;
    while (call.state.KeepRunning()) {
        rows.images = images.data() + at * pixels;
        at = (at + batch) % choices;
        const auto begin = Clock::now();
        benchmark::DoNotOptimize(engine.logits(rows).data());
        const double elapsed_s = std::chrono::duration<double>(Clock::now() - begin).count();
        call.state.SetIterationTime(elapsed_s);
        if (seconds.size() < kMostLatencies) seconds.push_back(elapsed_s);
    }
    count_latencies(call, std::move(seconds), batch);
}

}  // namespace

void add_infer(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.thread_counts()) {
        for (const std::size_t batch : kBatches) {
            registry.push_back(
                {.name = fmt::format("Infer/batch:{}{}", batch, bench.threads_suffix(threads)),
                 .threads = threads,
                 .needs_data = true,
                 .manual_time = true,
                 .min_time_s = 0.3,
                 .usual_s = 0.8,
                 .run = [&bench, batch, threads](Call& call) { infer(call, bench, batch, threads); }});
        }
    }
}

}  // namespace mnist::bench
