// Results that differ in one setting each. The settings are those that a result file holds, so that one which
// is added is among them, and a test that walks over them asks for whatever was forgotten.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "mnist/results/train_json.hpp"
#include "sample_result.hpp"

namespace mnist_test {

/// The sample with all optimizers and a cycle, so that its file holds every number.
inline mnist::TrainResult sample_of_all_settings() {
    mnist::TrainResult result = sample_result();
    result.config.optimizers.assign(mnist::kOptimizerKinds.begin(), mnist::kOptimizerKinds.end());
    result.config.schedule = mnist::ScheduleKind::one_cycle;
    result.config.peak_lr = 0.25;
    return result;
}

/// By the key of its file: the same but for this key, read from a file.
inline std::map<std::string, mnist::TrainResult> with_one_other_setting(const mnist::TrainResult& result) {
    // Of texts and of what is not set: other words for them.
    const std::map<std::string, nlohmann::json> words{
        {"precision", "bf16"}, {"schedule", "constant"}, {"threads_chosen", "auto"}};
    const auto file = nlohmann::json::parse(mnist::train_result_json(result));
    std::map<std::string, mnist::TrainResult> others;
    for (const auto& [key, value] : file.at("config").items()) {
        nlohmann::json changed = file;
        nlohmann::json& there = changed.at("config").at(key);
        if (value.is_boolean()) {
            there = !value.get<bool>();
        } else if (value.is_number_integer()) {
            there = value.get<int>() + 1;
        } else if (value.is_number()) {
            there = value.get<double>() / 2;
        } else if (value.is_array()) {
            there.erase(there.begin());
        } else {
            there = words.at(key);
        }
        others[key] = mnist::parse_train_result(changed.dump(), key);
    }
    return others;
}

}  // namespace mnist_test
