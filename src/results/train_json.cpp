// Writes result files. One function an object, keys in the order of the structs, so that files of two runs
// can be compared by eye. Reading is in train_json_read.cpp.
#include "mnist/results/train_json.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "cluster_json.hpp"
#include "mnist/core/base64.hpp"
#include "mnist/core/values.hpp"
#include "mnist/results/peak_share.hpp"
#include "train_json_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

/// JSON has no NaN and no infinity; the library would write null as well, but only by accident of its
/// defaults.
ordered_json number(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json or_null(const std::optional<double>& value) {
    return value ? number(*value) : ordered_json(nullptr);
}

template <class T>
ordered_json or_null(const std::optional<T>& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
}

const char* status_word(RunStatus status) {
    switch (status) {
        case RunStatus::completed:
            return "completed";
        case RunStatus::diverged:
            return "diverged";
        case RunStatus::interrupted:
            break;
    }
    return "interrupted";
}

ordered_json epoch_json(const EpochRecord& epoch) {
    return {{"train_loss", or_null(epoch.train_loss)},
            {"test_loss", or_null(epoch.test_loss)},
            {"test_accuracy", or_null(epoch.test_accuracy)},
            {"train_seconds", number(epoch.train_seconds)},
            {"eval_seconds", number(epoch.eval_seconds)}};
}

ordered_json disturbance_json(const Disturbance& disturbance) {
    ordered_json object = ordered_json::object();
    for (const DisturbanceFact& fact : kDisturbanceFacts) object[fact.key] = or_null(disturbance.*fact.value);
    return object;
}

ordered_json image_json(const SampleImage& image) {
    return {{"index", image.index}, {"label", image.label}, {"pixels", to_base64(image.pixels)}};
}

ordered_json mistake_json(const Mistake& mistake) {
    return {{"index", mistake.image.index},
            {"label", mistake.image.label},
            {"predicted", mistake.predicted},
            {"probability", number(mistake.probability)},
            {"pixels", to_base64(mistake.image.pixels)}};
}

ordered_json primitives_json(const std::vector<PrimitiveFacts>& primitives) {
    ordered_json list = ordered_json::array();
    for (const PrimitiveFacts& primitive : primitives) {
        list.push_back({{"operation", primitive.operation},
                        {"shape", primitive.shape},
                        {"implementation", primitive.implementation},
                        {"weights_layout", primitive.weights_layout}});
    }
    return list;
}

}  // namespace

ordered_json run_json(const RunRecord& run, const std::optional<double>& peak_fraction) {
    ordered_json epochs = ordered_json::array();
    for (const EpochRecord& epoch : run.epochs) epochs.push_back(epoch_json(epoch));
    ordered_json mistakes = ordered_json::array();
    for (const Mistake& mistake : run.worst_mistakes) mistakes.push_back(mistake_json(mistake));
    ordered_json file{{"optimizer", name(run.optimizer)},
                      {"seed", run.seed},
                      {"status", status_word(run.status)},
                      {"message", or_null(run.message)},
                      {"epochs", std::move(epochs)},
                      {"first_epoch_at_target", or_null(run.first_epoch_at_target)},
                      {"seconds_to_target", or_null(run.seconds_to_target)},
                      {"best_accuracy", or_null(run.best_accuracy)},
                      {"last_accuracy", or_null(run.last_accuracy)},
                      {"samples_per_second", or_null(run.samples_per_second)},
                      {"peak_fraction", or_null(peak_fraction)},
                      {"disturbance", disturbance_json(run.disturbance)},
                      {"confusion_matrix", run.confusion_matrix},
                      {"worst_mistakes", std::move(mistakes)},
                      {"weights_sha256", run.weights_sha256}};
    if (run.ranks) file["ranks"] = shares_json(*run.ranks);
    return file;
}

ordered_json process_json(const std::optional<ProcessFacts>& process) {
    if (!process) return nullptr;
    return {{"threads", process->threads},
            {"loader_threads", process->loader_threads},
            {"jobs", process->jobs},
            {"cpu_model", process->cpu_model}};
}

ordered_json resumed_json(const std::vector<Resumption>& resumed) {
    ordered_json list = ordered_json::array();
    for (const Resumption& one : resumed)
        list.push_back({{"time", one.time},
                        {"run", one.run},
                        {"epochs", one.epochs},
                        {"before", process_json(one.before)}});
    return list;
}

