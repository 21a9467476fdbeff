// Writes result files, keys in the order of result_fields.hpp, so that files of two runs can be compared by
// eye. Reading is in train_json_read.cpp.
#include "mnist/results/train_json.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mnist/core/base64.hpp"
#include "mnist/results/peak_share.hpp"
#include "result_fields.hpp"
#include "train_json_parts.hpp"

namespace mnist {

using nlohmann::ordered_json;

ordered_json run_json(const RunRecord& run, const std::optional<double>& peak_fraction) {
    ordered_json mistakes = ordered_json::array();
    for (const Mistake& mistake : run.worst_mistakes)
        mistakes.push_back({{"index", mistake.image.index},
                            {"label", mistake.image.label},
                            {"predicted", mistake.predicted},
                            {"probability", JsonWriter::written(mistake.probability)},
                            {"pixels", to_base64(mistake.image.pixels)}});
    ordered_json object = JsonWriter::written(run);
    object.update({{"peak_fraction", JsonWriter::written(peak_fraction)},
                   {"disturbance", JsonWriter::written(run.disturbance)},
                   {"confusion_matrix", run.confusion_matrix},
                   {"worst_mistakes", std::move(mistakes)},
                   {"weights_sha256", run.weights_sha256}});
    if (run.ranks) object["ranks"] = JsonWriter::written(*run.ranks);
    return object;
}

ordered_json to_json(const MachineFacts& facts) {
    return JsonWriter::written(facts);
}
ordered_json to_json(const BuildFacts& facts) {
    return JsonWriter::written(facts);
}
ordered_json to_json(const DatasetFacts& facts) {
    return JsonWriter::written(facts);
}
ordered_json to_json(const TrainConfig& config) {
    return JsonWriter::written(config);
}
ordered_json to_json(const ClusterFacts& cluster) {
    return JsonWriter::written(cluster);
}

std::string train_result_json(const TrainResult& result) {
    ordered_json file{{"schema", "mnist-results/1"}, {"kind", "train"}};
    const JsonWriter writer(file);
    fields_of_origin(writer, result);
    ordered_json& images = file["sample_images"] = ordered_json::array();
    for (const SampleImage& image : result.sample_images)
        images.push_back(
            {{"index", image.index}, {"label", image.label}, {"pixels", to_base64(image.pixels)}});
    fields_of_training(writer, result);
    ordered_json& runs = file["runs"] = ordered_json::array();
    for (const RunRecord& run : result.runs)
        runs.push_back(run_json(
            run, run.samples_per_second ? peak_share(result, *run.samples_per_second) : std::nullopt));
    if (result.cluster) file["cluster"] = to_json(*result.cluster);
    return file.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string utc_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace mnist
