// `mnist fetch`: downloads a data set by hand, into data/<dataset>/ unless told otherwise. Calling it again
// fetches what is missing.
#include <fmt/format.h>

#include <memory>

#include "app.hpp"
#include "console.hpp"
#include "mnist/core/datasets.hpp"
#include "mnist/core/values.hpp"
#include "mnist/data/fetch.hpp"

namespace mnist {
namespace {

struct FetchFlags {
    std::string dataset = "mnist";
    std::string data_dir;
    std::string base_url;
    CLI::Option* data_dir_flag = nullptr;
    CLI::Option* base_url_flag = nullptr;
};

int fetch(const FetchFlags& flags) {
    GivenValue{"fetch", {flags.dataset}}.require_one_of(dataset_words(true));
    FetchRequest request;
    request.dataset = flags.dataset;
    request.folder = std::filesystem::path("data") / flags.dataset;
    if (flags.data_dir_flag->count() > 0)
        request.folder = GivenValue{"--data-dir", {flags.data_dir}}.non_empty("a folder");
    if (flags.base_url_flag->count() > 0)
        request.base_url = GivenValue{"--base-url", {flags.base_url}}.non_empty("a URL");

    Console console(true);
    const std::vector<FetchedFile> files =
        fetch_dataset(request, [&console](const std::string& text) { console.progress().show(text); });
    for (const FetchedFile& file : files)
        console.print(fmt::format("{}: {}\n", file.path.string(), file.source));
    return console.exit_code(kExitFine);
}

}  // namespace

void add_fetch_command(CLI::App& app, Action& action) {
    CLI::App* command =
        add_subcommand(app, "fetch", "Download a data set and verify it",
                       {"mnist fetch                                     MNIST into data/mnist",
                        "mnist fetch fashion-mnist --data-dir /srv/fashion",
                        "mnist fetch --base-url https://mirror.example/mnist"});
    const auto flags = std::make_shared<FetchFlags>();
    command->add_option("dataset", flags->dataset, either_of(dataset_words(true)) + "; without it mnist")
        ->type_name("NAME");
    flags->data_dir_flag =
        add_word(*command, "--data-dir", flags->data_dir, "DIR", "Folder to put the files into");
    flags->base_url_flag = add_word(*command, "--base-url", flags->base_url, "URL",
                                    "A mirror of your own instead of the built-in ones");
    command->callback([flags, &action] { action = [flags] { return fetch(*flags); }; });
}

}  // namespace mnist
