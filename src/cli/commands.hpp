// The subcommands. Each adds itself to the parser; when the user chose it, `action` becomes what it does and
// returns the exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace mnist {

class Ranks;

using Action = std::function<int()>;

/// `ranks` is not owned.
void add_train_command(CLI::App& app, Action& action, Ranks& ranks);
void add_eval_command(CLI::App& app, Action& action);
void add_predict_command(CLI::App& app, Action& action);
void add_quantize_command(CLI::App& app, Action& action);
void add_export_command(CLI::App& app, Action& action);
void add_fetch_command(CLI::App& app, Action& action);
void add_info_command(CLI::App& app, Action& action);
void add_compare_command(CLI::App& app, Action& action);
void add_convert_command(CLI::App& app, Action& action);
void add_history_command(CLI::App& app, Action& action);
void add_report_command(CLI::App& app, Action& action);

}  // namespace mnist
