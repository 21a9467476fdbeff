// A result with a value in every member, for the tests of files and of reports. The figures are made up, but
// look like the real ones: losses fall, Adam is fast and overfits.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "mnist/results/train_result.hpp"

namespace mnist_test {

/// How one optimizer fares in made-up results.
struct Course {
    mnist::OptimizerKind optimizer;
    double decay;          ///< of the train loss from epoch to epoch
    double last_accuracy;  ///< percent
    int first_epoch;       ///< at target; 0: never
    double overfit;        ///< how much the test loss rises again
};

inline const Course kSgd{mnist::OptimizerKind::sgd, 0.94, 97.18, 22, 0};
inline const Course kMomentum{mnist::OptimizerKind::momentum, 0.86, 97.61, 8, 0.01};
inline const Course kAdam{mnist::OptimizerKind::adam, 0.84, 97.51, 5, 0.12};

/// 10 classes with 1,000 test images each, errors spread over some cells so that `errors` of 10,000 come out.
inline mnist::ConfusionMatrix confusion(std::uint64_t errors) {
    struct Cell {
        std::size_t truth, predicted;
        std::uint64_t weight;
    };
    const Cell cells[] = {{4, 9, 9}, {9, 4, 7}, {7, 2, 6}, {2, 7, 4}, {3, 5, 4}, {5, 3, 6}, {8, 3, 4},
                          {5, 8, 3}, {6, 0, 2}, {0, 6, 1}, {8, 5, 3}, {7, 9, 3}, {1, 7, 1}};
    mnist::ConfusionMatrix matrix(10, std::vector<std::uint64_t>(10, 0));
    std::uint64_t left = errors;
    for (const Cell& cell : cells) {
        const std::uint64_t count = std::min(left, errors * cell.weight / 53);
        matrix[cell.truth][cell.predicted] = count;
        left -= count;
    }
    matrix[9][8] += left;
    for (std::size_t i = 0; i < 10; ++i) {
        matrix[i][i] = 1000 - std::accumulate(matrix[i].begin(), matrix[i].end(), std::uint64_t{0});
    }
    return matrix;
}

/// A picture of a ramp, 28 x 28 pixels.
inline mnist::SampleImage ramp(std::uint64_t index, std::uint64_t label) {
    mnist::SampleImage image{.index = index, .label = label, .pixels = {}};
    constexpr std::size_t kPixels = 784;
    for (std::size_t i = 0; i < kPixels; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i % 256));
    return image;
}

inline mnist::RunRecord run(const Course& course, std::uint64_t seed, std::size_t epochs) {
    mnist::RunRecord run;
    run.optimizer = course.optimizer;
    run.seed = seed;
    for (std::size_t i = 0; i < epochs; ++i) {
        const auto e = static_cast<double>(i);
        const double train_loss = 0.35 * std::pow(course.decay, e) + 0.01;
        const double test_loss = 0.30 * std::pow(course.decay, e) + 0.07 + course.overfit * e / 24;
        const double accuracy = course.last_accuracy - 6 * std::pow(course.decay, e) * (1 - e / 24);
        // Four decimals, as the file's reader sees them, so that the golden files stay short.
        const auto rounded = [](double x) { return std::round(x * 1e4) / 1e4; };
        run.epochs.push_back({rounded(train_loss), rounded(test_loss), rounded(accuracy), 0.25, 0.03125});
    }
    if (epochs > 0) {
        run.last_accuracy = run.epochs.back().test_accuracy;
        run.best_accuracy = run.last_accuracy;
        run.samples_per_second = 240000 + 1000 * static_cast<double>(seed);
        if (course.first_epoch > 0 && std::cmp_less_equal(course.first_epoch, epochs)) {
            run.first_epoch_at_target = course.first_epoch;
            run.seconds_to_target = 0.25 * course.first_epoch;
        }
        run.confusion_matrix =
            confusion(static_cast<std::uint64_t>(std::lround((100 - *run.last_accuracy) * 100)));
    }
    if (epochs > 0) run.worst_mistakes = {{.image = ramp(321, 2), .predicted = 7, .probability = 0.9375}};
    run.weights_sha256 = std::string(64, "0123456789abcdef"[seed % 16]);
    return run;
}

/// One seed, three optimizers, 25 epochs of MNIST.
inline mnist::TrainResult sample_result(std::size_t epochs = 25) {
    mnist::TrainResult result;
    result.created = "2026-01-31T12:00:00Z";
    result.label = "lab-07";
    result.machine.cpu_model = "AMD EPYC 7763 64-Core Processor";
    result.machine.sockets = 1;
    result.machine.physical_cores = 64;
    result.machine.hardware_threads = 128;
    result.machine.usable_threads = 2;
    result.machine.usable_cores = 2;
    result.machine.cgroup_cpu_quota = 2.5;
    result.machine.caches = {{1, "data", 32768, 64}, {3, "unified", 33554432, 8}};
    result.machine.numa_nodes = 1;
    result.machine.memory_bytes = 270582939648;
    result.machine.governor = "performance";
    result.machine.turbo = true;
    result.machine.virtualisation = "KVM";
    result.machine.kernel = "Linux 6.1.0-26-amd64";
    result.machine.os = "Debian GNU/Linux 12 (bookworm)";
    result.machine.isa = "avx2";
    result.machine.onednn_isa = "AVX2";
    result.machine.instructions = "AVX2";
    result.machine.cpu_family = 25;
    result.machine.cpu_model_number = 1;
    result.machine.cpu_stepping = 1;
    result.machine.cpu_microcode = 0xa0011d5;
    result.machine.cpu_generation = "Zen 3 (Milan)";
    result.build = {"0.1.0",
                    std::string(40, 'a'),
                    true,
                    "GNU 12.2.0",
                    "-O3 -DNDEBUG",
                    "Release",
                    "2.6.3 (hash)",
                    "OMP",
                    "2021.8",
                    "libstdc++ 20220819",
                    "fmt 9.1.0, zlib 1.2.13"};
    result.dataset = {"mnist", std::string(64, 'b'), 60000, 10000, 28, 28, 10, false};
    result.sample_images = {ramp(0, 5)};
    result.config.epochs = epochs;
    result.config.threads = 2;
    result.primitives = {{"fc1 forward", "32x784 -> 32x128", "brgemm:avx512_core", "OI16i64o"},
                         {"relu1 backward", "32x128", "jit:avx2", ""}};
    result.fma_peak_gflops = 217;
    for (const Course& course : {kSgd, kMomentum, kAdam}) result.runs.push_back(run(course, 0, epochs));
    return result;
}

}  // namespace mnist_test
