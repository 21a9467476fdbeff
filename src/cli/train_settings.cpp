// One row a setting. What depends on the data is checked by the training itself.
#include "train_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mnist/core/datasets.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/presets.hpp"
#include "mnist/core/remedies.hpp"
#include "mnist/train/experiment.hpp"
#include "toml.hpp"

namespace mnist {
namespace {

std::string whole(std::uint64_t number) {
    return std::to_string(number);
}

// Shortest text that reads back to the same number; TOML's reals need a point or an exponent.
std::string real(double number) {
    std::string text = fmt::format("{}", number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string boolean(bool value) {
    return value ? "true" : "false";
}

std::string path_or_nothing(const std::optional<std::filesystem::path>& path) {
    return path ? toml_string(path->string()) : "";
}

void set_optimizers(TrainOptions& options, const GivenValue& given) {
    std::vector<OptimizerKind> chosen;
    for (const GivenValue& word : given.elements(either_of(optimizer_words()))) {
        word.require_one_of(optimizer_words());
        const OptimizerKind kind = *optimizer_named(word.text());
        if (std::find(chosen.begin(), chosen.end(), kind) != chosen.end()) {
            throw InputError({.where = given.where,
                              .expected = "each optimizer once",
                              .found = fmt::format("\"{}\" twice", word.text()),
                              .remedy = "Use --seeds for several runs of each"});
        }
        chosen.push_back(kind);
    }
    options.config.optimizers = chosen;
}

std::string optimizers(const TrainOptions& options) {
    std::vector<std::string> words;
    for (const OptimizerKind kind : options.config.optimizers) words.push_back(toml_string(name(kind)));
    return fmt::format("[{}]", fmt::join(words, ", "));
}

void set_hidden(TrainOptions& options, const GivenValue& given) {
    options.config.hidden.clear();
    for (const GivenValue& size : given.elements("sizes of the hidden layers"))
        options.config.hidden.push_back(size.count(1, kMostHidden));
    options.hidden_given = true;
}

void set_preset(TrainOptions& options, const GivenValue& given) {
    given.require_one_of(preset_names());
    apply_preset(options.config, given.text());
    options.preset = given.text();
    options.warmup_given = true;
    options.hidden_given = true;
    options.target_accuracy_given = true;
}

std::string schedule_help() {
    std::vector<std::string> words;
    words.reserve(kSchedules.size());
    for (const ScheduleRow& row : kSchedules)
        words.push_back(row.shape.empty() ? std::string(row.word)
                                          : fmt::format("{}: {}", row.word, row.shape));
    return either_of(words);
}

// What a preset or a file said about the cycle goes with the cycle.
void set_schedule(TrainOptions& options, const GivenValue& given) {
    given.require_one_of(schedule_words());
    options.config.schedule = *schedule_named(given.text());
    if (peaks(options.config.schedule)) return;
    options.config.peak_lr.reset();
    options.warmup_given = false;
}

std::vector<Setting> configuration_settings() {
    return {{"preset", SettingKind::text, "NAME", "Configuration",
             "record, record-bf16: settings for the fastest way to 97 %, which the others overrule (see "
             "bench/RECORD.md)",
             "\"record\"", "no preset", set_preset,
             [](const TrainOptions& o) { return o.preset ? toml_string(*o.preset) : ""; }}};
}

std::vector<Setting> data_settings() {
    using O = TrainOptions;
    using G = GivenValue;
    return {
        {"dataset", SettingKind::text, "NAME", "Data", either_of(dataset_words()), "\"mnist\"",
         "MNIST, or whatever the data folder holds", [](O& o, const G& g) { set_dataset(o.data, g); },
         [](const O& o) { return o.data.dataset ? toml_string(*o.data.dataset) : ""; }},
        {"data-dir", SettingKind::text, "DIR", "Data", "Folder of the four IDX files, plain or .gz",
         "\"data/mnist\"", "MNIST_DATA_DIR, else data/<dataset>",
         [](O& o, const G& g) { set_data_dir(o.data, g); },
         [](const O& o) { return path_or_nothing(o.data.data_dir ? o.data.data_dir : o.data.env_dir); }},
        {"data-prefix", SettingKind::text, "TEXT", "Data",
         "Of several sets in the folder the one whose files' names begin so", "\"emnist-digits-\"",
         "the only set in the folder", [](O& o, const G& g) { set_data_prefix(o.data, g); },
         [](const O& o) { return o.data.prefix ? toml_string(*o.data.prefix) : ""; }},
        {"no-shuffle", SettingKind::flag, "", "Data", "Keep the order of the training set in every epoch", "",
         "", [](O& o, const G& g) { o.config.shuffle = !g.boolean(); },
         [](const O& o) { return boolean(!o.config.shuffle); }},
        {"loader-threads", SettingKind::whole, "N", "Data",
         "Threads that prepare batches ahead; 0: the compute threads do it", "", "",
         [](O& o, const G& g) { o.config.loader_threads = g.count(0, kMostThreads); },
         [](const O& o) { return whole(o.config.loader_threads); }},
    };
}

std::vector<Setting> training_settings() {
    using O = TrainOptions;
    using G = GivenValue;
    return {
        {"optimizer", SettingKind::texts, "LIST", "Training",
         fmt::format("Any of {}, in the order of the runs", fmt::join(optimizer_words(), ", ")), "", "",
         set_optimizers, optimizers},
        {"epochs", SettingKind::whole, "N", "Training", "Passes over the training set; 0 trains nothing", "",
         "", [](O& o, const G& g) { o.config.epochs = g.count(0, kMostEpochs); },
         [](const O& o) { return whole(o.config.epochs); }},
        {"batch-size", SettingKind::whole, "N", "Training", "Images a step", "", "",
         [](O& o, const G& g) { o.config.batch_size = g.count(1, kMostBatch); },
         [](const O& o) { return whole(o.config.batch_size); }},
        {"test-batch-size", SettingKind::whole, "N", "Training", "Images at once in the evaluation", "", "",
         [](O& o, const G& g) { o.config.test_batch_size = g.count(1, kMostBatch); },
         [](const O& o) { return whole(o.config.test_batch_size); }},
        {"hidden", SettingKind::wholes, "LIST", "Training", "Sizes of the hidden layers", "", "", set_hidden,
         [](const O& o) { return fmt::format("[{}]", fmt::join(o.config.hidden, ", ")); }},
        {"precision", SettingKind::text, "WORD", "Training",
         "f32, or bf16 where the CPU multiplies it: faster; saved weights and evaluation stay f32", "", "",
         [](O& o, const G& g) {
             g.require_one_of(precision_words());
             o.config.precision = *precision_named(g.text());
         },
         [](const O& o) { return toml_string(name(o.config.precision)); }},
    };
}

std::vector<Setting> optimizer_settings() {
    std::vector<Setting> settings;
    for (const OptimizerSetting& one : kOptimizerSettings) {
        if (one.help.empty()) continue;
        settings.push_back(
            {one.key, SettingKind::real, one.placeholder, "Training", std::string(one.help), "", "",
             [&one](TrainOptions& o, const GivenValue& g) {
                 o.config.*one.value = one.range == NumberRange::share ? g.share() : g.positive();
             },
             [&one](const TrainOptions& o) { return real(o.config.*one.value); }});
    }
    return settings;
}

std::vector<Setting> course_settings() {
    using O = TrainOptions;
    using G = GivenValue;
    return {
        {"schedule", SettingKind::text, "NAME", "Training", schedule_help(), "", "", set_schedule,
         [](const O& o) { return toml_string(name(o.config.schedule)); }},
        {"peak-lr", SettingKind::real, "RATE", "Training",
         "Highest learning rate of " + either_of(schedule_words(true)), "0.005", "each optimizer's own rate",
         [](O& o, const G& g) { o.config.peak_lr = g.positive(); },
         [](const O& o) { return o.config.peak_lr ? real(*o.config.peak_lr) : ""; }},
        {"warmup", SettingKind::real, "SHARE", "Training",
         "Share of the steps in which it rises to --peak-lr (default: 0.3)", "0.3",
         "0.3 with " + either_of(schedule_words(true)),
         [](O& o, const G& g) {
             o.config.warmup = g.share();
             o.warmup_given = true;
         },
         [](const O& o) { return o.warmup_given ? real(o.config.warmup) : ""; }},
        {"seed", SettingKind::whole, "N", "Training", "First seed of weights and shuffles", "", "",
         [](O& o, const G& g) { o.config.seed = g.count(0, UINT64_MAX); },
         [](const O& o) { return whole(o.config.seed); }},
        {"seeds", SettingKind::whole, "K", "Training", "Runs of each optimizer, with K seeds in a row", "",
         "", [](O& o, const G& g) { o.config.seeds = g.count(1, kMostSeeds); },
         [](const O& o) { return whole(o.config.seeds); }},
        {"jobs", SettingKind::whole_or_auto, "N", "Training",
         "Runs side by side, each on cores of its own; auto: as many as end all of them soonest", "", "",
         [](O& o, const G& g) { o.config.jobs = g.count_or_auto(kMostThreads, kJobsRemedy); },
         [](const O& o) { return o.config.jobs == 0 ? toml_string("auto") : whole(o.config.jobs); }},
        {"threads", SettingKind::whole_or_auto, "N", "Training",
         "Compute threads of a run; auto: as many as train fastest on the cores that may be used, with "
         "--jobs "
         "N one",
         "", "", [](O& o, const G& g) { o.config.threads = g.count_or_auto(kMostThreads, kThreadsRemedy); },
         [](const O& o) { return o.config.threads == 0 ? toml_string("auto") : whole(o.config.threads); }},
        {"init-model", SettingKind::text, "FILE", "Training", "Start from these weights (safetensors)",
         "\"models/adam-seed0.safetensors\"", "random weights by seed",
         [](O& o, const G& g) { o.init_model = g.non_empty("a file"); },
         [](const O& o) { return path_or_nothing(o.init_model); }},
    };
}

std::vector<Setting> result_settings() {
    using O = TrainOptions;
    using G = GivenValue;
    return {
        {"target-accuracy", SettingKind::real, "PERCENT", "Results",
         "Mark where it is reached; explicitly given, missing it makes the exit code 1 (default: 97)", "97.0",
         "97.0 as well, but without effect on the exit code",
         [](O& o, const G& g) {
             o.config.target_accuracy = g.percentage();
             o.target_accuracy_given = true;
         },
         [](const O& o) { return o.target_accuracy_given ? real(o.config.target_accuracy) : ""; }},
        {"label", SettingKind::text, "TEXT", "Results", "What the result calls this machine or change",
         "\"my machine\"", "the host's name", [](O& o, const G& g) { o.label = g.non_empty("a label"); },
         [](const O& o) { return o.label ? toml_string(*o.label) : ""; }},
        {"out", SettingKind::text, "FILE", "Results",
         "Result file, in missing folders too; never overwrites one; - for standard output",
         "\"result.json\"", "mnist-train-<UTC time>.json in the current folder",
         [](O& o, const G& g) { o.out = g.non_empty("a file"); },
         [](const O& o) { return path_or_nothing(o.out); }},
        {"report", SettingKind::text, "FILE.html", "Results",
         "Also write the result as a page to look at, as `mnist report` does; never overwrites one",
         "\"report.html\"", "no page", [](O& o, const G& g) { o.report = g.non_empty("a file"); },
         [](const O& o) { return path_or_nothing(o.report); }},
        {"save-model", SettingKind::text, "DIR", "Results",
         "Write every run's weights to DIR/<optimizer>-seed<N>.safetensors; DIR is created", "\"models\"",
         "weights are not kept", [](O& o, const G& g) { o.save_model = g.non_empty("a folder"); },
         [](const O& o) { return path_or_nothing(o.save_model); }},
        {"checkpoint", SettingKind::text, "DIR", "Results",
         "Keep in DIR what --resume DIR needs to go on, should the training be cut off; DIR is created",
         "\"checkpoints\"", "no checkpoints",
         [](O& o, const G& g) { o.checkpoint = g.non_empty("a folder"); },
         [](const O& o) { return path_or_nothing(o.checkpoint); }},
        {"checkpoint-every", SettingKind::whole, "N", "Results", "Epochs from one checkpoint to the next", "",
         "", [](O& o, const G& g) { o.checkpoint_every = g.count(1, kMostEpochs); },
         [](const O& o) { return whole(o.checkpoint_every); }},
        {"quiet", SettingKind::flag, "", "Results",
         "Only the closing summary, no epoch lines and no progress", "", "",
         [](O& o, const G& g) { o.quiet = g.boolean(); }, [](const O& o) { return boolean(o.quiet); }},
    };
}

std::vector<Setting> rank_settings() {
    using O = TrainOptions;
    using G = GivenValue;
    return {
        {"data-from-root", SettingKind::flag, "", "Several processes (docs/cluster.md)",
         "The first process alone reads the data and hands them on", "", "",
         [](O& o, const G& g) { o.data_from_root = g.boolean(); },
         [](const O& o) { return boolean(o.data_from_root); }},
        {"allow-mixed", SettingKind::flag, "", "Several processes (docs/cluster.md)",
         "Train on different instructions or libraries too: the bits then are those of this mixture", "", "",
         [](O& o, const G& g) { o.allow_mixed = g.boolean(); },
         [](const O& o) { return boolean(o.allow_mixed); }},
    };
}

std::vector<Setting> all_settings() {
    std::vector<Setting> all = configuration_settings();
    for (const std::vector<Setting>& more : {data_settings(), training_settings(), optimizer_settings(),
                                             course_settings(), result_settings(), rank_settings()})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace

std::string Setting::toml_key() const {
    return underscored(key);
}

const std::vector<Setting>& train_settings() {
    static const std::vector<Setting> settings = all_settings();
    return settings;
}

}  // namespace mnist
