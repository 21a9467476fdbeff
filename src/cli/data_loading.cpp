// Passes the words on to the data room and its remarks on to the console.
#include "data_loading.hpp"

#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/data/load.hpp"

namespace mnist {

Dataset load_data(const DataOptions& options, Console& console) {
    const DataRequest request{
        .dataset = options.dataset, .data_dir = options.data_dir, .env_dir = options.env_dir};
    return load_dataset(request,
                        {.progress = [&console](const std::string& text) { console.progress().show(text); },
                         .note = [&console](const std::string& text) { console.note(text); },
                         .warning = [&console](const std::string& text) { console.warn(text); }});
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

}  // namespace mnist
