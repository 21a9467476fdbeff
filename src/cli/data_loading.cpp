// Passes the words on to the data room and its remarks on to the console.
#include "data_loading.hpp"

#include <fmt/format.h>

#include "mnist/core/datasets.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/values.hpp"
#include "mnist/data/load.hpp"

namespace mnist {

void DataFlags::add_to(CLI::App& command, const std::string& use) {
    const auto add = [&](const char* name, const std::string& help, const char* placeholder) {
        return command.add_option(name, help)->type_name(placeholder);
    };
    dataset = add("--dataset", either_of(dataset_words()) + use, "NAME");
    data_dir = add("--data-dir", "Folder of the IDX files, plain or .gz", "DIR");
    prefix =
        add("--data-prefix", "Of several sets in the folder the one whose files' names begin so", "TEXT");
}

DataOptions DataFlags::options() const {
    DataOptions options;
    if (dataset->count() > 0) set_dataset(options, {"--dataset", dataset->results()});
    if (data_dir->count() > 0) set_data_dir(options, {"--data-dir", data_dir->results()});
    if (prefix->count() > 0) set_data_prefix(options, {"--data-prefix", prefix->results()});
    read_environment(options);
    return options;
}

Dataset load_data(const DataOptions& options, Console& console, DataNeed need) {
    const DataRequest request{.dataset = options.dataset,
                              .data_dir = options.data_dir,
                              .env_dir = options.env_dir,
                              .prefix = options.prefix,
                              .need = need};
    return load_dataset(request,
                        {.progress = [&console](const std::string& text) { console.progress().show(text); },
                         .note = [&console](const std::string& text) { console.note(text); },
                         .warning = [&console](const std::string& text) { console.warn(text); }});
}

void require_fit(const std::vector<std::size_t>& dims, const std::string& model_file,
                 const Dataset& dataset) {
    const bool classes_fit = dataset.train.count() > 0 ? dims.back() == dataset.facts.classes
                                                       : dims.back() >= dataset.facts.classes;
    if (dims.front() == dataset.pixels() && classes_fit) return;
    throw InputError({.where = model_file,
                      .expected = fmt::format("a model for {} pixels and {} classes, as the data has them",
                                              dataset.pixels(), dataset.facts.classes),
                      .found = fmt::format("one for {} inputs and {} outputs", dims.front(), dims.back()),
                      .remedy = "Choose the data that it was trained on with --dataset or --data-dir"});
}

}  // namespace mnist
