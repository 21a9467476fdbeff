// The keys of result files, a list a struct, with the limits of their numbers. newer(): files of earlier
// versions do not have it. Only inside this room.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "json_fields.hpp"
#include "mnist/core/values.hpp"

namespace mnist {

template <class Io, class Facts>
using FieldsOf = std::conditional_t<Io::kReads, Facts, const Facts>;

template <class Io>
void fields(const Io& io, FieldsOf<Io, CacheFacts>& cache) {
    io("level", cache.level, 1);
    io("type", cache.type);
    io("bytes", cache.bytes);
    io("instances", cache.instances, 0);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, MachineFacts>& facts) {
    io("cpu_model", facts.cpu_model);
    io("sockets", facts.sockets, 1);
    io("physical_cores", facts.physical_cores, 1);
    io("hardware_threads", facts.hardware_threads, 1);
    io("usable_threads", facts.usable_threads, 1);
    io("usable_cores", facts.usable_cores, 1);
    io("cgroup_cpu_quota", facts.cgroup_cpu_quota, 0);
    io("caches", facts.caches);
    io("numa_nodes", facts.numa_nodes, 1);
    io("memory_bytes", facts.memory_bytes);
    io("governor", facts.governor);
    io("turbo", facts.turbo);
    io("virtualisation", facts.virtualisation);
    io("kernel", facts.kernel);
    io("os", facts.os);
    io("isa", facts.isa);
    io("onednn_isa", facts.onednn_isa);
    io.newer("instructions", facts.instructions);
    io.newer("cpu_family", facts.cpu_family, 0);
    io.newer("cpu_model_number", facts.cpu_model_number, 0);
    io.newer("cpu_stepping", facts.cpu_stepping, 0);
    io.newer("cpu_microcode", facts.cpu_microcode);
    io.newer("cpu_generation", facts.cpu_generation);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, BuildFacts>& facts) {
    io("version", facts.version);
    io("commit", facts.commit);
    io("dirty", facts.dirty);
    io("compiler", facts.compiler);
    io("flags", facts.flags);
    io("build_type", facts.build_type);
    io("onednn", facts.onednn);
    io("onednn_cpu_runtime", facts.onednn_cpu_runtime);
    io("tbb", facts.tbb);
    io("standard_library", facts.standard_library);
    io.newer("libraries", facts.libraries);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, DatasetFacts>& facts) {
    io("name", facts.name);
    io("sha256", facts.sha256);
    io("train_samples", facts.train_samples);
    io("test_samples", facts.test_samples);
    io("rows", facts.rows);
    io("columns", facts.columns);
    io("classes", facts.classes);
    io("synthetic", facts.synthetic);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, TrainConfig>& config) {
    io("optimizers", config.optimizers);
    io("epochs", config.epochs);
    io("batch_size", config.batch_size);
    io("test_batch_size", config.test_batch_size);
    io("hidden", config.hidden);
    io.newer("precision", config.precision);
    for (const OptimizerSetting& setting : kOptimizerSettings)
        if (is_recorded(setting, config.optimizers)) io(underscored(setting.key), config.*setting.value);
    io.newer("schedule", config.schedule);
    io.newer("peak_lr", config.peak_lr);
    std::optional<double> warmup;
    if (peaks(config.schedule)) warmup = config.warmup;
    io.newer("warmup", warmup);
    io("seed", config.seed);
    io("seeds", config.seeds);
    io("threads", config.threads);
    std::optional<std::string> chosen;
    if (config.threads_auto) chosen = "auto";
    io.newer("threads_chosen", chosen);
    io("loader_threads", config.loader_threads);
    io.newer("jobs", config.jobs);
    io("shuffle", config.shuffle);
    io("target_accuracy", config.target_accuracy);
    if constexpr (Io::kReads) {
        config.warmup = warmup.value_or(config.warmup);
        config.threads_auto = chosen == "auto";
        config.jobs = std::max<std::size_t>(1, config.jobs);
    }
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, EpochRecord>& epoch) {
    io("train_loss", epoch.train_loss);
    io("test_loss", epoch.test_loss);
    io("test_accuracy", epoch.test_accuracy, 0, 100);
    io("train_seconds", epoch.train_seconds, 0);
    io("eval_seconds", epoch.eval_seconds, 0);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, Disturbance>& disturbance) {
    for (const DisturbanceFact& fact : kDisturbanceFacts)
        io.newer(fact.key, disturbance.*fact.value, 0, fact.greatest);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, RankShares>& shares) {
    io("compute_share", shares.compute_share, 0, 1);
    io("exchange_share", shares.exchange_share, 0, 1);
    io("imbalance", shares.imbalance, 0);
}

/// What only its data set makes out, and what is derived, is added by run_json() and read_run().
template <class Io>
void fields(const Io& io, FieldsOf<Io, RunRecord>& run) {
    io("optimizer", run.optimizer);
    io("seed", run.seed);
    io.newer("status", run.status);
    io.newer("message", run.message);
    io("epochs", run.epochs);
    io("first_epoch_at_target", run.first_epoch_at_target, 1);
    io("seconds_to_target", run.seconds_to_target, 0);
    io("best_accuracy", run.best_accuracy, 0, 100);
    io("last_accuracy", run.last_accuracy, 0, 100);
    io("samples_per_second", run.samples_per_second, 0);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, ProcessFacts>& process) {
    io("threads", process.threads);
    io("loader_threads", process.loader_threads);
    io.newer("jobs", process.jobs);
    io("cpu_model", process.cpu_model);
    if constexpr (Io::kReads) process.jobs = std::max<std::uint64_t>(1, process.jobs);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, Resumption>& one) {
    io("time", one.time);
    io("run", one.run);
    io("epochs", one.epochs);
    io.newer("before", one.before);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, PrimitiveFacts>& primitive) {
    io("operation", primitive.operation);
    io("shape", primitive.shape);
    io("implementation", primitive.implementation);
    io("weights_layout", primitive.weights_layout);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, RankFacts>& rank) {
    io("host", rank.host);
    io("cpu_model", rank.cpu_model);
    io("usable_cores", rank.usable_cores);
    io("threads", rank.threads);
    io("isa", rank.isa);
    io("onednn_isa", rank.onednn_isa);
    io("os", rank.os);
    io("kernel", rank.kernel);
}

template <class Io>
void fields(const Io& io, FieldsOf<Io, ClusterFacts>& cluster) {
    io("library", cluster.library);
    io("ranks", cluster.ranks);
    io("idle_ranks", cluster.idle_ranks);
    io("mixed", cluster.mixed);
}

/// What stands before the images of the data set, and between those and the runs.
template <class Io>
void fields_of_origin(const Io& io, FieldsOf<Io, TrainResult>& result) {
    io("created", result.created);
    io("label", result.label);
    io.newer("interrupted", result.interrupted);
    io.newer("resumed", result.resumed);
    io("machine", result.machine);
    io("build", result.build);
    io("dataset", result.dataset);
}
template <class Io>
void fields_of_training(const Io& io, FieldsOf<Io, TrainResult>& result) {
    io("config", result.config);
    io.newer("initial_weights_sha256", result.initial_weights_sha256);
    io.newer("primitives", result.primitives);
    io.newer("grid", result.grid);
    io.newer("fma_peak_gflops", result.fma_peak_gflops, 0);
    io.newer("denormals_flushed", result.denormals_flushed);
}

}  // namespace mnist
