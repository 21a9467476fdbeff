// The command line as a whole: subcommands, version, and errors for words that nobody knows.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "commands.hpp"

namespace mnist {

/// Builds the parser, reads the arguments, runs the chosen subcommand and returns its exit code. Errors are
/// thrown.
[[nodiscard]] int run_app(int argc, char** argv);

/// Adds a subcommand that leaves unknown words to run_app, with examples below its help.
CLI::App* add_subcommand(CLI::App& app, const std::string& name, const std::string& description,
                         const std::vector<std::string>& examples);

/// An option with a value, or with a list of them, that the help calls `placeholder`.
template <class Value>
CLI::Option* add_word(CLI::App& command, const std::string& name, Value& value,
                      const std::string& placeholder, const std::string& help) {
    return command.add_option(name, value, help)->type_name(placeholder);
}

}  // namespace mnist
