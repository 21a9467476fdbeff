// The real places that data comes from, apart from the search through them, so that tests of the search bring
// their own.
#include "mnist/data/fetch.hpp"
#include "mnist/data/load.hpp"
#include "mnist/data/synthetic.hpp"

namespace mnist {

DataSources usual_sources() {
    return {.catalog = known_datasets(),
            .debian_fashion_mnist = "/usr/share/datasets/fashion-mnist",
            .fetch =
                [](const KnownDataset& set, const std::filesystem::path& folder, const DataNotices& notices) {
                    FetchRequest request;
                    request.folder = folder;
                    fetch_files(set, request, notices.progress);
                },
            .draw_synthetic = [] { return synthetic_digits(); }};
}

Dataset load_dataset(const DataRequest& request, const DataNotices& notices) {
    return load_dataset(request, notices, usual_sources());
}

}  // namespace mnist
