// From the user's words to a data set in memory: where the files are looked for, when they are fetched, and when the synthetic digits
// stand in. The rules, in order:
//   1. an explicit folder (--data-dir), else MNIST_DATA_DIR, else ./data/<dataset>/, else Debian's folder for Fashion-MNIST;
//   2. MNIST found nowhere and nothing asked for explicitly: it is fetched into ./data/mnist/;
//   3. that fails too: the synthetic digits, with a warning. An explicit --dataset or --data-dir never falls back.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "mnist/data/dataset.hpp"

namespace mnist {

struct DataRequest {
    std::optional<std::string> dataset;             ///< as the user named it: "mnist", "fashion-mnist", "synthetic"; empty: default
    std::optional<std::filesystem::path> data_dir;  ///< as the user named it
    std::optional<std::filesystem::path> env_dir;   ///< MNIST_DATA_DIR
    std::filesystem::path working_dir = ".";        ///< where data/<dataset>/ is looked for
};

/// Told to the user as they happen; the library itself never prints.
struct DataNotices {
    std::function<void(const std::string&)> note;     ///< e.g. "fetching MNIST from ..."
    std::function<void(const std::string&)> warning;  ///< names a remedy
};

/// Finds, verifies and decodes a data set; the four files in parallel.
/// A folder's files may be plain or .gz and may carry a prefix ("emnist-digits-train-images-idx3-ubyte.gz"). The name in the facts
/// comes from the checksum: known contents have their name, anything else is "custom". An explicit dataset whose content has
/// another checksum is an InputError.
/// Throws InputError (path, offset, expected, found, remedy).
[[nodiscard]] Dataset load_dataset(const DataRequest& request, const DataNotices& notices);

}  // namespace mnist
