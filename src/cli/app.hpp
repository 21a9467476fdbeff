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

/// Adds a subcommand that leaves unknown words to reject_unknown_words, with examples below its help.
CLI::App* add_subcommand(CLI::App& app, const std::string& name, const std::string& description,
                         const std::vector<std::string>& examples);

/// Throws InputError for the first word that the parser could not place, with the nearest known one.
void reject_unknown_words(const CLI::App& command);

}  // namespace mnist
