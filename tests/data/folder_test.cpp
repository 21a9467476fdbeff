// Which names are taken for the files of a set.
#include "mnist/data/folder.hpp"

#include "catch.hpp"
#include "test_files.hpp"

using namespace mnist;

namespace {

std::string name_of(const DatasetFiles& files, DataPart part) {
    return files[static_cast<std::size_t>(part)].filename().string();
}

void touch(const TemporaryFolder& folder, std::initializer_list<const char*> names) {
    for (const char* name : names) write_file(folder.path() / name, "");
}

InputFault folder_fault(const std::filesystem::path& folder) {
    return fault_of([&] { static_cast<void>(find_dataset_files(folder)); });
}

}  // namespace

TEST_CASE("folder: the customary names are found, packed or not") {
    const TemporaryFolder folder;
    touch(folder, {"train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
                   "t10k-labels-idx1-ubyte", "README"});
    const DatasetFiles files = find_dataset_files(folder.path());
    CHECK(name_of(files, DataPart::train_images) == "train-images-idx3-ubyte");
    CHECK(name_of(files, DataPart::train_labels) == "train-labels-idx1-ubyte.gz");
    CHECK(name_of(files, DataPart::test_images) == "t10k-images-idx3-ubyte.gz");
    CHECK(name_of(files, DataPart::test_labels) == "t10k-labels-idx1-ubyte");
}

TEST_CASE("folder: prefixed names, \"test\" and dotted spellings are found") {
    const TemporaryFolder folder;
    touch(folder, {"emnist-digits-train-images-idx3-ubyte.gz", "emnist-digits-train-labels-idx1-ubyte.gz",
                   "emnist-digits-test-images-idx3-ubyte.gz", "emnist-digits-test-labels.idx1-ubyte",
                   "emnist-digits-mapping.txt"});
    const DatasetFiles files = find_dataset_files(folder.path());
    CHECK(name_of(files, DataPart::train_images) == "emnist-digits-train-images-idx3-ubyte.gz");
    CHECK(name_of(files, DataPart::test_labels) == "emnist-digits-test-labels.idx1-ubyte");
}

TEST_CASE("folder: of one part in several spellings, what a fetch writes comes first") {
    const TemporaryFolder folder;
    touch(folder, {"train-images.idx3-ubyte", "train-images-idx3-ubyte", "train-images-idx3-ubyte.gz",
                   "train-images.idx3-ubyte.gz"});
    const auto candidates = files_of_part(folder.path(), DataPart::train_images);
    REQUIRE(candidates.size() == 4);
    CHECK(candidates[0].filename() == "train-images-idx3-ubyte.gz");
    CHECK(candidates[1].filename() == "train-images-idx3-ubyte");
    CHECK(candidates[2].filename() == "train-images.idx3-ubyte.gz");
    CHECK(candidates[3].filename() == "train-images.idx3-ubyte");
    CHECK(files_of_part(folder.path(), DataPart::test_images).empty());
}

TEST_CASE("folder: several sets in one folder are an error that names them") {
    const TemporaryFolder folder;
    write_set(folder.path(), tiny_set(), Packing::gzip, "emnist-digits-");
    write_set(folder.path(), tiny_set(), Packing::plain, "emnist-letters-");
    const InputFault fault = folder_fault(folder.path());
    CHECK(fault.where == folder.path().string());
    CHECK(fault.found == "several sets: emnist-digits-*, emnist-letters-*");
    CHECK(fault.remedy == "Give a folder that holds only one of them");
}

TEST_CASE("folder: missing files are named") {
    const TemporaryFolder folder;
    touch(folder, {"train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"});
    const InputFault fault = folder_fault(folder.path());
    CHECK(fault.expected == "a folder with the four IDX files of a data set");
    CHECK(fault.found == "no train-labels-idx1-ubyte, no t10k-images-idx3-ubyte");
    CHECK(contains(fault.remedy, "`./run fetch mnist --data-dir DIR`"));
}

TEST_CASE("folder: names that only look similar are passed over") {
    const TemporaryFolder folder;
    touch(folder,
          {"._train-images-idx3-ubyte.gz", ".train-images-idx3-ubyte.gz.Ab3xYz", "train-images-idx1-ubyte",
           "train-labels-idx3-ubyte", "xtrain-images-idx3-ubyte", "train-images-idx3-ubyte.gz.part",
           "train-images", "idx3-ubyte", "-idx3-ubyte", "images-idx3-ubyte"});
    CHECK_FALSE(holds_dataset_files(folder.path()));
    CHECK(folder_fault(folder.path()).found == "none of them");
}

TEST_CASE("folder: a folder that does not exist is an error with the system's reason") {
    const TemporaryFolder folder;
    CHECK(folder_fault(folder.path() / "none").found == "No such file or directory");
    CHECK_FALSE(holds_dataset_files(folder.path() / "none"));
    write_file(folder.path() / "file", "x");
    CHECK(folder_fault(folder.path() / "file").found == "Not a directory");
}
