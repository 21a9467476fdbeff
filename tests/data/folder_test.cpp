// Which names are taken for the files of a set.
#include "mnist/data/folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "test_files.hpp"

using namespace mnist;

namespace {

std::string name_of(const DatasetFiles& files, DataPart part) {
    return files[static_cast<std::size_t>(part)].filename().string();
}

void touch(const TemporaryFolder& folder, std::initializer_list<const char*> names) {
    for (const char* name : names) write_file(folder.path() / name, "x");
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

TEST_CASE("folder: of several sets the prefix tells which, and without it they are listed") {
    const TemporaryFolder folder;
    write_set(folder.path(), tiny_set(), Packing::gzip, "emnist-digits-");
    write_set(folder.path(), tiny_set(), Packing::plain, "emnist-letters-");
    write_set(folder.path(), tiny_set(), Packing::plain);
    const InputFault fault = folder_fault(folder.path());
    CHECK(fault.where == folder.path().string());
    CHECK(fault.found ==
          "several sets, with the prefixes \"\" (names without a prefix), emnist-digits-, emnist-letters-");
    CHECK(fault.remedy == "Choose one with --data-prefix");

    const auto chosen = [&](const std::string& prefix) {
        return name_of(find_dataset_files(folder.path(), prefix), DataPart::test_labels);
    };
    CHECK(chosen("emnist-digits-") == "emnist-digits-t10k-labels-idx1-ubyte.gz");
    CHECK(chosen("emnist-letters") == "emnist-letters-t10k-labels-idx1-ubyte");
    CHECK(chosen("") == "t10k-labels-idx1-ubyte");
    const InputFault unknown =
        fault_of([&] { static_cast<void>(find_dataset_files(folder.path(), "emnist")); });
    CHECK(unknown.found ==
          "no set with the prefix \"emnist\", but \"\" (names without a prefix), emnist-digits-, "
          "emnist-letters-");
    CHECK(contains(unknown.remedy, "--data-prefix"));
}

TEST_CASE("folder: what is missing is named, and what is there") {
    const TemporaryFolder folder;
    touch(folder, {"train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "a.png"});
    const InputFault fault = folder_fault(folder.path());
    CHECK(fault.expected ==
          "a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
          "t10k-labels-idx1-ubyte (plain or .gz, perhaps behind a prefix)");
    CHECK(fault.found ==
          "no train-labels-idx1-ubyte, no t10k-images-idx3-ubyte; it holds t10k-labels-idx1-ubyte.gz (1 "
          "bytes), train-images-idx3-ubyte.gz (1 bytes), a.png (1 bytes)");
    CHECK(contains(fault.remedy, "`./run fetch mnist --data-dir DIR`"));
}

TEST_CASE("folder: things that are no data hide no file beside them, and are named where there is none") {
    const TemporaryFolder folder;
    const auto at = [&](const char* name) { return folder.path() / name; };
    std::filesystem::create_directory(at("train-images-idx3-ubyte.gz"));
    write_file(at("train-labels-idx1-ubyte.gz"), "");
    std::filesystem::create_symlink("nowhere", at("t10k-images-idx3-ubyte.gz"));
    REQUIRE(::mkfifo(at("t10k-labels-idx1-ubyte.gz").c_str(), 0600) == 0);
    CHECK_FALSE(holds_dataset_files(folder.path()));
    CHECK(folder_fault(folder.path()).found ==
          "none of them; it holds t10k-images-idx3-ubyte.gz (a link to nothing), t10k-labels-idx1-ubyte.gz "
          "(no regular file), train-images-idx3-ubyte.gz (a folder), train-labels-idx1-ubyte.gz (empty)");

    touch(folder, {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                   "t10k-labels-idx1-ubyte"});
    const DatasetFiles files = find_dataset_files(folder.path());
    CHECK(name_of(files, DataPart::train_images) == "train-images-idx3-ubyte");
    CHECK(name_of(files, DataPart::train_labels) == "train-labels-idx1-ubyte");
    CHECK(name_of(files, DataPart::test_images) == "t10k-images-idx3-ubyte");
    CHECK(name_of(files, DataPart::test_labels) == "t10k-labels-idx1-ubyte");
    CHECK(files_of_part(folder.path(), DataPart::train_images).size() == 1);
}

TEST_CASE("folder: a file that may not be read hides none beside it") {
    const TemporaryFolder folder;
    touch(folder, {"train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"});
    const std::filesystem::path closed = folder.path() / "train-images-idx3-ubyte.gz";
    std::filesystem::permissions(closed, std::filesystem::perms::none);
    if (::access(closed.c_str(), R_OK) == 0) return;  // root reads everything
    CHECK(files_of_part(folder.path(), DataPart::train_images).front().filename() ==
          "train-images-idx3-ubyte");
    CHECK(contains(folder_content(folder.path()), "train-images-idx3-ubyte.gz (Permission denied)"));
}

TEST_CASE("folder: what a full folder holds is listed in part, what looks like data first") {
    const TemporaryFolder folder;
    for (int i = 0; i < 20; ++i)
        write_file(folder.path() / ("picture" + std::to_string(10 + i) + ".png"), "12345");
    std::filesystem::create_directory(folder.path() / "train-images-idx3-ubyte");
    const std::string text = folder_content(folder.path());
    CHECK(text.starts_with("train-images-idx3-ubyte (a folder), picture10.png (5 bytes), "));
    CHECK(text.ends_with("picture16.png (5 bytes) and 13 more"));
    const TemporaryFolder empty;
    CHECK(folder_content(empty.path()) == "nothing");
    CHECK(folder_content(empty.path() / "none") == "No such file or directory");
}

TEST_CASE("folder: for a test set its two files are enough") {
    const TemporaryFolder folder;
    touch(folder, {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte"});
    const DatasetFiles files = find_dataset_files(folder.path(), std::nullopt, DataNeed::test);
    CHECK(name_of(files, DataPart::test_images) == "t10k-images-idx3-ubyte");
    CHECK(files.front().empty());
    std::filesystem::remove(folder.path() / "t10k-labels-idx1-ubyte");
    const InputFault fault =
        fault_of([&] { static_cast<void>(find_dataset_files(folder.path(), std::nullopt, DataNeed::test)); });
    CHECK(fault.expected ==
          "a folder with t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (plain or .gz, perhaps behind a "
          "prefix)");
    CHECK(fault.found.starts_with("no t10k-labels-idx1-ubyte; it holds "));
}

TEST_CASE("folder: names that only look similar are passed over") {
    const TemporaryFolder folder;
    touch(folder,
          {"._train-images-idx3-ubyte.gz", ".train-images-idx3-ubyte.gz.Ab3xYz", "train-images-idx1-ubyte",
           "train-labels-idx3-ubyte", "xtrain-images-idx3-ubyte", "train-images-idx3-ubyte.gz.part",
           "train-images", "idx3-ubyte", "-idx3-ubyte", "images-idx3-ubyte"});
    CHECK_FALSE(holds_dataset_files(folder.path()));
    CHECK(folder_fault(folder.path()).found.starts_with("none of them; it holds "));
}

TEST_CASE("folder: a folder that does not exist is an error with the system's reason") {
    const TemporaryFolder folder;
    CHECK(folder_fault(folder.path() / "none").found == "No such file or directory");
    CHECK_FALSE(holds_dataset_files(folder.path() / "none"));
    write_file(folder.path() / "file", "x");
    CHECK(folder_fault(folder.path() / "file").found == "Not a directory");
}
