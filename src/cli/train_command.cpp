// `mnist train`: settings, data and machine in; epoch lines, a result file and the closing report out. The
// result is written before the report is printed, so that a closed pipe costs nothing.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "app.hpp"
#include "checkpointing.hpp"
#include "console.hpp"
#include "data_loading.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/core/stop_signals.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/report/terminal.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/results/train_json.hpp"
#include "mnist/train/experiment.hpp"
#include "mnist/train/pictures.hpp"
#include "page_file.hpp"
#include "result_file.hpp"
#include "train_finish.hpp"
#include "train_observer.hpp"
#include "train_options.hpp"
#include "train_settings.hpp"
#include "train_teams.hpp"

namespace mnist {
namespace {

struct TrainFlags {
    std::map<std::string, CLI::Option*, std::less<>> settings;  ///< by key
    std::string config_file;
    CLI::Option* config = nullptr;
    std::string resume_folder;
    CLI::Option* resume = nullptr;
    bool print_config = false;
};

GivenFlags given_flags(const TrainFlags& flags) {
    GivenFlags given;
    for (const auto& [key, option] : flags.settings) {
        if (option->count() > 0) given.emplace(key, GivenValue{"--" + key, option->results()});
    }
    return given;
}

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

int train(const TrainOptions& options, std::optional<Checkpointing> checkpoints, Console& console) {
    require_precision(options.config.precision);  // before data are fetched for nothing
    const bool resumes = checkpoints.has_value();
    const std::string created = resumes ? checkpoints->head().created : utc_now();
    const std::optional<std::filesystem::path> result_file = plan_result_file(options.out, created);
    require_free_places(options, resumes);
    if (options.checkpoint && !resumes)
        checkpoints.emplace(Checkpointing::begin(*options.checkpoint, console));

    // From here on, so that a signal leaves a result however early it comes.
    const StopOnSignals stop(
        "mnist: stopping, the result so far is kept (a second signal ends the program at once)");
    const Dataset dataset = load_data(options.data, console);
    validate(options.config, &dataset);
    const std::vector<std::size_t> dims = network_dims(options.config, dataset);
    ExperimentInputs inputs{
        .config = options.config, .dataset = &dataset, .initial_model = {}, .cpus = usable_cpus()};
    if (options.init_model) inputs.initial_model = load_model(*options.init_model, dims);

    if (checkpoints) inputs.checkpoint_every = options.checkpoint_every;
    require_memory(inputs);
    inputs.widens = inputs.config.threads == 0;
    choose_teams(inputs, stop.flag());

    TrainResult result = prepare_result(options, dataset, created);
    const std::vector<int> team_cpus = cpus_of_teams(inputs);
    result.config.threads = inputs.config.threads;
    result.config.loader_threads = inputs.config.loader_threads;
    result.config.jobs = inputs.config.jobs;
    result.config.threads_auto = options.config.threads == 0;
    if (inputs.initial_model) result.initial_weights_sha256 = weights_sha256(*inputs.initial_model);
    if (checkpoints) {
        checkpoints->start(inputs, result, options);
        result.resumed = checkpoints->head().resumed;
    }
    measure_peak(result, team_cpus);
    warn_about_speed(result, inputs.cpus.order.size(), console);
    if (!options.quiet)
        console.print(fmt::format("{}; network {}\n", describe(dataset.facts), fmt::join(dims, "-")));

    if (resumes && !options.quiet)
        console.print(fmt::format("Resumed: {}\n", standing(inputs.progress.runs, options.config)));

    TrainObserver observer(options, dataset, console, checkpoints ? &*checkpoints : nullptr,
                           inputs.progress.runs);
    ExperimentOutcome outcome = run_experiment(inputs, observer, stop.flag());
    observer.tell_rest();
    result.runs = std::move(outcome.runs);
    result.primitives = std::move(outcome.primitives);
    result.grid = std::move(outcome.grid);
    result.interrupted = outcome.interrupted;
    measure_peak(result, team_cpus);

    if (result.interrupted && checkpoints && checkpoints->up_to_date()) {
        leave_for_later(result, *checkpoints, console);
    } else {
        finish_train(result, options, result_file, console);
    }
    observer.rethrow_save_failure();
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    if (options.target_accuracy_given) note_missed_targets(result, console);
    return console.exit_code(verdict(result, options.target_accuracy_given));
}

Console console_for(const TrainOptions& options) {
    return Console(!options.quiet, options.out == kStandardStream ? TextTo::error : TextTo::output);
}

int print_config(const TrainOptions& options) {
    Console console;
    console.print(train_options_toml(options));
    return console.exit_code(kExitFine);
}

int resume(const TrainFlags& flags) {
    const std::filesystem::path folder = GivenValue{"--resume", {flags.resume_folder}}.non_empty("a folder");
    const GivenFlags given = given_flags(flags);
    if (flags.config->count() > 0 || given.contains("checkpoint"))
        throw InputError(
            {.where = "--resume",
             .expected = "neither --config nor --checkpoint beside it",
             .found = flags.config->count() > 0 ? "--config" : "--checkpoint",
             .remedy = "The settings are in the checkpoint, and new ones go into the same folder"});
    Console early;
    Checkpointing checkpoints = Checkpointing::resume(folder, early);
    const TrainOptions options = read_resumed_options(checkpoints.head().settings, folder.string(), given);
    if (flags.print_config) return print_config(options);
    Console console = console_for(options);
    checkpoints.speak_through(console);
    return train(options, std::move(checkpoints), console);
}

std::string help_text(const Setting& setting) {
    std::string standard = setting.toml(TrainOptions{});
    if (standard.empty() || setting.kind == SettingKind::flag) return std::string(setting.help);
    std::erase_if(standard, [](char c) { return c == '[' || c == ']' || c == '"' || c == ' '; });
    return fmt::format("{} (default: {})", setting.help, standard);
}

void add_setting(CLI::App& command, const Setting& setting, TrainFlags& flags) {
    const std::string flag = "--" + std::string(setting.key);
    const std::string help =
        help_text(setting);  // const: a plain string would be taken for the option's variable
    const bool is_flag = setting.kind == SettingKind::flag;
    CLI::Option* option = is_flag ? command.add_flag(flag, help) : command.add_option(flag, help);
    option->group(std::string(setting.group))->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (!is_flag) option->type_name(std::string(setting.placeholder));
    flags.settings.emplace(setting.key, option);
}

}  // namespace

void add_train_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(
        app, "train", "Train with every optimizer, print each epoch, and leave a result file",
        {"mnist train                                 SGD, SGD + momentum and Adam, 25 epochs each",
         "mnist train --optimizer adam --seeds 5      five runs of Adam, for mean and spread",
         "mnist train --seeds 5 --jobs auto           the same of all optimizers, several runs side by side",
         "mnist train --epochs 10 --out fast.json     a shorter run with a name of its own",
         "mnist train --quiet --out - | jq .runs      the result to a program, the report to standard error",
         "mnist train --print-config > run.toml       keep the settings ...",
         "mnist train --config run.toml --seed 7      ... and use them, a flag wins over the file",
         "mnist train --preset record --seeds 10      97 % as fast as it goes, ten times",
         "mnist train --save-model models             keep the weights, PyTorch's names and shapes",
         "mnist train --checkpoint run1               keep checkpoints ...",
         "mnist train --resume run1                   ... and go on where it was cut off"});
    command->footer(command->get_footer() +
                    "\nExit codes: 0 fine; 1 a run diverged or missed a --target-accuracy that was given; 2 "
                    "bad usage or\n"
                    "input; 3 our own failure; 130 interrupted, with the result so far written (with "
                    "--checkpoint:\n"
                    "kept for --resume).\n\n" +
                    isa_limit_help());
    const auto flags = std::make_shared<TrainFlags>();
    flags->config = command
                        ->add_option("--config", flags->config_file,
                                     "Read settings from a TOML file; - for standard input")
                        ->type_name("FILE")
                        ->group("Configuration");
    flags->resume = command
                        ->add_option("--resume", flags->resume_folder,
                                     "Go on from the newest whole checkpoint in DIR, with its settings")
                        ->type_name("DIR")
                        ->group("Configuration");
    command->add_flag("--print-config", flags->print_config, "Print the settings as TOML and stop")
        ->group("Configuration");
    for (const Setting& setting : train_settings()) add_setting(*command, setting, *flags);

    command->callback([command, flags, &action] {
        action = [command, flags] {
            reject_unknown_words(*command);
            if (flags->resume->count() > 0) return resume(*flags);
            std::optional<std::filesystem::path> config_file;
            if (flags->config->count() > 0) config_file = flags->config_file;
            const TrainOptions options = read_train_options(config_file, given_flags(*flags));
            if (flags->print_config) return print_config(options);
            Console console = console_for(options);
            return train(options, std::nullopt, console);
        };
    });
}

}  // namespace mnist
