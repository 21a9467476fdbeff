// The data set that the words of a subcommand ask for, with what there is to say about it on the
// console.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "console.hpp"
#include "data_options.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/data/folder.hpp"

namespace mnist {

/// The words about data of a subcommand that has no settings file.
struct DataFlags {
    CLI::Option* dataset = nullptr;
    CLI::Option* data_dir = nullptr;
    CLI::Option* prefix = nullptr;

    /// Adds --dataset, --data-dir and --data-prefix. `use` goes on behind the names of the sets in the help.
    void add_to(CLI::App& command, const std::string& use = "");
    /// What they and the environment say. Throws InputError.
    [[nodiscard]] DataOptions options() const;
};

/// Loads what the options say; progress, notes and warnings go to standard error. Throws InputError.
[[nodiscard]] Dataset load_data(const DataOptions& options, Console& console, DataNeed need = DataNeed::all);

/// Throws InputError, which names the model's file, where its extents do not fit the data. Of a test set
/// alone the classes are those that its labels show, and a model may have more.
void require_fit(const std::vector<std::size_t>& dims, const std::string& model_file, const Dataset& dataset);

}  // namespace mnist
