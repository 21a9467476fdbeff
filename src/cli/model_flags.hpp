// The words about a model file that subcommands share: --model, and --mean and --std for a file that does not
// say what its weights were trained on.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "mnist/models/model_file.hpp"

namespace mnist {

struct ModelFlags {
    std::string file;  ///< as the user named it
    CLI::Option* mean = nullptr;
    CLI::Option* std = nullptr;

    /// Adds the three flags; `help` is that of --model.
    void add_to(CLI::App& command, const std::string& help);
    /// Throws InputError without --model; `command` is named.
    void require_file(const std::string& command) const;
    /// What the flags say; empty without them. Throws InputError for one without the other and for what is no
    /// number within the bounds of models/normalisation.hpp.
    [[nodiscard]] std::optional<Normalisation> normalisation() const;
    /// Whether the file is a quantised model, whose weights hold the normalisation. Throws InputError where
    /// the flags say one all the same, and where it is no model file.
    [[nodiscard]] bool quantized() const;
};

}  // namespace mnist
