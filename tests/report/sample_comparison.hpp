// Comparisons to print, made from samples by the code that judges real ones: two machines, a changed program
// on one machine, and names that try to be more than names.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mnist/compare/ranking.hpp"

namespace mnist_test {

/// What a file could say to break a table, a pull request, a spreadsheet or a terminal.
inline const std::string kHostileName = "=HYPERLINK(\"x\")|`<b>@all</b>\\|#1\x1b[31m\n,";

/// Ten repetitions around `seconds`, all different, within 1 %; with accuracies around `accuracy` where it is
/// above 0, of seeds 0 to 9.
inline mnist::MeasuredRow measured_row(const std::string& name, double seconds, double accuracy = 0) {
    mnist::MeasuredRow row;
    row.name = name;
    std::uint64_t seed = 0;
    for (const double offset : {-0.9, 0.3, -0.4, 0.8, 0.1, -0.2, 0.6, -0.7, 0.5, -0.1}) {
        row.seconds.push_back(seconds * (1 + offset / 100));
        if (accuracy <= 0) continue;
        // Seeds differ from each other and, a little, between the sides.
        row.accuracy.percent.push_back(accuracy + offset / 10 +
                                       (seconds > 1.9e-3 ? offset * offset / 20 : 0));
        row.accuracy.seeds.push_back(seed++);
        row.accuracy.test_samples = 10000;
    }
    return row;
}

inline void set_peak(mnist::MeasuredRow& row, double fraction, double gflops) {
    row.peak_fractions = {fraction};
    row.peak_gflops = {gflops};
}

inline mnist::Measurements side(const std::string& label, std::vector<mnist::MeasuredRow> rows) {
    mnist::Measurements made;
    made.label = label;
    made.facts = {{"mnist.machine.cpu_model", "CPU A"}, {"mnist.machine.usable_cores", "2"},
                  {"mnist.machine.isa", "avx2"},        {"mnist.machine.memory_bytes", "25276502016"},
                  {"mnist.config.threads", "2"},        {"mnist.config.epochs", "5"},
                  {"mnist.noise_floor.Infer", "0.08"}};
    made.rows = std::move(rows);
    return made;
}

inline mnist::Measurements before() {
    mnist::Measurements made =
        side("before.json",
             {measured_row("Train/Adam/batch:64", 2e-3, 97), measured_row("Train/SGD/batch:64", 1e-3, 96),
              measured_row("InnerProduct/BackwardWeights/in:784/out:128/batch:1024", 4e-4),
              measured_row("Infer/batch:1", 1e-5), measured_row("Loader/batch:64", 1e-5),
              measured_row("Gone/1", 1)});
    made.rows[4].seconds.resize(3);
    for (auto& row : made.rows) set_peak(row, 0.5, 100);
    return made;
}

/// SGD is faster and less accurate, Adam faster, the product slower, inference within the noise.
inline mnist::Measurements after() {
    mnist::Measurements made =
        side("after.json",
             {measured_row("Train/SGD/batch:64", 0.8e-3, 95), measured_row("Train/Adam/batch:64", 1.6e-3, 97),
              measured_row("InnerProduct/BackwardWeights/in:784/out:128/batch:1024", 5e-4),
              measured_row("Infer/batch:1", 1.05e-5), measured_row("Loader/batch:64", 2e-5),
              measured_row("New/1", 1)});
    made.skipped = {{"Broken/1", "real_time: expected a time above 0, found 0"}};
    made.rows[0].disturbed = 2;
    return made;
}

inline mnist::Measurements other_machine() {
    mnist::Measurements made = after();
    made.label = "server.json";
    made.facts["mnist.machine.cpu_model"] = "CPU B with a name that is longer than what fits into a column";
    made.facts["mnist.machine.isa"] = "avx512";
    made.facts["mnist.config.epochs"] = "25";
    for (auto& row : made.rows) set_peak(row, 0.45, 160);
    return made;
}

inline mnist::Measurements hostile(const std::string& label, double seconds) {
    mnist::Measurements made =
        side(label, {measured_row(kHostileName, seconds), measured_row("+1+1", seconds)});
    made.facts["mnist.machine.cpu_model"] = label + kHostileName;
    made.skipped = {{kHostileName, kHostileName}};
    return made;
}

inline mnist::ComparedFiles compared(const std::vector<mnist::Measurements>& sides) {
    return mnist::compare_files(sides, {});
}

}  // namespace mnist_test
