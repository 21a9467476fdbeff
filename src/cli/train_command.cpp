// `mnist train`: flags, files and checkpoints in, which become the options of a training.
#include <fmt/format.h>

#include <memory>

#include "app.hpp"
#include "checkpointing.hpp"
#include "console.hpp"
#include "mnist/cluster/ranks.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/train/checkpoint.hpp"
#include "train_options.hpp"
#include "train_run.hpp"
#include "train_settings.hpp"

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

Console console_for(const TrainOptions& options, const Ranks& ranks) {
    if (!ranks.speaks()) return Console(false, TextTo::nothing);
    return Console(!options.quiet, options.out == kStandardStream ? TextTo::error : TextTo::output);
}

int print_config(const TrainOptions& options) {
    Console console;
    console.print(train_options_toml(options));
    return console.exit_code(kExitFine);
}

// Of a rank that does not speak: it trains, and writes nothing.
void silence(TrainOptions& options) {
    options.quiet = true;
    for (auto* const path : {&options.save_model, &options.out, &options.report}) path->reset();
}

int train_as_one(TrainOptions options, Training training, Ranks& ranks) {
    if (!ranks.speaks()) silence(options);
    Console console = console_for(options, ranks);
    if (training.checkpoints) training.checkpoints->speak_through(console);
    return train(options, std::move(training), console, ranks);
}

// The checkpoint is read by one process, which locks it; the others get what it has found.
int resume(const TrainFlags& flags, Ranks& ranks) {
    const std::filesystem::path folder = GivenValue{"--resume", {flags.resume_folder}}.non_empty("a folder");
    const GivenFlags given = given_flags(flags);
    Training training;
    Console early;
    ranks.together([&] {
        if (flags.config->count() > 0 || given.contains("checkpoint"))
            throw InputError(
                {.where = "--resume",
                 .expected = "neither --config nor --checkpoint beside it",
                 .found = flags.config->count() > 0 ? "--config" : "--checkpoint",
                 .remedy = "The settings are in the checkpoint, and new ones go into the same folder"});
        if (ranks.speaks()) training.checkpoints.emplace(Checkpointing::resume(folder, early));
    });
    std::string settings = training.checkpoints ? training.checkpoints->head().settings : std::string();
    if (ranks.cluster() != nullptr) {
        std::string content = ranks.speaks() ? training.checkpoints->content() : std::string();
        broadcast_text(*ranks.cluster(), content);
        Checkpoint found = parse_checkpoint(content, folder.string());
        settings = std::move(found.head.settings);
        training.progress = std::move(found.progress);
    }
    TrainOptions options;
    ranks.together([&] { options = read_resumed_options(settings, folder.string(), given); });
    if (flags.print_config) return ranks.speaks() ? print_config(options) : kExitFine;
    return train_as_one(std::move(options), std::move(training), ranks);
}

int begin_anew(const TrainFlags& flags, Ranks& ranks) {
    TrainOptions options;
    ranks.together([&] {
        std::optional<std::filesystem::path> config_file;
        if (flags.config->count() > 0) config_file = flags.config_file;
        options = read_train_options(config_file, given_flags(flags));
    });
    if (flags.print_config) return ranks.speaks() ? print_config(options) : kExitFine;
    return train_as_one(std::move(options), {}, ranks);
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

void add_train_command(CLI::App& app, Action& action, Ranks& ranks) {
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
    flags->config = add_word(*command, "--config", flags->config_file, "FILE",
                             "Read settings from a TOML file; - for standard input")
                        ->group("Configuration");
    flags->resume = add_word(*command, "--resume", flags->resume_folder, "DIR",
                             "Go on from the newest whole checkpoint in DIR, with its settings")
                        ->group("Configuration");
    command->add_flag("--print-config", flags->print_config, "Print the settings as TOML and stop")
        ->group("Configuration");
    for (const Setting& setting : train_settings()) add_setting(*command, setting, *flags);

    command->callback([flags, &action, &ranks] {
        action = [flags, &ranks] {
            return flags->resume->count() > 0 ? resume(*flags, ranks) : begin_anew(*flags, ranks);
        };
    });
}

}  // namespace mnist
