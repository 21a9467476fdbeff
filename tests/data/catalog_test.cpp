// The catalog's own consistency; whether its checksums are right is seen when real data loads under its name.
#include "mnist/data/catalog.hpp"

#include <set>

#include "catch.hpp"
#include "mnist/core/datasets.hpp"

using namespace mnist;

TEST_CASE("catalog: MNIST and Fashion-MNIST are known by their words, others are not") {
    REQUIRE(dataset_named(known_datasets(), "mnist") != nullptr);
    REQUIRE(dataset_named(known_datasets(), "fashion-mnist") != nullptr);
    CHECK(dataset_named(known_datasets(), "mnist")->title == "MNIST");
    CHECK(dataset_named(known_datasets(), "fashion-mnist")->title == "Fashion-MNIST");
    CHECK(dataset_named(known_datasets(), "MNIST") == nullptr);
    CHECK(dataset_named(known_datasets(), "") == nullptr);
}

TEST_CASE("catalog: checksums are 64 lower-case hexadecimal digits and all different") {
    std::set<std::string> sums;
    std::size_t count = 0;
    const auto check = [&](const std::string& sum) {
        CHECK(sum.size() == 64);
        CHECK(sum.find_first_not_of("0123456789abcdef") == std::string::npos);
        sums.insert(sum);
        ++count;
    };
    for (const KnownDataset& set : known_datasets()) {
        check(set.sha256);
        for (const KnownFile& file : set.files) check(file.sha256);
    }
    CHECK(sums.size() == count);
}

TEST_CASE("catalog: sizes are those of 60000 + 10000 images of 28 x 28") {
    for (const KnownDataset& set : known_datasets()) {
        CHECK(set.file(DataPart::train_images).bytes == 16 + 60000 * 28 * 28);
        CHECK(set.file(DataPart::train_labels).bytes == 8 + 60000);
        CHECK(set.file(DataPart::test_images).bytes == 16 + 10000 * 28 * 28);
        CHECK(set.file(DataPart::test_labels).bytes == 8 + 10000);
    }
}

TEST_CASE("catalog: every mirror is HTTPS and a folder") {
    for (const KnownDataset& set : known_datasets()) {
        CHECK(set.mirrors.size() >= 2);
        for (const std::string& mirror : set.mirrors) {
            CHECK(mirror.starts_with("https://"));
            CHECK(mirror.ends_with("/"));
        }
    }
}

TEST_CASE("catalog: it has every data set that is said to be published, and no other") {
    std::vector<std::string> names;
    for (const mnist::KnownDataset& set : mnist::known_datasets()) names.push_back(set.name);
    CHECK(names == mnist::dataset_words(true));
}
