// Joins the words and the tensors. The network's extents come from the conditions, so the tensors are read
// against extents that the checksum covers.
#include "mnist/train/checkpoint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mnist/core/error.hpp"
#include "mnist/models/training_state.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

using nlohmann::json;

std::vector<std::size_t> dims_of(const json& conditions, const std::string& where) {
    const auto refuse = [&] {
        throw InputError({.where = where + ", conditions.network.extents",
                          .expected = "two extents or more, from 1 up",
                          .found = "something else"});
    };
    const json::json_pointer place("/network/extents");
    if (!conditions.contains(place)) refuse();
    const json& extents = conditions.at(place);
    if (!extents.is_array() || extents.size() < 2) refuse();
    std::vector<std::size_t> dims;
    for (const json& extent : extents) {
        if (!extent.is_number_unsigned() || extent.get<std::size_t>() == 0) refuse();
        dims.push_back(extent.get<std::size_t>());
    }
    return dims;
}

}  // namespace

json checkpoint_conditions(const ExperimentInputs& inputs, const BuildFacts& build,
                           const MachineFacts& machine) {
    const std::string start = inputs.initial_model ? weights_sha256(*inputs.initial_model) : "by seed";
    json config = to_json(inputs.config);
    for (const char* const speed : {"threads", "threads_chosen", "loader_threads", "jobs"})
        config.erase(speed);
    json caches = json::object();
    for (const CacheFacts& cache : machine.caches) {
        if (cache.level <= 2 && cache.type != "instruction")
            caches[fmt::format("level_{}_bytes", cache.level)] = cache.bytes;
    }
    return {
        {"config", std::move(config)},
        {"dataset", json(to_json(inputs.dataset->facts))},
        {"network", {{"extents", network_dims(inputs.config, *inputs.dataset)}, {"initial_weights", start}}},
        {"program",
         {{"version", build.version},
          {"commit", build.commit},
          {"onednn", build.onednn},
          {"isa", machine.isa},
          {"onednn_isa", machine.onednn_isa}}},
        {"caches", std::move(caches)}};
}

void require_same_conditions(const json& stored, const json& here, const std::string& where) {
    const std::vector<std::string> found = differences(stored, here);
    if (found.empty()) return;
    throw InputError(
        {.where = where,
         .expected = "a checkpoint of this training",
         .found = fmt::format("another: {}", fmt::join(found, "; ")),
         .remedy =
             "Resume with what it was made with (MNIST_MAX_ISA in the environment chooses a lower level of "
             "instructions), or train anew in another folder"});
}

std::string checkpoint_content(const CheckpointHead& head, const ExperimentProgress& progress) {
    std::vector<std::uint64_t> steps;
    for (const TrainingState& state : progress.states) steps.push_back(state.steps);
    return training_state_content(checkpoint_json(head, progress.runs, steps, utc_now()), progress.states);
}

Checkpoint parse_checkpoint(std::string_view content, const std::string& where) {
    const TrainingStateReader reader(content, where);
    CheckpointFacts facts = parse_checkpoint_json(reader.text(), where);
    Checkpoint checkpoint{.head = std::move(facts.head),
                          .progress = {.runs = std::move(facts.runs), .states = {}}};
    const std::vector<std::size_t> dims = dims_of(checkpoint.head.conditions, where);
    std::vector<OptimizerKind> optimizers;
    for (const RunRecord& run : checkpoint.progress.runs.present) optimizers.push_back(run.optimizer);
    checkpoint.progress.states = reader.states(dims, optimizers);
    for (std::size_t r = 0; r < optimizers.size(); ++r)
        checkpoint.progress.states[r].steps = facts.optimizer_steps[r];
    return checkpoint;
}

}  // namespace mnist
