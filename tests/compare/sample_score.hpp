// Measurements of a whole set of the score, made so that all figures are known.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "mnist/compare/score.hpp"

namespace mnist_test {

/// Samples a second of a made-up reference machine, all different.
inline const std::array<mnist::ScoreReference, 9> kMadeUpReference{{
    {mnist::OptimizerKind::sgd, 64, 100e3, 110e3, 150e3, 160e3},
    {mnist::OptimizerKind::sgd, 256, 200e3, 210e3, 250e3, 260e3},
    {mnist::OptimizerKind::sgd, 1024, 300e3, 310e3, 350e3, 360e3},
    {mnist::OptimizerKind::momentum, 64, 400e3, 410e3, 450e3, 460e3},
    {mnist::OptimizerKind::momentum, 256, 500e3, 510e3, 550e3, 560e3},
    {mnist::OptimizerKind::momentum, 1024, 600e3, 610e3, 650e3, 660e3},
    {mnist::OptimizerKind::adam, 64, 700e3, 710e3, 750e3, 760e3},
    {mnist::OptimizerKind::adam, 256, 800e3, 810e3, 850e3, 860e3},
    {mnist::OptimizerKind::adam, 1024, 900e3, 910e3, 950e3, 960e3},
}};

/// How many times as fast as the reference each repetition is.
struct SampleFactors {
    std::vector<double> speed_f32{0.98, 1.01, 1.00, 1.03, 0.99, 1.02};
    std::vector<double> rate_f32{1.96, 2.02, 2.00, 2.06, 1.98, 2.04};
    std::vector<double> speed_bf16{2.9, 3.0, 3.1, 3.2, 3.3, 3.4};
    std::vector<double> rate_bf16{4, 4, 4, 4, 4, 4};
    std::vector<double> seconds{0.40, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36, 0.37, 0.38, 0.39};
};

inline mnist::MeasuredRow timed_row(const std::string& name, std::vector<double> seconds) {
    mnist::MeasuredRow row;
    row.name = name;
    row.seconds = std::move(seconds);
    return row;
}

/// A file of `mnist_bench --score` on a machine of four cores. `reference` is what the factors are of.
inline mnist::Measurements score_file(const std::string& label = "a.json", const SampleFactors& factors = {},
                                      std::span<const mnist::ScoreReference> reference = kMadeUpReference) {
    mnist::Measurements made;
    made.label = label;
    made.facts = {{"mnist.schema", "mnist-bench/1"},     {mnist::kScoreSetKey, "1"},
                  {"mnist.interrupted", "false"},        {"mnist.machine.cpu_model", "CPU A"},
                  {"mnist.machine.usable_cores", "4"},   {"mnist.machine.instructions", "AVX2"},
                  {"mnist.config.threads", "4"},         {"mnist.build.version", "0.3.0"},
                  {"mnist.build.build_type", "Release"}, {"mnist.dataset.name", "mnist"},
                  {"mnist.dataset.sha256", "aaaa"},      {"mnist.dataset.synthetic", "false"}};
    const auto add = [&](const std::string& name, const std::vector<double>& times, double samples_per_second,
                         double copies) {
        std::vector<double> seconds;
        seconds.reserve(times.size());
        for (const double factor : times) seconds.push_back(60000 * copies / (factor * samples_per_second));
        made.rows.push_back(timed_row(name, seconds));
    };
    for (const mnist::ScoreReference& row : reference) {
        const std::string name = fmt::format("Train/{}/batch:{}", label_of(row.optimizer), row.batch);
        add(name, factors.speed_f32, row.speed_f32, 1);
        add(name + "/precision:bf16", factors.speed_bf16, row.speed_bf16, 1);
        add(name + "/copies:4", factors.rate_f32, row.rate_f32, 4);
        add(name + "/precision:bf16/copies:4", factors.rate_bf16, row.rate_bf16, 4);
    }
    made.rows.push_back(timed_row("TimeToAccuracy/Record", factors.seconds));
    made.rows.push_back(timed_row("TimeToAccuracy/Record/precision:bf16", factors.seconds));
    return made;
}

inline mnist::MeasuredRow& row_of(mnist::Measurements& file, const std::string& name) {
    for (mnist::MeasuredRow& row : file.rows)
        if (row.name == name) return row;
    throw std::logic_error("no row " + name);
}

inline void drop_row(mnist::Measurements& file, const std::string& name) {
    std::erase_if(file.rows, [&](const mnist::MeasuredRow& row) { return row.name == name; });
}

}  // namespace mnist_test
