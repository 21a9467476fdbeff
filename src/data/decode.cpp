// The training images are most of the bytes, so their checksum is taken while they are decompressed; the
// three small files are done beside them and hashed afterwards, because the checksum of the set runs over the
// four contents in order.
#include "decode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "file_stamps.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/remedies.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/data/folder.hpp"
#include "mnist/data/idx.hpp"
#include "parallel.hpp"

namespace mnist {
namespace {

struct Contents {
    DatasetFiles files;
    std::array<IdxArray, 4> arrays;
    std::string sha256;  // of all four; empty for the test set alone of an unknown set

    [[nodiscard]] const IdxArray& array(DataPart part) const {
        return arrays[static_cast<std::size_t>(part)];
    }
    // Not the test set alone.
    [[nodiscard]] bool whole() const { return !files.front().empty(); }
    [[nodiscard]] std::string path(DataPart part) const {
        return files[static_cast<std::size_t>(part)].string();
    }
};

Contents read_contents(const DatasetFiles& files) {
    Contents contents{.files = files, .arrays = {}, .sha256 = {}};
    const FileStamps stamps(files);
    Sha256 hash;
    const ContentObserver hash_piece = [&hash](std::span<const std::byte> piece) { hash.add(piece); };
    // Kept apart, so that with several broken files the first is reported, whichever thread was faster.
    std::array<std::exception_ptr, 4> failures;
    parallel_blocks(files.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i != end; ++i) {
            try {
                if (files[i].empty()) continue;
                contents.arrays[i] =
                    read_idx(files[i], rank(kDataParts[i]), i == 0 ? hash_piece : ContentObserver{});
            } catch (...) {
                failures[i] = std::current_exception();
            }
        }
    });
    stamps.require_unchanged();  // before the failures, which it may explain
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
    if (!contents.whole()) return contents;
    for (std::size_t i = 1; i < files.size(); ++i) {
        hash.add(std::as_bytes(std::span(contents.arrays[i].header)));
        hash.add(std::as_bytes(std::span(contents.arrays[i].values)));
    }
    contents.sha256 = hash.hex();
    return contents;
}

void check_counts(const Contents& contents, DataPart images, DataPart labels) {
    const std::size_t wanted = contents.array(images).extents[0];
    const std::size_t found = contents.array(labels).extents[0];
    if (found == wanted) return;
    throw InputError(
        {.where = contents.path(labels),
         .offset = 4,
         .expected = fmt::format("{} labels, one for each image in {}", wanted, contents.path(images)),
         .found = fmt::format("{}", found),
         .remedy = "Take both files from the same set"});
}

void check_extents(const Contents& contents) {
    const auto& train = contents.array(DataPart::train_images).extents;
    const auto& test = contents.array(DataPart::test_images).extents;
    if (train[1] == test[1] && train[2] == test[2]) return;
    throw InputError({.where = contents.path(DataPart::test_images),
                      .offset = 8,
                      .expected = fmt::format("images of {} x {} pixels, as in {}", train[1], train[2],
                                              contents.path(DataPart::train_images)),
                      .found = fmt::format("{} x {}", test[1], test[2]),
                      .remedy = "Take both files from the same set"});
}

void check_test_labels(const Contents& contents, std::size_t classes) {
    const IdxArray& labels = contents.array(DataPart::test_labels);
    const auto wrong = std::find_if(labels.values.begin(), labels.values.end(),
                                    [&](std::uint8_t label) { return label >= classes; });
    if (wrong == labels.values.end()) return;
    throw InputError(
        {.where = contents.path(DataPart::test_labels),
         .offset = labels.header.size() + static_cast<std::size_t>(wrong - labels.values.begin()),
         .expected = fmt::format("a label below {}, the number of classes in {}", classes,
                                 contents.path(DataPart::train_labels)),
         .found = fmt::format("{}", *wrong),
         .remedy = "Take both files from the same set"});
}

bool is_part_of(const KnownDataset& set, const Contents& contents, DataPart part) {
    const IdxArray& array = contents.array(part);
    return array.extents.empty() || content_sha256(array) == set.file(part).sha256;
}

// The test files are a set's own where their checksums are: both, as labels alone may be those of several.
bool is_content_of(const KnownDataset& set, const Contents& contents) {
    if (contents.whole()) return set.sha256 == contents.sha256;
    return is_part_of(set, contents, DataPart::test_images) &&
           is_part_of(set, contents, DataPart::test_labels);
}

[[noreturn]] void fail_as_other_content(const Contents& contents, const FolderRequest& request,
                                        const std::string& name) {
    const KnownDataset& wanted = *request.wanted;
    const auto part = std::find_if_not(kDataParts.begin(), kDataParts.end(),
                                       [&](DataPart one) { return is_part_of(wanted, contents, one); });
    const bool found = part != kDataParts.end();
    throw InputError(
        {.where = found ? contents.path(*part) : request.folder.string(),
         .expected = found ? fmt::format("the {} of {}", mnist::name(*part), wanted.title)
                           : fmt::format("the files of {}", wanted.title),
         .found = fmt::format("{} (SHA-256 {} instead of {})",
                              name == "custom" ? "other ones" : "those of " + name,
                              found ? content_sha256(contents.array(*part)) : contents.sha256,
                              found ? wanted.file(*part).sha256 : wanted.sha256),
         .remedy = fmt::format(
             "Leave out --dataset to use what is there, or fetch the set into a folder of its own: {}",
             fetch_words(wanted.name + " --data-dir DIR"))});
}

Split split(Contents& contents, DataPart images, DataPart labels) {
    const AlignedVector<std::uint8_t>& values = contents.array(labels).values;
    return {.images = std::move(contents.arrays[static_cast<std::size_t>(images)].values),
            .labels = std::vector<std::uint8_t>(values.begin(), values.end())};
}

}  // namespace

Dataset decode_folder(const FolderRequest& request, std::span<const KnownDataset> catalog) {
    Contents contents = read_contents(find_dataset_files(request.folder, request.prefix, request.need));
    if (contents.whole()) {
        check_counts(contents, DataPart::train_images, DataPart::train_labels);
        check_extents(contents);
    }
    check_counts(contents, DataPart::test_images, DataPart::test_labels);
    const auto& labels =
        contents.array(contents.whole() ? DataPart::train_labels : DataPart::test_labels).values;
    const std::size_t classes = std::size_t{*std::max_element(labels.begin(), labels.end())} + 1;
    check_test_labels(contents, classes);

    std::string name = "custom";
    for (const KnownDataset& set : catalog) {
        if (!is_content_of(set, contents)) continue;
        name = set.name;
        contents.sha256 = set.sha256;
    }
    if (request.wanted != nullptr && name != request.wanted->name)
        fail_as_other_content(contents, request, name);

    Dataset dataset;
    const std::vector<std::size_t> extents = contents.array(DataPart::test_images).extents;
    dataset.facts = {.name = name,
                     .sha256 = contents.sha256,
                     .train_samples = 0,
                     .test_samples = extents[0],
                     .rows = extents[1],
                     .columns = extents[2],
                     .classes = classes,
                     .synthetic = false};
    if (contents.whole()) {
        dataset.train = split(contents, DataPart::train_images, DataPart::train_labels);
        dataset.facts.train_samples = dataset.train.count();
    }
    dataset.test = split(contents, DataPart::test_images, DataPart::test_labels);
    dataset.folder = request.folder;
    return dataset;
}

}  // namespace mnist
