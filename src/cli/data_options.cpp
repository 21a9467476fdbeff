// Only passes words on: where data is looked for and when something else stands in is decided by the data
// room.
#include "data_options.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "mnist/core/error.hpp"
#include "mnist/data/load.hpp"

namespace mnist {

const std::vector<std::string>& dataset_names() {
    static const std::vector<std::string> names{"mnist", "fashion-mnist", "synthetic"};
    return names;
}

void set_dataset(DataOptions& options, const GivenValue& given) {
    given.require_one_of(dataset_names());
    options.dataset = given.text();
}

void set_data_dir(DataOptions& options, const GivenValue& given) {
    options.data_dir = given.non_empty("a folder");
}

void read_environment(DataOptions& options) {
    const char* folder = std::getenv("MNIST_DATA_DIR");
    if (folder != nullptr && *folder != '\0' && options.dataset != "synthetic") options.env_dir = folder;
}

void require_fit(const std::vector<std::size_t>& dims, const std::string& model_file,
                 const Dataset& dataset) {
    if (dims.front() == dataset.pixels() && dims.back() == dataset.facts.classes) return;
    throw InputError({.where = model_file,
                      .expected = fmt::format("a model for {} pixels and {} classes, as the data has them",
                                              dataset.pixels(), dataset.facts.classes),
                      .found = fmt::format("one for {} inputs and {} outputs", dims.front(), dims.back()),
                      .remedy = "Choose the data that it was trained on with --dataset or --data-dir"});
}

Dataset load_data(const DataOptions& options, Console& console) {
    const DataRequest request{
        .dataset = options.dataset, .data_dir = options.data_dir, .env_dir = options.env_dir};
    return load_dataset(request,
                        {.progress = [&console](const std::string& text) { console.progress().show(text); },
                         .note = [&console](const std::string& text) { console.note(text); },
                         .warning = [&console](const std::string& text) { console.warn(text); }});
}

}  // namespace mnist
