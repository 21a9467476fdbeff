// The promise that losses, weights and logits are the same bits for every number of threads, and the bits
// that were recorded.
#include <dnnl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "catch.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/precision.hpp"
#include "step/samples.hpp"

namespace mnist {

TEST_CASE(
    "engine: losses and weights are the same bits for any number of threads, every batch size and either "
    "precision") {
    const Precision precision = GENERATE(Precision::f32, Precision::bf16);
    if (precision_obstacle(precision)) return;
    const std::vector<std::size_t> dims{784, 128, 64, 10};
    const Samples all = random_samples(std::size_t{2} * 4096 + 1400, dims.front(), dims.back());
    for (const std::size_t batch :
         {std::size_t{16}, std::size_t{64}, std::size_t{100}, std::size_t{256}, std::size_t{1000},
          std::size_t{1024}, std::size_t{1280}, std::size_t{4096}}) {
        const std::size_t count = 2 * batch + batch / 3;
        std::vector<std::uint32_t> order = in_order(count);
        CounterRng rng(1, RandomPurpose::shuffle, 0);
        shuffle(order, rng);
        std::string expected;
        double expected_loss = 0;
        for (const std::size_t threads : std::vector<std::size_t>{1, 2, 3, 4, 7, 16, 64}) {
            Team team(threads, a_cpu_each(threads));
            Engine engine(
                team, {.dims = dims, .batch = batch, .last_batch = count % batch, .precision = precision});
            engine.start(initial_parameters(dims, 2), {.kind = OptimizerKind::adam, .lr = 0.001});
            const EpochOutcome outcome = engine.train_epoch(all.rows(), order, kNoStop);
            REQUIRE(outcome.steps == 3);
            const std::string hash = weights_sha256(engine.weights());
            if (expected.empty()) {
                expected = hash;
                expected_loss = outcome.loss;
            }
            INFO(name(precision) << ", batch " << batch << ", threads " << threads);
            CHECK(hash == expected);
            CHECK(outcome.loss == expected_loss);
        }
    }
}

TEST_CASE("engine: more threads than CPUs are cut like as many as these, with the same bits") {
    const std::vector<std::size_t> dims{784, 128, 64, 10};
    const Samples all = random_samples(2400, dims.front(), dims.back());
    std::string expected;
    std::string grid;
    for (const std::size_t threads : std::vector<std::size_t>{1, 3, 16}) {
        Team team(threads, {-1});
        CHECK(team.crowded() == (threads > 1));
        Engine engine(team, {.dims = dims, .batch = 1024, .last_batch = 352});
        engine.start(initial_parameters(dims, 2), {.kind = OptimizerKind::adam, .lr = 0.001});
        static_cast<void>(engine.train_epoch(all.rows(), in_order(2400), kNoStop));
        const std::string hash = weights_sha256(engine.weights());
        const std::string cut = engine.grid().substr(engine.grid().find(';'));
        if (expected.empty()) {
            expected = hash;
            grid = cut;
        }
        INFO(threads << " threads");
        CHECK(hash == expected);
        CHECK(cut == grid);
    }
}

// Recorded on an Intel Xeon with AMX with GCC's optimised code, whose fused multiplications another compiler
// or a sanitizer may place elsewhere. Another CPU with the same instructions should have the same bits, older
// Xeons with smaller caches too; where it has not, that is worth knowing, and no fault of a change.
#if defined(NDEBUG) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
constexpr bool kRecordedBuild = true;
#else
constexpr bool kRecordedBuild = false;
#endif

bool recorded_cpu() {
#if defined(__x86_64__)
    return __builtin_cpu_is("intel") && __builtin_cpu_supports("avx512bf16");
#else
    return sve_bits() <= 256;  // in emulation, NEON and SVE
#endif
}

TEST_CASE("engine: weights have the bits that were recorded for the instruction set and oneDNN's version") {
    struct Recorded {
        const char* onednn;
        Isa isa;
        const char* hash;
    };
    const char* const avx512 = "911398ae7a7a6b32ad53dd4dc393c62cd63879d87094001a047628d0d2c670c5";
    const char* const avx2 = "26893d7acf6feb78c9eb0c88fe7a5d593c226b4f242ced100484b71199bb804a";
    const char* const baseline = "856c470e4d5b983583a8719c0953af29a8a94b42de564b1a28b6dfebe5c40680";
    const char* const arm64 = "2b67310950af8a945275e1270c2506a98d6908a8f193637d6a6ad867e0d10bae";
    std::vector<Recorded> all;
    if (kX86) {
        for (const char* const onednn : {"2.6.3", "3.7.2"})
            all.insert(all.end(), {{onednn, Isa::avx512, avx512},
                                   {onednn, Isa::avx2, avx2},
                                   {onednn, Isa::baseline, baseline}});
    } else {
        all = {{"3.7.2", Isa::baseline, arm64}};
    }
    const std::vector<std::size_t> dims{784, 128, 64, 10};
    const Samples samples = random_samples(700, dims.front(), dims.back());
    std::string hash;
    for (const std::size_t threads : {std::size_t{2}, std::size_t{1}, std::size_t{7}}) {
        Team team(threads, a_cpu_each(threads));
        Engine engine(team, {.dims = dims, .batch = 300, .last_batch = 100});
        engine.start(initial_parameters(dims, 2), {.kind = OptimizerKind::adam, .lr = 0.001});
        REQUIRE(engine.train_epoch(samples.rows(), in_order(700), kNoStop).steps == 3);
        if (hash.empty()) hash = weights_sha256(engine.weights());
        CAPTURE(threads);
        CHECK(hash == weights_sha256(engine.weights()));
    }
    const dnnl_version_t& version = *dnnl_version();
    const std::string onednn = fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
    const auto recorded = std::find_if(all.begin(), all.end(), [&](const Recorded& one) {
        return one.onednn == onednn && one.isa == detected_isa();
    });
    CAPTURE(onednn, name(detected_isa()));
    if (recorded == all.end())
        WARN("no bits were recorded for oneDNN " << onednn << ", " << name(detected_isa()) << ": " << hash);
    else if (kRecordedBuild && recorded_cpu())
        CHECK(hash == recorded->hash);
    else if (hash != recorded->hash)
        WARN("other bits than were recorded: " << hash);
}

TEST_CASE("engine: the weights are the same bits for any number of threads, whatever the layers") {
    const Precision precision = GENERATE(Precision::f32, Precision::bf16);
    if (precision_obstacle(precision)) return;
    const auto dims =
        GENERATE(std::vector<std::size_t>{60, 130, 40, 10}, std::vector<std::size_t>{100, 32, 300, 10},
                 std::vector<std::size_t>{784, 10}, std::vector<std::size_t>{40, 64, 16, 64, 64, 10});
    const Samples samples = random_samples(1100, dims.front(), dims.back());
    std::vector<std::uint32_t> order = in_order(1100);
    CounterRng rng(1, RandomPurpose::shuffle, 0);
    shuffle(order, rng);
    for (const std::size_t batch : {std::size_t{1}, std::size_t{7}, std::size_t{37}, std::size_t{300},
                                    std::size_t{600}, std::size_t{1099}}) {
        std::string expected;
        for (const std::size_t threads : std::vector<std::size_t>{1, 2, 3, 5, 9}) {
            Team team(threads, a_cpu_each(threads));
            Engine engine(team,
                          {.dims = dims, .batch = batch, .last_batch = 1100 % batch, .precision = precision});
            engine.start(initial_parameters(dims, 2), {.kind = OptimizerKind::momentum, .lr = 0.01});
            REQUIRE(engine.train_epoch(samples.rows(), order, kNoStop).steps == (1100 + batch - 1) / batch);
            const std::string hash = weights_sha256(engine.weights());
            if (expected.empty()) expected = hash;
            INFO(name(precision) << ", batch " << batch << ", threads " << threads);
            CHECK(hash == expected);
        }
    }
}

TEST_CASE("engine: logits are the same bits for every number of threads, asleep and awake") {
    const std::vector<std::size_t> dims{784, 128, 64, 10};
    const Samples samples = random_samples(1000, dims.front(), dims.back());
    const ModelParameters model = initial_parameters(dims, 3);
    for (const std::size_t batch : std::vector<std::size_t>{1, 3, 16, 64, 100, 256, 1000}) {
        LabelledRows rows = samples.rows();
        rows.count = batch;
        std::vector<float> expected;
        for (const std::size_t threads : std::vector<std::size_t>{1, 2, 3, 4, 7, 16}) {
            Team team(threads, {});
            Engine engine(team, {.dims = dims, .batch = 0, .eval_tile = inference_tile(batch)});
            engine.start(model, {});
            const std::vector<float> found = engine.logits(rows);
            if (expected.empty()) expected = found;
            INFO("batch " << batch << ", threads " << threads);
            CHECK(found == expected);
            team.stay_awake([&] {
                for (int call = 0; call < 5; ++call) CHECK(engine.logits(rows) == expected);
            });
        }
    }
}

}  // namespace mnist
