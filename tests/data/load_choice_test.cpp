// Which of a folder's files are loaded: the test set alone, one of several sets, the usable ones.
#include "catch.hpp"
#include "load_world.hpp"

using namespace mnist;

namespace fs = std::filesystem;

TEST_CASE("load: the test set alone needs no training files and reads none") {
    const World world;
    const fs::path folder = world.root.path() / "a";
    write_set(folder, kFashion);
    write_file(folder / "train-images-idx3-ubyte.gz", "damaged");
    fs::remove(folder / "train-labels-idx1-ubyte.gz");
    const Dataset dataset = world.load({.data_dir = folder, .need = DataNeed::test});
    CHECK(dataset.facts.name == "fashion-mnist");
    CHECK(dataset.facts.sha256 == known_as("x", kFashion).sha256);
    CHECK(dataset.facts.train_samples == 0);
    CHECK(dataset.train.count() == 0);
    CHECK(dataset.facts.test_samples == 3);
    CHECK(dataset.facts.rows == 2);
    CHECK(dataset.facts.columns == 3);
    CHECK(dataset.facts.classes == 3);
    CHECK(std::string(dataset.test.images.begin(), dataset.test.images.end()) == kFashion[2].substr(16));
    CHECK_NOTHROW(world.load({.dataset = "fashion-mnist", .data_dir = folder, .need = DataNeed::test}));
    CHECK(world.fault({.data_dir = folder}).found.starts_with("no train-labels-idx1-ubyte; it holds "));

    // Labels of several sets may be the same; the images tell them apart.
    const InputFault other = world.fault({.dataset = "mnist", .data_dir = folder, .need = DataNeed::test});
    CHECK(other.where == (folder / "t10k-images-idx3-ubyte.gz").string());
    CHECK(other.found.starts_with("those of fashion-mnist (SHA-256 "));

    write_set(folder, kOther);
    const Dataset custom = world.load({.data_dir = folder, .need = DataNeed::test});
    CHECK(custom.facts.name == "custom");
    CHECK(custom.facts.sha256.empty());
}

TEST_CASE("load: a test set in data/mnist is not fetched where it is all that is needed") {
    const World world;
    write_set(world.local("mnist"), kMnist);
    fs::remove(world.local("mnist") / "train-images-idx3-ubyte.gz");
    CHECK(world.load({.need = DataNeed::test}).facts.name == "mnist");
    CHECK(world.fetches == 0);
    CHECK(world.load({}).facts.name == "mnist");
    CHECK(world.fetches == 1);
}

TEST_CASE("load: of several sets in a folder the prefix chooses, in data/mnist as well") {
    const World world;
    for (const fs::path& folder : {world.root.path() / "a", world.local("mnist")}) {
        write_set(folder, kOther, Packing::gzip, "emnist-letters-");
        write_set(folder, kMnist, Packing::plain);
    }
    CHECK(contains(world.fault({.data_dir = world.root.path() / "a"}).found, "several sets"));
    CHECK(world.load({.data_dir = world.root.path() / "a", .prefix = ""}).facts.name == "mnist");
    CHECK(world.load({.data_dir = world.root.path() / "a", .prefix = "emnist-letters"}).facts.name ==
          "custom");
    CHECK(world.load({.prefix = ""}).facts.name == "mnist");
    CHECK(world.fetches == 0);
}

TEST_CASE("load: a folder in a file's place hides neither the file beside it nor the need to fetch") {
    const World world;
    write_set(world.local("mnist"), kMnist, Packing::plain);
    fs::create_directory(world.local("mnist") / "train-images-idx3-ubyte.gz");
    CHECK(world.load({}).facts.name == "mnist");
    CHECK(world.fetches == 0);
}

TEST_CASE("load: where nothing can be fetched the warning says what the folder holds instead") {
    World world;
    world.fetch_works = false;
    write_file(world.local("mnist") / "mnist.npz", "12345");
    CHECK(world.load({}).facts.synthetic);
    REQUIRE(world.warnings.size() == 1);
    CHECK(contains(world.warnings[0],
                   "(no network at a; " + world.local("mnist").string() + " holds mnist.npz (5 bytes))"));
    write_file(world.local("fashion-mnist") / "train.csv", "12345");
    CHECK(world.fault({.dataset = "fashion-mnist"}).found ==
          "none of them; " + world.local("fashion-mnist").string() + ": train.csv (5 bytes); " +
              world.sources.debian_fashion_mnist.string() + ": No such file or directory");
}
