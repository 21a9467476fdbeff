// Only takes words; what they mean for a file is decided where it is read.
#include "model_flags.hpp"

#include "mnist/core/error.hpp"
#include "mnist/core/values.hpp"
#include "mnist/models/normalisation.hpp"
#include "mnist/models/quantized_file.hpp"

namespace mnist {

void ModelFlags::add_to(CLI::App& command, const std::string& help) {
    command.add_option("--model", file, help)->type_name("FILE");
    const auto number = [&](const std::string& name, const std::string& what) {
        return command.add_option(name, what)->type_name("NUMBER");
    };
    mean =
        number("--mean",
               "For a model file without a normalisation: it reads (p - MEAN) / STD, p from 0 to 1 (default: "
               "0.5)");
    std = number("--std", "STD of that, as in PyTorch's transforms.Normalize (default: 0.5)");
}

void ModelFlags::require_file(const std::string& command) const {
    if (!file.empty()) return;
    throw InputError({.where = command,
                      .expected = "--model FILE",
                      .found = "none",
                      .remedy = "mnist train --save-model DIR writes such files"});
}

std::optional<Normalisation> ModelFlags::normalisation() const {
    if (mean->count() == 0 && std->count() == 0) return std::nullopt;
    for (const CLI::Option* const option : {mean, std}) {
        if (option->count() == 0)
            throw InputError({.where = option->get_name(),
                              .expected = "--mean and --std together",
                              .found = "one of them",
                              .remedy = "Give both, as PyTorch's transforms.Normalize had them"});
    }
    return Normalisation{.mean = GivenValue{"--mean", mean->results()}.number(-kMostMean, kMostMean),
                         .std = GivenValue{"--std", std->results()}.number(kLeastStd, kMostStd)};
}

bool ModelFlags::quantized() const {
    if (!is_quantized(file)) return false;
    if (normalisation())
        throw InputError({.where = file,
                          .expected = "a model in f32 beside --mean and --std",
                          .found = "a quantised one, which reads the bytes of the pixels",
                          .remedy = "Leave them out: they are in its weights"});
    return true;
}

}  // namespace mnist
