// Reads result files, strictly: what a table or a comparison would later trip over is refused here, by the
// path of its key. Keys that nobody knows are left alone, so that files of newer programs can be read.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "json_cursor.hpp"
#include "lenient_json.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"
#include "result_fields.hpp"
#include "train_json_parts.hpp"

namespace mnist {
namespace {

void check_kind(const JsonCursor& file) {
    const JsonCursor schema = file.at("schema");
    if (schema.string() != "mnist-results/1") {
        schema.fail("\"mnist-results/1\"", kNewerProgram);
    }
    const JsonCursor kind = file.at("kind");
    if (kind.string() != "train") kind.fail("\"train\"", "Give a file that `mnist train` wrote");
}

}  // namespace

RunRecord read_run(const JsonCursor& object, const DatasetFacts& facts) {
    const JsonReader reader(object);
    RunRecord run;
    fields(reader, run);
    if (run.first_epoch_at_target && std::cmp_greater(*run.first_epoch_at_target, run.epochs.size()))
        object.at("first_epoch_at_target")
            .fail(fmt::format("null or one of the {} epochs of this run", run.epochs.size()));
    reader.newer("disturbance", run.disturbance);
    run.confusion_matrix = read_confusion_matrix(object.at("confusion_matrix"), facts.classes);
    if (const auto mistakes = object.find("worst_mistakes")) {
        for (const JsonCursor& one : mistakes->elements())
            run.worst_mistakes.push_back(read_mistake(one, facts));
    }
    reader("weights_sha256", run.weights_sha256);
    reader.newer("ranks", run.ranks);
    return run;
}

TrainResult parse_train_result(const std::string& text, const std::string& where) {
    require_result_size(text, where);
    const nlohmann::json root = parse_json(text, where, kMaxResultDepth);
    const JsonCursor file(root, where);
    check_kind(file);
    TrainResult result;
    const JsonReader reader(file);
    fields_of_origin(reader, result);
    if (const auto images = file.find("sample_images")) {
        for (const JsonCursor& one : images->elements())
            result.sample_images.push_back(read_image(one, result.dataset, result.dataset.train_samples));
    }
    fields_of_training(reader, result);
    reader.newer("cluster", result.cluster);
    for (const JsonCursor& record : file.at("runs").elements()) {
        result.runs.push_back(read_run(record, result.dataset));
    }
    return result;
}

TrainResult read_train_result(const std::filesystem::path& path) {
    return parse_train_result(read_file(path, kMaxResultBytes), path.string());
}

}  // namespace mnist
