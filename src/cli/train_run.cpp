// Everything that can be wrong is found before the first step; the result is written before the report is
// printed, so that a closed pipe costs nothing.
#include "train_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "data_loading.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/stop_signals.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/results/train_json.hpp"
#include "mnist/train/pictures.hpp"
#include "mnist/train/ranks.hpp"
#include "page_file.hpp"
#include "result_file.hpp"
#include "train_finish.hpp"
#include "train_observer.hpp"
#include "train_teams.hpp"

namespace mnist {
namespace {

// What is known before the first step, apart from the peak.
TrainResult prepare_result(const TrainOptions& options, const Dataset& dataset, std::string created) {
    TrainResult result;
    result.created = std::move(created);
    result.label = options.label.value_or(host_name());
    result.machine = machine_facts();
    result.build = build_facts();
    result.dataset = dataset.facts;
    result.sample_images = sample_images(dataset);
    result.config = options.config;
    return result;
}

// A target that was asked for counts as missed when any run, with any seed, never reached it.
int verdict(const TrainResult& result, bool target_given) {
    if (result.interrupted) return kExitInterrupted;
    for (const RunRecord& run : result.runs) {
        if (run.status == RunStatus::diverged) return kExitNegative;
        if (target_given && !run.first_epoch_at_target) return kExitNegative;
    }
    return kExitFine;
}

void note_missed_targets(const TrainResult& result, Console& console) {
    for (const RunRecord& run : result.runs) {
        if (run.status != RunStatus::completed || run.first_epoch_at_target) continue;
        console.note(
            fmt::format("{}, seed {}, did not reach {} %: train longer (--epochs) or lower --target-accuracy",
                        title(run.optimizer), run.seed, result.config.target_accuracy));
    }
}

void require_free_places(const TrainOptions& options, bool resumes) {
    if (options.report) require_free_page(*options.report);
    if (!options.save_model) return;
    if (resumes) {  // the models of whole runs are there
        require_writable(*options.save_model, *options.save_model);
    } else {
        require_free_model_files(*options.save_model, options.config);
    }
}

// An interrupted training that can be gone on with has no result yet: its file stays free for the final one.
void leave_for_later(const TrainResult& result, const Checkpointing& checkpoints, Console& console) {
    console.print(fmt::format("{}\nCheckpoint: {}\nTo go on: mnist train --resume {}\n",
                              train_report(result, console.style()), printable(checkpoints.folder().string()),
                              printable(checkpoints.folder().string())));
}

// Before anything is read that takes long.
void take_places(Training& training, const TrainOptions& options, Console& console) {
    const bool resumes = training.checkpoints.has_value();
    training.result.created = resumes ? training.checkpoints->head().created : utc_now();
    training.result_file = plan_result_file(options.out, training.result.created);
    require_free_places(options, resumes);
    if (options.checkpoint && !resumes)
        training.checkpoints.emplace(Checkpointing::begin(*options.checkpoint, console));
}

void prepare(Training& training, const TrainOptions& options) {
    validate(options.config, &training.dataset);
    ExperimentInputs& inputs = training.inputs;
    inputs = {
        .config = options.config, .dataset = &training.dataset, .initial_model = {}, .cpus = usable_cpus()};
    if (options.init_model)
        inputs.initial_model =
            load_model(*options.init_model, network_dims(options.config, training.dataset));
    if (options.checkpoint) inputs.checkpoint_every = options.checkpoint_every;
    require_memory(inputs);
    inputs.widens = inputs.config.threads == 0;
    training.result = prepare_result(options, training.dataset, training.result.created);
    if (inputs.initial_model) training.result.initial_weights_sha256 = weights_sha256(*inputs.initial_model);
}

// With everything that is chosen by now.
void start(Training& training, const TrainOptions& options, Ranks& ranks) {
    TrainResult& result = training.result;
    ExperimentInputs& inputs = training.inputs;
    result.config.threads = inputs.config.threads;
    result.config.loader_threads = inputs.config.loader_threads;
    result.config.jobs = inputs.config.jobs;
    result.config.threads_auto = options.config.threads == 0;
    if (training.checkpoints) {
        training.checkpoints->start(inputs, result, options);
        result.resumed = training.checkpoints->head().resumed;
    } else if (!ranks.speaks()) {
        inputs.progress = std::move(training.progress);
    }
}

// Each rank comes to the same places; where one cannot go on, none does.
void begin(Training& training, const TrainOptions& options, const std::atomic<bool>& stop, Console& console,
           Ranks& ranks) {
    const bool reads = ranks.speaks() || !options.data_from_root;
    ranks.together([&] {
        require_precision(options.config.precision);  // before data are fetched for nothing
        if (ranks.speaks()) take_places(training, options, console);
        if (reads) training.dataset = load_data(options.data, console);
    });
    if (ranks.cluster() != nullptr && options.data_from_root) share_data(*ranks.cluster(), training.dataset);
    const std::vector<std::string> cards = ranks.together([&] {
        prepare(training, options);
        return ranks.cluster() != nullptr ? rank_card(training.inputs, training.result) : std::string();
    });
    ranks.together([&] {
        if (ranks.cluster() != nullptr)
            settle_ranks(*ranks.cluster(), cards, options.allow_mixed, training.inputs, training.result);
        else
            choose_teams(training.inputs, stop);
    });
    ranks.together([&] { start(training, options, ranks); });
}

}  // namespace

int train(const TrainOptions& options, Training training, Console& console, Ranks& ranks) {
    const bool resumes = training.checkpoints.has_value();
    // From here on, so that a signal leaves a result however early it comes.
    const StopOnSignals stop(
        ranks.speaks()
            ? "mnist: stopping, the result so far is kept (a second signal ends the program at once)"
            : "");
    begin(training, options, stop.flag(), console, ranks);
    ExperimentInputs& inputs = training.inputs;
    TrainResult& result = training.result;
    std::optional<Checkpointing>& checkpoints = training.checkpoints;
    const std::vector<int> team_cpus = cpus_of_teams(inputs);
    measure_peak(result, team_cpus, ranks.cluster());
    warn_about_speed(result, inputs.cpus.order.size(), console);
    if (!options.quiet)
        console.print(fmt::format("{}; network {}\n", describe(training.dataset.facts),
                                  fmt::join(network_dims(options.config, training.dataset), "-")));

    if (resumes && !options.quiet)
        console.print(fmt::format("Resumed: {}\n", standing(inputs.progress.runs, options.config)));

    TrainObserver observer(options, training.dataset, console, checkpoints ? &*checkpoints : nullptr,
                           inputs.progress.runs);
    ExperimentObserver nobody;
    ExperimentOutcome outcome = ranks.speaks() ? run_experiment(inputs, observer, stop.flag())
                                               : run_experiment(inputs, nobody, stop.flag());
    if (!ranks.speaks()) {
        if (outcome.failure) std::rethrow_exception(outcome.failure);
        return kExitFine;
    }
    observer.tell_rest();
    result.runs = std::move(outcome.runs);
    result.primitives = std::move(outcome.primitives);
    result.grid = std::move(outcome.grid);
    result.interrupted = outcome.interrupted;
    if (ranks.cluster() == nullptr) measure_peak(result, team_cpus);

    if (result.interrupted && checkpoints && checkpoints->up_to_date()) {
        leave_for_later(result, *checkpoints, console);
    } else {
        finish_train(result, options, training.result_file, console);
    }
    observer.rethrow_save_failure();
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    if (options.target_accuracy_given) note_missed_targets(result, console);
    return console.exit_code(verdict(result, options.target_accuracy_given));
}

}  // namespace mnist
