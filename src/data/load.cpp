// Only the search: which folder, whether to fetch, whether the synthetic digits may stand in. Reading is
// decode.cpp's.
#include "mnist/data/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "decode.hpp"
#include "mnist/core/datasets.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/remedies.hpp"
#include "mnist/core/values.hpp"
#include "mnist/data/folder.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultSet = "mnist";
constexpr const char* kFashionSet = "fashion-mnist";
constexpr const char* kSyntheticSet = "synthetic";

void tell(const std::function<void(const std::string&)>& listener, const std::string& text) {
    if (listener) listener(text);
}

Dataset draw_instead_of_reading(const DataRequest& request, const DataNotices& notices,
                                const DataSources& sources) {
    if (request.data_dir)
        tell(notices.note, fmt::format("{} is not read: synthetic digits are drawn by the program",
                                       request.data_dir->string()));
    return sources.draw_synthetic();
}

const KnownDataset& set_for(const DataRequest& request, const DataSources& sources) {
    const std::string word = request.dataset.value_or(kDefaultSet);
    const KnownDataset* set = dataset_named(sources.catalog, word);
    if (set != nullptr) return *set;
    throw InputError({.where = "--dataset",
                      .expected = either_of(dataset_words()),
                      .found = fmt::format("\"{}\"", word),
                      .remedy = "For files of another set leave out --dataset and give --data-dir"});
}

// The folder that the user named, in whichever way.
std::optional<fs::path> named_folder(const DataRequest& request) {
    if (request.data_dir) return request.data_dir;
    if (request.env_dir && !request.env_dir->empty()) return request.env_dir;
    return std::nullopt;
}

// What to do about a folder that somebody named once, perhaps in a file read at every login, and forgot.
std::string remedy_for_environment(const DataSources& sources, const KnownDataset* wanted) {
    std::string remedy = "The folder comes from MNIST_DATA_DIR: unset it, or give another with --data-dir";
    if (wanted != nullptr && wanted->name == kFashionSet && holds_dataset_files(sources.debian_fashion_mnist))
        remedy += fmt::format(" ({} is installed: --data-dir {})", wanted->title,
                              sources.debian_fashion_mnist.string());
    return remedy;
}

Dataset decode(const fs::path& folder, const DataRequest& request, const DataSources& sources,
               const KnownDataset& set) {
    return decode_folder({.folder = folder,
                          .prefix = request.prefix,
                          .need = request.need,
                          .wanted = request.dataset ? &set : nullptr},
                         sources.catalog);
}

Dataset load_named_folder(const fs::path& folder, const DataRequest& request, const DataSources& sources,
                          const KnownDataset& set) {
    try {
        return decode(folder, request, sources, set);
    } catch (const InputError& error) {
        if (request.data_dir) throw;
        InputFault fault = error.fault();
        const std::string origin = remedy_for_environment(sources, request.dataset ? &set : nullptr);
        fault.remedy = fault.remedy.empty() ? origin : origin + ". " + fault.remedy;
        throw InputError(fault);
    }
}

// A fetch that was interrupted left some of the files and none with a prefix of another set.
bool lacks_files(const fs::path& folder, const DataRequest& request) {
    if (request.prefix || !holds_dataset_files(folder)) return !holds_dataset_files(folder);
    const auto lacks = [&](DataPart part) { return files_of_part(folder, part).empty(); };
    const bool none = std::all_of(kDataParts.begin(), kDataParts.end(), lacks);
    return !none && std::any_of(kDataParts.begin(), kDataParts.end(),
                                [&](DataPart part) { return needs(request.need, part) && lacks(part); });
}

Dataset load_local(const fs::path& folder, const DataRequest& request, const DataNotices& notices,
                   const DataSources& sources, const KnownDataset& set) {
    Dataset dataset = decode(folder, request, sources, set);
    if (dataset.facts.name != set.name)
        tell(notices.warning,
             fmt::format(
                 "{} does not hold {}: its content counts as \"{}\". Move it elsewhere and name it with "
                 "--data-dir, or fetch {} into another folder",
                 folder.string(), set.title, dataset.facts.name, set.title));
    return dataset;
}

// What stands where the files should be, so that nobody has to look why it is not used.
std::string words_on_content(const fs::path& folder) {
    std::error_code error;
    const bool nothing =
        !fs::exists(folder, error) || (fs::is_directory(folder, error) && fs::is_empty(folder, error));
    return nothing ? "" : fmt::format("; {} holds {}", folder.string(), folder_content(folder));
}

Dataset fetch_and_load(const fs::path& folder, const DataRequest& request, const DataNotices& notices,
                       const DataSources& sources, const KnownDataset& set) {
    try {
        sources.fetch(set, folder, notices);
    } catch (const InputError& error) {
        const std::string there = words_on_content(folder);
        if (request.dataset) {
            InputFault fault = error.fault();
            fault.found += there;
            throw InputError(fault);
        }
        // The answer of the first mirror will do; `mnist fetch` lists them all.
        const std::string cause = error.fault().found.substr(0, error.fault().found.find("; "));
        tell(notices.warning,
             fmt::format(
                 "using synthetic digits, because {} is not here and cannot be fetched ({}{}). Run {} with a "
                 "network, or name its folder with --data-dir",
                 set.title, cause, there, fetch_words(set.name)));
        return sources.draw_synthetic();
    }
    tell(notices.note, fmt::format("fetched {} into {}", set.title, folder.string()));
    return load_local(folder, request, notices, sources, set);
}

}  // namespace

Dataset load_dataset(const DataRequest& request, const DataNotices& notices, const DataSources& sources) {
    if (request.dataset == kSyntheticSet) return draw_instead_of_reading(request, notices, sources);
    const KnownDataset& set = set_for(request, sources);
    if (const auto folder = named_folder(request)) return load_named_folder(*folder, request, sources, set);

    const fs::path local = (request.working_dir / "data" / set.name).lexically_normal();
    if (set.name == kDefaultSet && lacks_files(local, request))
        return fetch_and_load(local, request, notices, sources, set);
    if (holds_dataset_files(local)) return load_local(local, request, notices, sources, set);
    if (set.name == kFashionSet && holds_dataset_files(sources.debian_fashion_mnist))
        return load_local(sources.debian_fashion_mnist, request, notices, sources, set);
    throw InputError({.where = fmt::format("--dataset {}", set.name),
                      .expected = fmt::format("its files in {} or {}", local.string(),
                                              sources.debian_fashion_mnist.string()),
                      .found = fmt::format("none of them; {}: {}; {}: {}", local.string(),
                                           folder_content(local), sources.debian_fashion_mnist.string(),
                                           folder_content(sources.debian_fashion_mnist)),
                      .remedy = fmt::format("Run {}, or install Debian's package dataset-{}",
                                            fetch_words(set.name), set.name)});
}

}  // namespace mnist
