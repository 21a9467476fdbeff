// CLI11 does the parsing. Unknown words are collected and judged here, because its own message neither says
// which subcommand was meant nor suggests a flag; its other errors are put into our words, so that all
// messages read alike.
#include "app.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <sstream>

#include "console.hpp"
#include "mnist/cluster/ranks.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/values.hpp"
#include "mnist/machine/fingerprint.hpp"

namespace mnist {
namespace {

constexpr int kHelpIndent = 34;

std::string version_line() {
    const BuildFacts build = build_facts();
    const std::string commit = build.commit.empty() ? "" : fmt::format(" ({})", build.commit.substr(0, 12));
    return fmt::format("mnist {}{}", build.version, commit);
}

std::string examples_text(const std::vector<std::string>& examples) {
    std::vector<std::string> lines;
    std::transform(examples.begin(), examples.end(), std::back_inserter(lines),
                   [](const std::string& line) { return as_called(line); });
    return fmt::format("Examples:\n  {}\n", fmt::join(lines, "\n  "));
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

// CLI11 keeps what it found in sentences only: "--epochs: 1 required N missing", "Could not convert: --json =
// 3".
InputError in_our_words(const CLI::ParseError& error) {
    const std::string text = error.what();
    const std::size_t begin = text.find("--");
    const std::size_t end = std::min(text.find_first_of(": =", std::min(begin, text.size())), text.size());
    InputFault fault{.where = "command line",
                     .expected = "arguments that --help lists",
                     .found = text,
                     .remedy = "See --help"};
    if (begin == std::string::npos) return InputError(fault);
    fault.where = text.substr(begin, end - begin);
    if (error.get_name() == "ArgumentMismatch") {
        fault.expected = "a value";
        fault.found = "nothing";
    } else if (const std::size_t equals = text.find("= ", end);
               error.get_name() == "ConversionError" && equals != std::string::npos) {
        fault.expected = "true, false or no value";
        fault.found = fmt::format("\"{}\"", text.substr(equals + 2));
    }
    return InputError(fault);
}

// Help and version are exceptions in CLI11, like errors.
int finish_parsing(const CLI::App& app, const CLI::ParseError& error, bool speaks) {
    std::ostringstream out;
    std::ostringstream err;
    if (app.exit(error, out, err) != 0) throw in_our_words(error);
    Console console(false, speaks ? TextTo::output : TextTo::nothing);
    console.print(out.str());
    return console.exit_code(kExitFine);
}

// The first word that the parser could not place is an error, with the nearest known one.
void reject_unknown_words(const CLI::App& command) {
    const std::vector<std::string> words = command.remaining();
    if (words.empty()) return;
    const std::string word = words.front().substr(0, words.front().find('='));
    const bool top = command.get_parent() == nullptr;
    std::vector<std::string> known;
    if (word.starts_with('-')) {
        for (const CLI::Option* option : command.get_options()) {
            for (const std::string& flag : option->get_lnames()) known.push_back("--" + flag);
        }
    } else if (top) {
        known = subcommand_names(command);
    }
    const std::string nearest = suggestion(word, known);
    throw InputError({.where = top ? "command line" : command.get_name(),
                      .expected = word.starts_with('-') ? "a known flag"
                                  : top                 ? fmt::format("one of {}", fmt::join(known, ", "))
                                                        : "no further word",
                      .found = fmt::format("\"{}\"", word),
                      .remedy = nearest.empty() ? "See --help" : nearest});
}

}  // namespace

CLI::App* add_subcommand(CLI::App& app, const std::string& name, const std::string& description,
                         const std::vector<std::string>& examples) {
    CLI::App* command = app.add_subcommand(name, description);
    command->allow_extras();
    command->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    command->footer(examples_text(examples));
    command->get_formatter()->column_width(kHelpIndent);
    return command;
}

namespace {

// The exit code where the words ask for nothing but text.
std::optional<int> parse(CLI::App& app, std::vector<std::string> words, bool speaks, const Action& action) {
    try {
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
        app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return finish_parsing(app, error, speaks);
    }
    reject_unknown_words(app);
    if (!action) {
        throw InputError({.where = "subcommand",
                          .expected = fmt::format("one of {}", fmt::join(subcommand_names(app), ", ")),
                          .found = "no subcommand",
                          .remedy = fmt::format("See {} --help", called("mnist"))});
    }
    static_cast<void>(isa_limit());  // a word that is no level is an error before anything is done
    for (const CLI::App* command : app.get_subcommands()) reject_unknown_words(*command);
    return std::nullopt;
}

}  // namespace

int run_app(int argc, char** argv) {
    CLI::App app(
        "Trains a perceptron on MNIST with SGD, SGD + momentum and Adam, and measures how fast this machine "
        "does it.",
        called("mnist"));
    app.allow_extras();
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", version_line);
    app.footer(examples_text({"mnist train                     the whole experiment",
                              "mnist train --epochs 2 --quiet  a quick look",
                              "mnist train --help              all that can be set"}));
    const std::vector<std::string> words = argument_words(argc, argv);
    // Of processes that train together one says what is wrong with the words, so they meet before anything is
    // parsed; wherever the word stands, since one that is overlooked would train alone.
    Ranks ranks(std::ranges::count(words, "train") > 0 ? Cluster::enter() : nullptr,
                [](const std::string& text) { Console().note(text); });
    Action action;
    add_train_command(app, action, ranks);
    add_eval_command(app, action);
    add_predict_command(app, action);
    add_quantize_command(app, action);
    add_export_command(app, action);
    add_fetch_command(app, action);
    add_info_command(app, action);
    add_compare_command(app, action);
    add_convert_command(app, action);
    add_history_command(app, action);
    add_report_command(app, action);
    return ranks.run([&] {
        std::optional<int> ended;
        ranks.together([&] { ended = parse(app, words, ranks.speaks(), action); });
        return ended ? *ended : action();
    });
}

}  // namespace mnist
