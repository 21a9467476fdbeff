// Sources of report pages for the tests, and the data that a page makes of them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mnist/report/page.hpp"
#include "results/sample_bench.hpp"
#include "results/sample_result.hpp"

namespace mnist_test {

inline nlohmann::json data_of(const std::vector<mnist::ReportSource>& sources) {
    return nlohmann::json::parse(mnist::report_json(sources));
}

/// Two seeds of four epochs for each optimizer.
inline mnist::TrainResult several_seeds() {
    mnist::TrainResult result = sample_result(4);
    result.config.seeds = 2;
    result.build.dirty = false;
    for (const Course& course : {kSgd, kMomentum, kAdam}) result.runs.push_back(run(course, 1, 4));
    return result;
}

/// `count` repetitions of a benchmark of ours, one unit of throughput apart.
inline std::vector<nlohmann::json> repetitions(const std::string& name, int count, double first) {
    std::vector<nlohmann::json> rows;
    for (int r = 0; r < count; ++r) {
        nlohmann::json row = bench_row();
        row["name"] = row["run_name"] = name;
        row["repetition_index"] = r;
        row["samples_per_second"] = first + r;
        rows.push_back(row);
    }
    return rows;
}

inline mnist::ReportSource bench(const std::string& name, const std::vector<nlohmann::json>& rows) {
    return {.name = name, .content = bench_of(rows)};
}

}  // namespace mnist_test
