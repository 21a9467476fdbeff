// Infer: the logits of a batch, call by call, as a service would ask for them. Google Benchmark knows only
// the mean of many calls, so the latencies are collected here. Several threads stay awake between the calls,
// as those of a service under load do, and no more of them are there than a call has tiles of rows. The model
// is trained first, by the record's recipe, so that each precision's accuracy can stand beside its speed.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "experiment_run.hpp"
#include "families.hpp"
#include "mnist/core/presets.hpp"
#include "mnist/infer/low_precision.hpp"
#include "mnist/step/precision.hpp"
#include "percentiles.hpp"
#include "reference.hpp"
#include "session.hpp"

namespace mnist::bench {
namespace {

constexpr std::size_t kInferBatches[]{1, 16, 64, 1024};
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

std::size_t tiles_of(std::size_t batch) {
    const std::size_t tile = inference_tile(batch);
    return (batch + tile - 1) / tile;
}

void count_latencies(Call& call, std::vector<double> seconds, std::size_t batch) {
    double total = 0;
    for (const double one : seconds) total += one;
    std::ranges::sort(seconds);
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

std::string suffix(NumberFormat format) {
    if (format == NumberFormat::int8) return "/precision:int8";
    return precision_suffix(format == NumberFormat::bf16 ? Precision::bf16 : Precision::f32);
}

/// Why this machine cannot run it; empty where it can.
std::string obstacle_to(NumberFormat format) {
    return format == NumberFormat::bf16 ? precision_obstacle(Precision::bf16).value_or("") : "";
}

/// The model that all rows compute with; trained when the first of them runs.
struct Trained {
    std::optional<ModelParameters> model;
    QuantizedModel quantized;
    std::map<NumberFormat, double> accuracy;  ///< percent of the test set
};

class KeepWeights final : public ExperimentObserver {
  public:
    explicit KeepWeights(Trained& trained) : trained_(trained) {}
    void run_finished(const RunRecord& run, const ModelParameters& weights) override {
        if (run.status == RunStatus::completed) trained_.model = weights;
    }

  private:
    Trained& trained_;
};

/// False where the program was told to end meanwhile, or the training diverged.
bool train_model(Trained& trained, const Bench& bench, std::size_t threads) {
    if (trained.model) return true;
    TrainConfig config = bench.config(OptimizerKind::adam, 1, threads);
    apply_record_recipe(config);
    KeepWeights observer(trained);
    static_cast<void>(run_experiment(
        {.config = config, .dataset = &bench.dataset.value(), .initial_model = {}, .cpus = bench.cpus},
        observer, bench.stop));
    if (trained.model) trained.quantized = quantize_model(*trained.model, *bench.dataset);
    return trained.model.has_value();
}

/// What is wrong with a lower precision shows in the logits at once; how much they may differ follows from
/// its bits: int8's reference rounds in the same places, bf16 keeps eight bits of each of three layers.
void check(const std::vector<float>& logits, const Trained& trained, const LabelledRows& rows,
           NumberFormat format) {
    if (format == NumberFormat::int8) {
        require_close(logits, reference_logits(trained.quantized, rows), "the logits in int8");
    } else if (format == NumberFormat::bf16) {
        constexpr double kTolerance = 1.0 / 128;
        require_close(logits, reference_logits(*trained.model, rows), "the logits in bf16", kTolerance);
    } else {
        require_close(logits, reference_logits(*trained.model, rows), "the logits");
    }
}

template <class AnyEngine>
void time_calls_of(Call& call, const Bench& bench, AnyEngine& engine, Trained& trained, std::size_t batch,
                   NumberFormat format) {
    using Clock = std::chrono::steady_clock;
    const AlignedVector<std::uint8_t> images = images_for(*bench.dataset, batch);
    const std::size_t pixels = bench.dataset->pixels();
    const std::size_t choices = images.size() / pixels - batch + 1;
    LabelledRows rows{.images = images.data(), .labels = nullptr, .count = batch, .pixels = pixels};
    if (call.first) check(engine.logits(rows), trained, rows, format);
    if (!trained.accuracy.contains(format)) {
        const Split& test = bench.dataset->test;
        const EvalOutcome outcome = engine.evaluate({.images = test.images.data(),
                                                     .labels = test.labels.data(),
                                                     .count = test.count(),
                                                     .pixels = pixels});
        trained.accuracy[format] =
            100.0 * static_cast<double>(outcome.correct) / static_cast<double>(test.count());
    }

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
    call.count("test_accuracy", trained.accuracy[format]);
}

void infer(Call& call, Bench& bench, Trained& trained, std::size_t batch, std::size_t threads,
           NumberFormat format) {
    if (!train_model(trained, bench, threads)) {
        call.state.SkipWithError(bench.stop.load() ? kInterrupted : "the training of the model diverged");
        return;
    }
    Team team(std::min(threads, tiles_of(batch)), bench.cpus.order);
    call.workers = team.size();
    const std::size_t tile = inference_tile(batch);
    if (format == NumberFormat::f32) {
        Engine engine(team, {.dims = bench.dims(), .batch = 0, .eval_tile = tile});
        engine.start(*trained.model, {});
        team.stay_awake([&] { time_calls_of(call, bench, engine, trained, batch, format); });
        return;
    }
    std::optional<LowPrecisionEngine> engine;
    if (format == NumberFormat::int8) {
        // Sums of integers are exact, so one thread may have the tile that is fastest for it.
        const std::size_t alone = std::min(batch, 2 * kForwardTile);
        engine.emplace(team, trained.quantized, team.size() == 1 ? alone : tile);
    } else {
        engine.emplace(team, *trained.model, tile);
    }
    call.state.SetLabel(implementations_label(engine->primitives()));
    team.stay_awake([&] { time_calls_of(call, bench, *engine, trained, batch, format); });
}

}  // namespace

void add_infer(Registry& registry, Bench& bench) {
    const auto trained = std::make_shared<Trained>();
    const auto add = [&](std::size_t batch, std::size_t threads, const std::string& threads_suffix) {
        for (const NumberFormat format : {NumberFormat::f32, NumberFormat::bf16, NumberFormat::int8})
            registry.push_back(
                {.name = fmt::format("Infer/batch:{}{}{}", batch, suffix(format), threads_suffix),
                 .threads = threads,
                 .needs_data = true,
                 .manual_time = true,
                 .min_time_s = 0.3,
                 .usual_s = 0.8,
                 .obstacle = obstacle_to(format),
                 .run = [&bench, trained, batch, threads, format](Call& call) {
                     infer(call, bench, *trained, batch, threads, format);
                 }});
    };
    for (const std::size_t threads : bench.thread_counts()) {
        const bool list = !bench.threads_suffix(threads).empty();
        for (const std::size_t batch : kInferBatches) {
            // Without "threads:" a name means what it meant when such a batch was one tile: one thread.
            const bool alone = !list && batch <= kForwardTile;
            add(batch, alone ? 1 : threads, bench.threads_suffix(threads));
            const std::size_t together = std::min(threads, tiles_of(batch));
            if (alone && together > 1) add(batch, together, fmt::format("/threads:{}", together));
        }
    }
}

}  // namespace mnist::bench