ordered_json to_json(const MachineFacts& facts) {
    ordered_json caches = ordered_json::array();
    for (const CacheFacts& cache : facts.caches) {
        caches.push_back({{"level", cache.level},
                          {"type", cache.type},
                          {"bytes", cache.bytes},
                          {"instances", cache.instances}});
    }
    return {{"cpu_model", facts.cpu_model},
            {"sockets", or_null(facts.sockets)},
            {"physical_cores", or_null(facts.physical_cores)},
            {"hardware_threads", or_null(facts.hardware_threads)},
            {"usable_threads", facts.usable_threads},
            {"usable_cores", facts.usable_cores},
            {"cgroup_cpu_quota", or_null(facts.cgroup_cpu_quota)},
            {"caches", std::move(caches)},
            {"numa_nodes", or_null(facts.numa_nodes)},
            {"memory_bytes", or_null(facts.memory_bytes)},
            {"governor", or_null(facts.governor)},
            {"turbo", or_null(facts.turbo)},
            {"virtualisation", or_null(facts.virtualisation)},
            {"kernel", facts.kernel},
            {"os", facts.os},
            {"isa", facts.isa},
            {"onednn_isa", facts.onednn_isa},
            {"instructions", or_null(facts.instructions)},
            {"cpu_family", or_null(facts.cpu_family)},
            {"cpu_model_number", or_null(facts.cpu_model_number)},
            {"cpu_stepping", or_null(facts.cpu_stepping)},
            {"cpu_microcode", or_null(facts.cpu_microcode)},
            {"cpu_generation", or_null(facts.cpu_generation)}};
}

ordered_json to_json(const BuildFacts& facts) {
    return {{"version", facts.version},
            {"commit", facts.commit},
            {"dirty", facts.dirty},
            {"compiler", facts.compiler},
            {"flags", facts.flags},
            {"build_type", facts.build_type},
            {"onednn", facts.onednn},
            {"onednn_cpu_runtime", facts.onednn_cpu_runtime},
            {"tbb", facts.tbb},
            {"standard_library", facts.standard_library},
            {"libraries", facts.libraries}};
}

ordered_json to_json(const DatasetFacts& facts) {
    return {{"name", facts.name},
            {"sha256", facts.sha256},
            {"train_samples", facts.train_samples},
            {"test_samples", facts.test_samples},
            {"rows", facts.rows},
            {"columns", facts.columns},
            {"classes", facts.classes},
            {"synthetic", facts.synthetic}};
}

ordered_json to_json(const TrainConfig& config) {
    ordered_json optimizers = ordered_json::array();
    for (const OptimizerKind kind : config.optimizers) optimizers.push_back(name(kind));
    ordered_json written{{"optimizers", std::move(optimizers)},
                         {"epochs", config.epochs},
                         {"batch_size", config.batch_size},
                         {"test_batch_size", config.test_batch_size},
                         {"hidden", config.hidden},
                         {"precision", name(config.precision)}};
    for (const OptimizerSetting& setting : kOptimizerSettings) {
        if (is_recorded(setting, config.optimizers))
            written[underscored(setting.key)] = number(config.*setting.value);
    }
    written.update({{"schedule", name(config.schedule)},
                    {"peak_lr", or_null(config.peak_lr)},
                    {"warmup", peaks(config.schedule) ? number(config.warmup) : nullptr},
                    {"seed", config.seed},
                    {"seeds", config.seeds},
                    {"threads", config.threads},
                    {"threads_chosen", config.threads_auto ? ordered_json("auto") : nullptr},
                    {"loader_threads", config.loader_threads},
                    {"jobs", config.jobs},
                    {"shuffle", config.shuffle},
                    {"target_accuracy", number(config.target_accuracy)}});
    return written;
}

std::string train_result_json(const TrainResult& result) {
    ordered_json runs = ordered_json::array();
    for (const RunRecord& run : result.runs)
        runs.push_back(run_json(
            run, run.samples_per_second ? peak_share(result, *run.samples_per_second) : std::nullopt));
    ordered_json images = ordered_json::array();
    for (const SampleImage& image : result.sample_images) images.push_back(image_json(image));
    ordered_json file{{"schema", "mnist-results/1"},
                      {"kind", "train"},
                      {"created", result.created},
                      {"label", result.label},
                      {"interrupted", result.interrupted},
                      {"resumed", resumed_json(result.resumed)},
                      {"machine", to_json(result.machine)},
                      {"build", to_json(result.build)},
                      {"dataset", to_json(result.dataset)},
                      {"sample_images", std::move(images)},
                      {"config", to_json(result.config)},
                      {"initial_weights_sha256", or_null(result.initial_weights_sha256)},
                      {"primitives", primitives_json(result.primitives)},
                      {"grid", result.grid},
                      {"fma_peak_gflops", or_null(result.fma_peak_gflops)},
                      {"denormals_flushed", result.denormals_flushed},
                      {"runs", std::move(runs)}};
    if (result.cluster) file["cluster"] = to_json(*result.cluster);
    return file.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string utc_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace mnist
