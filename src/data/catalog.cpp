// Plain data. Only HTTPS mirrors are listed; a set whose original server is gone is served by public copies
// of the same archives.
#include "mnist/data/catalog.hpp"

#include <algorithm>

namespace mnist {
namespace {

constexpr std::uint64_t kTrainImageBytes = 47040016;  // 16 bytes of header, 60000 x 28 x 28 pixels
constexpr std::uint64_t kTrainLabelBytes = 60008;
constexpr std::uint64_t kTestImageBytes = 7840016;
constexpr std::uint64_t kTestLabelBytes = 10008;

std::vector<KnownDataset> catalog() {
    return {
        {.name = "mnist",
         .title = "MNIST",
         .files = {{{kTrainImageBytes, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
                    {kTrainLabelBytes, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
                    {kTestImageBytes, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
                    {kTestLabelBytes, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}}},
         .sha256 = "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a",
         .mirrors = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                     "https://storage.googleapis.com/cvdf-datasets/mnist/"}},
        {.name = "fashion-mnist",
         .title = "Fashion-MNIST",
         .files = {{{kTrainImageBytes, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
                    {kTrainLabelBytes, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
                    {kTestImageBytes, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
                    {kTestLabelBytes, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}}},
         .sha256 = "14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214",
         .mirrors = {"https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
                     "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"}},
    };
}

}  // namespace

std::string_view name(DataPart part) {
    constexpr std::array kNames{"training images", "training labels", "test images", "test labels"};
    return kNames.at(static_cast<std::size_t>(part));
}

std::string_view file_name(DataPart part) {
    constexpr std::array kNames{"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    return kNames.at(static_cast<std::size_t>(part));
}

std::size_t rank(DataPart part) {
    return part == DataPart::train_images || part == DataPart::test_images ? 3 : 1;
}

const std::vector<KnownDataset>& known_datasets() {
    static const std::vector<KnownDataset> known = catalog();
    return known;
}

const KnownDataset* dataset_named(std::span<const KnownDataset> catalog, std::string_view name) {
    const auto found = std::find_if(catalog.begin(), catalog.end(),
                                    [&](const KnownDataset& set) { return set.name == name; });
    return found == catalog.end() ? nullptr : &*found;
}

}  // namespace mnist
