// Reads result files, strictly: what a table or a comparison would later trip over is refused here, by the
// path of its key. Keys that nobody knows are left alone, so that files of newer programs can be read.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cluster_json.hpp"
#include "json_cursor.hpp"
#include "lenient_json.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/values.hpp"
#include "mnist/results/train_json.hpp"
#include "train_json_parts.hpp"

namespace mnist {
namespace {

int at_least_one(const JsonCursor& cursor) {
    return cursor.integer(1);
}
int whole(const JsonCursor& cursor) {
    return cursor.integer(0);
}
double amount(const JsonCursor& cursor) {
    return cursor.number(0);
}
double percent(const JsonCursor& cursor) {
    return cursor.number(0, 100);
}
double loss(const JsonCursor& cursor) {
    return cursor.number();
}
std::string text(const JsonCursor& cursor) {
    return cursor.string();
}
bool flag(const JsonCursor& cursor) {
    return cursor.boolean();
}
std::uint64_t count(const JsonCursor& cursor) {
    return cursor.unsigned_integer();
}

// Files from before runs could be side by side do not say it.
std::uint64_t jobs(const JsonCursor& object) {
    const auto found = object.find("jobs");
    return found ? std::max<std::uint64_t>(1, count(*found)) : 1;
}

OptimizerKind optimizer(const JsonCursor& cursor) {
    const std::optional<OptimizerKind> kind = optimizer_named(cursor.string());
    if (!kind) cursor.fail_of(optimizer_words());
    return *kind;
}

Precision precision(const JsonCursor& cursor) {
    const std::optional<Precision> known = precision_named(cursor.string());
    if (!known) cursor.fail_of(precision_words());
    return *known;
}

RunStatus status(const JsonCursor& cursor) {
    const std::string word = cursor.string();
    if (word == "completed") return RunStatus::completed;
    if (word == "diverged") return RunStatus::diverged;
    if (word != "interrupted") cursor.fail("\"completed\", \"diverged\" or \"interrupted\"");
    return RunStatus::interrupted;
}

MachineFacts machine(const JsonCursor& object) {
    MachineFacts facts;
    facts.cpu_model = object.at("cpu_model").string();
    facts.sockets = nullable(object.at("sockets"), at_least_one);
    facts.physical_cores = nullable(object.at("physical_cores"), at_least_one);
    facts.hardware_threads = nullable(object.at("hardware_threads"), at_least_one);
    facts.usable_threads = object.at("usable_threads").integer(1);
    facts.usable_cores = object.at("usable_cores").integer(1);
    facts.cgroup_cpu_quota = nullable(object.at("cgroup_cpu_quota"), amount);
    for (const JsonCursor& cache : object.at("caches").elements()) {
        facts.caches.push_back({.level = cache.at("level").integer(1),
                                .type = cache.at("type").string(),
                                .bytes = cache.at("bytes").unsigned_integer(),
                                .instances = cache.at("instances").integer(0)});
    }
    facts.numa_nodes = nullable(object.at("numa_nodes"), at_least_one);
    facts.memory_bytes = nullable(object.at("memory_bytes"), count);
    facts.governor = nullable(object.at("governor"), text);
    facts.turbo = nullable(object.at("turbo"), flag);
    facts.virtualisation = nullable(object.at("virtualisation"), text);
    facts.kernel = object.at("kernel").string();
    facts.os = object.at("os").string();
    facts.isa = object.at("isa").string();
    facts.onednn_isa = object.at("onednn_isa").string();
    // Files of older programs have none of these.
    const auto newer = [&](const char* key, auto& fact, auto read) {
        if (const auto value = object.find(key)) fact = nullable(*value, read);
    };
    newer("instructions", facts.instructions, text);
    newer("cpu_family", facts.cpu_family, whole);
    newer("cpu_model_number", facts.cpu_model_number, whole);
    newer("cpu_stepping", facts.cpu_stepping, whole);
    newer("cpu_microcode", facts.cpu_microcode, count);
    newer("cpu_generation", facts.cpu_generation, text);
    return facts;
}

BuildFacts build(const JsonCursor& object) {
    const auto libraries = object.find("libraries");
    return {.version = object.at("version").string(),
            .commit = object.at("commit").string(),
            .dirty = object.at("dirty").boolean(),
            .compiler = object.at("compiler").string(),
            .flags = object.at("flags").string(),
            .build_type = object.at("build_type").string(),
            .onednn = object.at("onednn").string(),
            .onednn_cpu_runtime = object.at("onednn_cpu_runtime").string(),
            .tbb = object.at("tbb").string(),
            .standard_library = object.at("standard_library").string(),
            .libraries = libraries ? libraries->string() : ""};
}

ScheduleKind schedule(const JsonCursor& cursor) {
    const std::optional<ScheduleKind> kind = schedule_named(cursor.string());
    if (!kind) cursor.fail_of(schedule_words());
    return *kind;
}

double rate(const JsonCursor& cursor) {
    return cursor.number();
}

TrainConfig config(const JsonCursor& object) {
    TrainConfig config;
    config.optimizers.clear();
    for (const JsonCursor& word : object.at("optimizers").elements())
        config.optimizers.push_back(optimizer(word));
    config.epochs = count(object.at("epochs"));
    config.batch_size = count(object.at("batch_size"));
    config.test_batch_size = count(object.at("test_batch_size"));
    config.hidden.clear();
    for (const JsonCursor& extent : object.at("hidden").elements()) config.hidden.push_back(count(extent));
    // Files written before there was a choice have no such word.
    if (const auto word = object.find("precision")) config.precision = precision(*word);
    for (const OptimizerSetting& setting : kOptimizerSettings) {
        if (is_recorded(setting, config.optimizers))
            config.*setting.value = object.at(underscored(setting.key)).number();
    }
    // Files from before there were schedules have none of these.
    if (const auto word = object.find("schedule")) config.schedule = schedule(*word);
    if (const auto peak = object.find("peak_lr")) config.peak_lr = nullable(*peak, rate);
    if (const auto share = object.find("warmup"))
        config.warmup = nullable(*share, rate).value_or(config.warmup);
    config.seed = count(object.at("seed"));
    config.seeds = count(object.at("seeds"));
    config.threads = count(object.at("threads"));
    // Files from before auto was a word do not say how the number came about.
    if (const auto chosen = object.find("threads_chosen"))
        config.threads_auto = nullable(*chosen, text) == "auto";
    config.loader_threads = count(object.at("loader_threads"));
    config.jobs = jobs(object);
    config.shuffle = object.at("shuffle").boolean();
    config.target_accuracy = object.at("target_accuracy").number();
    return config;
}

EpochRecord epoch(const JsonCursor& object) {
    return {.train_loss = nullable(object.at("train_loss"), loss),
            .test_loss = nullable(object.at("test_loss"), loss),
            .test_accuracy = nullable(object.at("test_accuracy"), percent),
            .train_seconds = amount(object.at("train_seconds")),
            .eval_seconds = amount(object.at("eval_seconds"))};
}

Disturbance disturbance(const JsonCursor& object) {
    Disturbance disturbance;
    for (const DisturbanceFact& fact : kDisturbanceFacts) {
        if (const auto value = object.find(fact.key))
            disturbance.*fact.value =
                nullable(*value, [&](const JsonCursor& cursor) { return cursor.number(0, fact.greatest); });
    }
    return disturbance;
}

void check_kind(const JsonCursor& file) {
    const JsonCursor schema = file.at("schema");
    if (schema.string() != "mnist-results/1") {
        schema.fail("\"mnist-results/1\"", kNewerProgram);
    }
    const JsonCursor kind = file.at("kind");
    if (kind.string() != "train") kind.fail("\"train\"", "Give a file that `mnist train` wrote");
}

}  // namespace

DatasetFacts read_dataset_facts(const JsonCursor& object) {
    return {.name = object.at("name").string(),
            .sha256 = object.at("sha256").string(),
            .train_samples = count(object.at("train_samples")),
            .test_samples = count(object.at("test_samples")),
            .rows = count(object.at("rows")),
            .columns = count(object.at("columns")),
            .classes = count(object.at("classes")),
            .synthetic = object.at("synthetic").boolean()};
}

RunRecord read_run(const JsonCursor& object, const DatasetFacts& facts) {
    RunRecord run;
    run.optimizer = optimizer(object.at("optimizer"));
    run.seed = count(object.at("seed"));
    if (const auto word = object.find("status")) run.status = status(*word);
    if (const auto message = object.find("message")) run.message = nullable(*message, text);
    for (const JsonCursor& record : object.at("epochs").elements()) run.epochs.push_back(epoch(record));
    const JsonCursor first_epoch = object.at("first_epoch_at_target");
    run.first_epoch_at_target = nullable(first_epoch, at_least_one);
    if (run.first_epoch_at_target && std::cmp_greater(*run.first_epoch_at_target, run.epochs.size())) {
        first_epoch.fail(fmt::format("null or one of the {} epochs of this run", run.epochs.size()));
    }
    run.seconds_to_target = nullable(object.at("seconds_to_target"), amount);
    run.best_accuracy = nullable(object.at("best_accuracy"), percent);
    run.last_accuracy = nullable(object.at("last_accuracy"), percent);
    run.samples_per_second = nullable(object.at("samples_per_second"), amount);
    if (const auto found = object.find("disturbance")) run.disturbance = disturbance(*found);
    run.confusion_matrix = read_confusion_matrix(object.at("confusion_matrix"), facts.classes);
    if (const auto mistakes = object.find("worst_mistakes")) {
        for (const JsonCursor& one : mistakes->elements())
            run.worst_mistakes.push_back(read_mistake(one, facts));
    }
    run.weights_sha256 = object.at("weights_sha256").string();
    if (const auto shares = object.find("ranks")) run.ranks = read_shares(*shares);
    return run;
}

std::optional<ProcessFacts> read_process(const JsonCursor& parent, const std::string& key) {
    const auto found = parent.find(key);
    if (!found || found->is_null()) return std::nullopt;
    return ProcessFacts{.threads = count(found->at("threads")),
                        .loader_threads = count(found->at("loader_threads")),
                        .cpu_model = found->at("cpu_model").string(),
                        .jobs = jobs(*found)};
}

std::vector<Resumption> read_resumed(const JsonCursor& array) {
    std::vector<Resumption> resumed;
    for (const JsonCursor& one : array.elements()) {
        resumed.push_back({.time = one.at("time").string(),
                           .run = count(one.at("run")),
                           .epochs = count(one.at("epochs")),
                           .before = read_process(one, "before")});
    }
    return resumed;
}

TrainResult parse_train_result(const std::string& text, const std::string& where) {
    require_result_size(text, where);
    const nlohmann::json root = parse_json(text, where, kMaxResultDepth);
    const JsonCursor file(root, where);
    check_kind(file);
    TrainResult result;
    result.created = file.at("created").string();
    result.label = file.at("label").string();
    if (const auto interrupted = file.find("interrupted")) result.interrupted = interrupted->boolean();
    if (const auto resumed = file.find("resumed")) result.resumed = read_resumed(*resumed);
    result.machine = machine(file.at("machine"));
    result.build = build(file.at("build"));
    result.dataset = read_dataset_facts(file.at("dataset"));
    if (const auto images = file.find("sample_images")) {
        for (const JsonCursor& one : images->elements())
            result.sample_images.push_back(read_image(one, result.dataset, result.dataset.train_samples));
    }
    result.config = config(file.at("config"));
    if (const auto initial = file.find("initial_weights_sha256"))
        result.initial_weights_sha256 = nullable(*initial, [](const JsonCursor& c) { return c.string(); });
    if (const auto primitives = file.find("primitives")) {
        for (const JsonCursor& primitive : primitives->elements()) {
            result.primitives.push_back({.operation = primitive.at("operation").string(),
                                         .shape = primitive.at("shape").string(),
                                         .implementation = primitive.at("implementation").string(),
                                         .weights_layout = primitive.at("weights_layout").string()});
        }
    }
    if (const auto peak = file.find("fma_peak_gflops")) result.fma_peak_gflops = nullable(*peak, amount);
    if (const auto grid = file.find("grid")) result.grid = grid->string();
    if (const auto flushed = file.find("denormals_flushed")) result.denormals_flushed = flushed->boolean();
    if (const auto cluster = file.find("cluster")) result.cluster = read_cluster(*cluster);
    for (const JsonCursor& record : file.at("runs").elements()) {
        result.runs.push_back(read_run(record, result.dataset));
    }
    return result;
}

TrainResult read_train_result(const std::filesystem::path& path) {
    return parse_train_result(read_file(path, kMaxResultBytes), path.string());
}

}  // namespace mnist
