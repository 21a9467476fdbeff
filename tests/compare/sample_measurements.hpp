// Measurements made by hand, of one machine, for tests of comparisons.
#pragma once

#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"

namespace mnist_test {

using namespace mnist;

inline MeasuredRow row(const std::string& name, double seconds) {
    MeasuredRow made;
    made.name = name;
    made.peak_fractions = {0.5};
    made.peak_gflops = {100};
    for (const double offset : {-0.9, 0.3, -0.4, 0.8, 0.1, -0.2, 0.6, -0.7, 0.5, -0.1})
        made.seconds.push_back(seconds * (1 + offset / 100));
    return made;
}

inline Measurements measured(const std::string& label, std::vector<MeasuredRow> rows) {
    return {.label = label,
            .facts = {{"mnist.machine.cpu_model", "CPU A"},
                      {"mnist.machine.usable_cores", "2"},
                      {"mnist.machine.isa", "avx2"},
                      {"mnist.machine.memory_bytes", "25276502016"},
                      {"mnist.config.threads", "2"},
                      {"mnist.config.epochs", "5"},
                      {"mnist.config.hidden.0", "128"},
                      {"mnist.dataset.sha256", "aaaa"},
                      {"mnist.build.commit", "c1"}},
            .rows = std::move(rows),
            .skipped = {},
            .weights = {{"Adam, seed 0", "w0"}},
            .copies = {}};
}

// The warnings that have `words` in them.
inline std::vector<std::string> warnings_of(const Comparison& comparison, const std::string& words) {
    std::vector<std::string> found;
    for (const std::string& warning : comparison.warnings)
        if (warning.find(words) != std::string::npos) found.push_back(warning);
    return found;
}

}  // namespace mnist_test
