// Loader: how fast threads of the loader gather shuffled rows and normalise them, with nobody computing. An
// iteration is a batch. Training needs no loader where its own threads gather (the default); this says what a
// loader could deliver.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "families.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/data/loader.hpp"
#include "reference.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kLoaderBatches[]{64, 1024};
constexpr std::size_t kRowsOfEpoch = 16384;

std::vector<std::uint32_t> shuffled(std::size_t rows, std::size_t count) {
    std::vector<std::uint32_t> order(rows);
    for (std::size_t i = 0; i < rows; ++i) order[i] = static_cast<std::uint32_t>(i % count);
    CounterRng rng(0, RandomPurpose::shuffle, 0);
    shuffle(order, rng);
    return order;
}

void check(const LabelledRows& rows, std::span<const std::uint32_t> order, const float* slot,
           std::size_t stride) {
    for (std::size_t r = 0; r < order.size(); ++r) {
        Reference expected;
        for (std::size_t p = 0; p < rows.pixels; ++p)
            expected.values.push_back((rows.images[order[r] * rows.pixels + p] / 255.0 - 0.5) / 0.5);
        expected.magnitudes.assign(rows.pixels, 1.0);
        require_close({slot + r * stride, rows.pixels}, expected, fmt::format("row {} of the batch", r));
    }
}

void load(Call& call, Bench& bench, std::size_t batch, std::size_t threads) {
    const LabelledRows rows = bench.train_rows();
    const std::size_t stride = round_up(rows.pixels, kLane);
    const std::size_t batches = kRowsOfEpoch / batch;
    const std::vector<std::uint32_t> order = shuffled(batches * batch, rows.count);
    PrefetchLoader loader({.batch = batch, .pixels = rows.pixels, .row_floats = stride, .threads = threads});
    const auto run_epoch = [&](bool checked) {
        loader.start_epoch(rows.images, order);
        for (std::size_t step = 0; step < batches; ++step) {
            loader.wait(step);
            if (checked && step == 0)
                check(rows, std::span(order).first(batch), loader.slots().front(), stride);
            loader.release_before(step + 1);
        }
    };
    run_epoch(call.first);
    const auto begin = std::chrono::steady_clock::now();
    while (call.state.KeepRunningBatch(static_cast<std::int64_t>(batches))) run_epoch(false);
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double samples =
        static_cast<double>(call.state.iterations()) * static_cast<double>(batch) / elapsed_s;
    call.count("samples_per_second", samples);
    call.count("gb_per_second", 1e-9 * samples * static_cast<double>(rows.pixels * (sizeof(float) + 1)));
}

}  // namespace

void add_loader(Registry& registry, Bench& bench) {
    std::vector<std::size_t> counts = bench.spread_counts();
    if (bench.options.loader_threads) counts = {std::max<std::size_t>(1, *bench.options.loader_threads)};
    for (const std::size_t batch : kLoaderBatches) {
        for (const std::size_t threads : counts) {
            registry.push_back(
                {.name = fmt::format("Loader/batch:{}/threads:{}", batch, threads),
                 .threads = threads,
                 .needs_data = true,
                 .min_time_s = 0.2,
                 .usual_s = 0.5,
                 .run = [&bench, batch, threads](Call& call) { load(call, bench, batch, threads); }});
        }
    }
}

}  // namespace mnist::bench
