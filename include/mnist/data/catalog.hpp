// The data sets that the program knows by their contents: names of the four files, checksums, and where they
// can be fetched. The checksums are of the decompressed contents, because archives of the same content differ
// between mirrors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// The four files of a set, in the order in which DatasetFacts::sha256 takes their contents.
enum class DataPart : std::size_t { train_images, train_labels, test_images, test_labels };
inline constexpr std::array<DataPart, 4> kDataParts{DataPart::train_images, DataPart::train_labels,
                                                    DataPart::test_images, DataPart::test_labels};

/// "training images", "training labels", "test images", "test labels".
[[nodiscard]] std::string_view name(DataPart part);
/// The customary file name without ".gz": "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", ...
[[nodiscard]] std::string_view file_name(DataPart part);
/// Dimensions of the IDX file: 3 for images, 1 for labels.
[[nodiscard]] std::size_t rank(DataPart part);

struct KnownFile {
    std::uint64_t bytes = 0;  ///< of the decompressed content
    std::string sha256;       ///< of the decompressed content, lower-case hexadecimal
};

struct KnownDataset {
    std::string name;                  ///< the word in flags and results, e.g. "fashion-mnist"
    std::string title;                 ///< the word in sentences, e.g. "Fashion-MNIST"
    std::array<KnownFile, 4> files;    ///< by DataPart
    std::string sha256;                ///< over the four contents, as in DatasetFacts
    std::vector<std::string> mirrors;  ///< URLs that end in "/" and hold FILE_NAME.gz, the best first
    [[nodiscard]] const KnownFile& file(DataPart part) const { return files[static_cast<std::size_t>(part)]; }
};

/// MNIST and Fashion-MNIST. Sources: LeCun, Cortes and Burges 1998; Xiao, Rasul and Vollgraf 2017.
[[nodiscard]] const std::vector<KnownDataset>& known_datasets();

/// The set of that name in `catalog`; null for any other word.
[[nodiscard]] const KnownDataset* dataset_named(std::span<const KnownDataset> catalog, std::string_view name);

}  // namespace mnist
