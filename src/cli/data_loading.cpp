// Passes the words on to the data room and its remarks on to the console.
#include "data_loading.hpp"

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

}  // namespace mnist
