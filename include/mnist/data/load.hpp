// From the user's words to a data set in memory: where the files are looked for, when they are fetched, and
// when the synthetic digits stand in. The rules, in order:
//   1. an explicit folder (--data-dir), else MNIST_DATA_DIR, else ./data/<dataset>/, else Debian's folder for
//   Fashion-MNIST;
//   2. no folder named and MNIST in none of these places (or only some of its files): it is fetched into
//   ./data/mnist/;
//   3. that fails too: the synthetic digits, with a warning. An explicit --dataset or --data-dir never falls
//   back, and neither does
//      MNIST_DATA_DIR: somebody who names data does not want other data. Files that are there but damaged are
//      an error as well.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mnist/data/catalog.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/data/folder.hpp"

namespace mnist {

struct DataRequest {
    std::optional<std::string> dataset{};  ///< a name in the catalog or "synthetic"; empty: default
    std::optional<std::filesystem::path> data_dir{};  ///< as the user named it
    std::optional<std::filesystem::path> env_dir{};   ///< MNIST_DATA_DIR; an empty path counts as not set
    std::optional<std::string> prefix{};      ///< of the set that is meant where a folder holds several
    DataNeed need = DataNeed::all;            ///< test: the training files need not be there and are not read
    std::filesystem::path working_dir = ".";  ///< where data/<dataset>/ is looked for
};

/// Told to the user as they happen; the library itself never prints. Any may be empty.
struct DataNotices {
    /// What is being done at the moment and need not stay, e.g. "fetching the training images from ...".
    std::function<void(const std::string&)> progress;
    std::function<void(const std::string&)> note;     ///< e.g. "fetched MNIST into ..."
    std::function<void(const std::string&)> warning;  ///< names a remedy
};

/// Finds, verifies and decodes a data set; its files in parallel.
/// A folder's files may be plain or .gz and may carry a prefix ("emnist-digits-train-images-idx3-ubyte.gz").
/// The name in the facts comes from the checksum: known contents have their name, anything else is "custom".
/// An explicit dataset whose content has another checksum is an InputError. Classes are the highest training
/// label + 1; images of both splits have the same extents. Of the test set alone, facts.train_samples
/// is 0, sha256 is that of the known set whose test files these are, else empty, and classes is the highest
/// label of the test set + 1. Throws InputError (path, offset, expected, found, remedy). Cost: decompression
/// of the training images, with their checksum in the same pass; the other files beside it.
[[nodiscard]] Dataset load_dataset(const DataRequest& request, const DataNotices& notices);

/// Where data comes from beside the folders of a request; for programs and tests that bring their own.
struct DataSources {
    std::vector<KnownDataset> catalog;
    std::filesystem::path debian_fashion_mnist;
    /// Puts the four files of the set into the folder or throws InputError.
    std::function<void(const KnownDataset&, const std::filesystem::path&, const DataNotices&)> fetch;
    std::function<Dataset()> draw_synthetic;
};

/// The catalog, Debian's folder, the mirrors, the synthetic digits: what the shorter load_dataset uses.
[[nodiscard]] DataSources usual_sources();

[[nodiscard]] Dataset load_dataset(const DataRequest& request, const DataNotices& notices,
                                   const DataSources& sources);

}  // namespace mnist
