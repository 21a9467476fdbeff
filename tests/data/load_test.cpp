// The search order and the checks across files, with hand-made sets in place of the real ones and a fetch
// that is told what to do.
#include "mnist/data/load.hpp"

#include "catch.hpp"
#include "load_world.hpp"

using namespace mnist;

namespace {

SetContents with(SetContents contents, DataPart part, const std::string& content) {
    contents[static_cast<std::size_t>(part)] = content;
    return contents;
}

}  // namespace

TEST_CASE("load: a folder becomes a data set with its facts and bytes") {
    const World world;
    for (const Packing packing : {Packing::plain, Packing::gzip}) {
        const std::filesystem::path folder =
            world.root.path() / (packing == Packing::plain ? "plain" : "gzip");
        write_set(folder, kMnist, packing);
        const Dataset dataset = world.load({.data_dir = folder});
        CHECK(dataset.facts.name == "mnist");
        CHECK(dataset.facts.sha256 == known_as("mnist", kMnist).sha256);
        CHECK(dataset.facts.train_samples == 6);
        CHECK(dataset.facts.test_samples == 3);
        CHECK(dataset.facts.rows == 2);
        CHECK(dataset.facts.columns == 3);
        CHECK(dataset.facts.classes == 3);
        CHECK_FALSE(dataset.facts.synthetic);
        CHECK(dataset.folder == folder);
        CHECK(dataset.pixels() == 6);
        CHECK(dataset.train.labels == std::vector<std::uint8_t>{0, 1, 2, 0, 1, 2});
        CHECK(dataset.test.labels == std::vector<std::uint8_t>{2, 1, 0});
        CHECK(std::string(dataset.train.images.begin(), dataset.train.images.end()) == kMnist[0].substr(16));
        CHECK(std::string(dataset.test.images.begin(), dataset.test.images.end()) == kMnist[2].substr(16));
    }
    CHECK(world.fetches == 0);
    CHECK(world.warnings.empty());
}

TEST_CASE("load: content outside the catalog is custom, with prefixed names as well") {
    const World world;
    write_set(world.root.path() / "emnist", kOther, Packing::gzip, "emnist-digits-");
    const Dataset dataset = world.load({.data_dir = world.root.path() / "emnist"});
    CHECK(dataset.facts.name == "custom");
    CHECK(dataset.facts.sha256 == known_as("x", kOther).sha256);
}

TEST_CASE("load: --data-dir comes before MNIST_DATA_DIR, and that before data/mnist") {
    const World world;
    write_set(world.root.path() / "flag", kFashion);
    write_set(world.root.path() / "env", kOther);
    write_set(world.local("mnist"), kMnist);
    const std::filesystem::path flag = world.root.path() / "flag";
    const std::filesystem::path env = world.root.path() / "env";
    CHECK(world.load({.data_dir = flag, .env_dir = env}).facts.name == "fashion-mnist");
    CHECK(world.load({.env_dir = env}).facts.name == "custom");
    CHECK(world.load({}).facts.name == "mnist");
    CHECK(world.load({.env_dir = ""}).facts.name == "mnist");
    CHECK(world.load({}).folder == world.local("mnist"));
}

TEST_CASE("load: Fashion-MNIST is taken from data/fashion-mnist, else from Debian's folder") {
    const World world;
    write_set(world.sources.debian_fashion_mnist, kFashion);
    CHECK(world.load({.dataset = "fashion-mnist"}).folder == world.sources.debian_fashion_mnist);
    write_set(world.local("fashion-mnist"), kFashion);
    CHECK(world.load({.dataset = "fashion-mnist"}).folder == world.local("fashion-mnist"));
    CHECK(world.fetches == 0);
}

TEST_CASE("load: Fashion-MNIST found nowhere names the package and the fetch") {
    const World world;
    const InputFault fault = world.fault({.dataset = "fashion-mnist"});
    CHECK(fault.where == "--dataset fashion-mnist");
    CHECK(contains(fault.expected, world.sources.debian_fashion_mnist.string()));
    CHECK(fault.remedy ==
          "Run `mnist fetch fashion-mnist` (in a checkout: `./run fetch fashion-mnist`), or install Debian's "
          "package dataset-fashion-mnist");
    CHECK(world.fetches == 0);
}

TEST_CASE("load: MNIST found nowhere is fetched into data/mnist") {
    for (const auto& dataset : {std::optional<std::string>(), std::optional<std::string>("mnist")}) {
        const World world;
        const Dataset loaded = world.load({.dataset = dataset});
        CHECK(loaded.facts.name == "mnist");
        CHECK(loaded.folder == world.local("mnist"));
        CHECK(world.fetches == 1);
        CHECK(world.warnings.empty());
        REQUIRE(world.notes.size() == 1);
        CHECK(world.notes[0] == "fetched Tiny mnist into " + world.local("mnist").string());
        CHECK(world.progress == std::vector<std::string>{"fetching from a mirror"});
    }
}

TEST_CASE("load: an interrupted fetch is taken up again") {
    const World world;
    write_file(world.local("mnist") / "train-images-idx3-ubyte.gz", gzip(kMnist[0]));
    CHECK(world.load({}).facts.name == "mnist");
    CHECK(world.fetches == 1);
}

TEST_CASE(
    "load: the synthetic digits stand in with one short warning and no note when MNIST cannot be fetched") {
    World world;
    world.fetch_works = false;
    const Dataset dataset = world.load({});
    CHECK(dataset.facts.synthetic);
    REQUIRE(world.warnings.size() == 1);
    CHECK(world.notes.empty());
    CHECK(
        world.warnings[0] ==
        "using synthetic digits, because Tiny mnist is not here and cannot be fetched (no network at a). Run "
        "`mnist fetch mnist` (in a checkout: `./run fetch mnist`) with a network, or name its folder with "
        "--data-dir");
}

TEST_CASE("load: where MNIST cannot be fetched, what stands in its folder is told") {
    World world;
    world.fetch_works = false;
    std::filesystem::create_directories(world.local("mnist") / "train-images-idx3-ubyte");
    write_file(world.local("mnist") / "mnist.npz", "12345");
    const std::string there = "; " + world.local("mnist").string() +
                              " holds train-images-idx3-ubyte (a folder), mnist.npz (5 bytes)";
    (void)world.load({});
    REQUIRE(world.warnings.size() == 1);
    CHECK(contains(world.warnings[0], "(no network at a" + there + ")"));
    CHECK(world.fault({.dataset = "mnist"}).found == "no network at a; HTTP 404 at b" + there);
    std::filesystem::remove_all(world.local("mnist"));
    write_file(world.local("mnist"), "a file");
    CHECK(contains(world.fault({.dataset = "mnist"}).found, "mnist holds Not a directory"));
}

TEST_CASE("load: what was asked for explicitly never falls back") {
    World world;
    world.fetch_works = false;
    CHECK(world.fault({.dataset = "mnist"}).found == "no network at a; HTTP 404 at b");
    CHECK(contains(world.fault({.data_dir = world.root.path() / "none"}).found, "No such file"));
    const InputFault from_env = world.fault({.env_dir = world.root.path() / "none"});
    CHECK(contains(from_env.found, "No such file"));
    CHECK(contains(from_env.remedy, "MNIST_DATA_DIR"));
    CHECK(world.warnings.empty());
}

TEST_CASE("load: where MNIST_DATA_DIR holds another set than --dataset, the error says how to get round it") {
    const World world;
    const std::filesystem::path env = world.root.path() / "env";
    write_set(env, kMnist);
    const InputFault fault = world.fault({.dataset = "fashion-mnist", .env_dir = env});
    CHECK(fault.where == (env / "train-images-idx3-ubyte.gz").string());
    CHECK(fault.found.starts_with("those of mnist (SHA-256 "));
    CHECK(fault.remedy.starts_with(
        "The folder comes from MNIST_DATA_DIR: unset it, or give another with --data-dir. "));

    write_set(world.sources.debian_fashion_mnist, kFashion);
    const std::string installed = "--data-dir " + world.sources.debian_fashion_mnist.string();
    CHECK(contains(world.fault({.dataset = "fashion-mnist", .env_dir = env}).remedy, installed));
    write_set(env, kFashion);
    CHECK_FALSE(contains(world.fault({.dataset = "mnist", .env_dir = env}).remedy, installed));
}

TEST_CASE("load: damaged files in data/mnist are an error, not a reason for other data") {
    const World world;
    write_set(world.local("mnist"), with(kMnist, DataPart::test_labels, kMnist[3].substr(0, 9)));
    const InputFault fault = world.fault({});
    CHECK(fault.where == (world.local("mnist") / "t10k-labels-idx1-ubyte.gz").string());
    CHECK(fault.offset == 9);
    CHECK(world.fetches == 0);
}

TEST_CASE("load: the synthetic digits are drawn when asked for, without looking anywhere") {
    const World world;
    CHECK(world.load({.dataset = "synthetic", .env_dir = "/nowhere"}).facts.synthetic);
    CHECK(world.notes.empty());
    CHECK(world.load({.dataset = "synthetic", .data_dir = "/nowhere"}).facts.synthetic);
    REQUIRE(world.notes.size() == 1);
    CHECK(contains(world.notes[0], "/nowhere is not read"));
}

TEST_CASE("load: an unknown data set is an error that lists the known ones") {
    const World world;
    const InputFault fault = world.fault({.dataset = "cifar"});
    CHECK(fault.where == "--dataset");
    CHECK(fault.expected == "mnist, fashion-mnist or synthetic");
    CHECK(fault.found == "\"cifar\"");
}

TEST_CASE("load: an explicit data set whose folder holds other content is an error with both checksums") {
    const World world;
    write_set(world.root.path() / "a", kFashion);
    const InputFault fault = world.fault({.dataset = "mnist", .data_dir = world.root.path() / "a"});
    CHECK(fault.where == (world.root.path() / "a" / "train-images-idx3-ubyte.gz").string());
    CHECK(fault.expected == "the training images of Tiny mnist");
    CHECK(fault.found == "those of fashion-mnist (SHA-256 " + known_as("x", kFashion).files[0].sha256 +
                             " instead of " + known_as("x", kMnist).files[0].sha256 + ")");

    write_set(world.local("mnist"), with(kMnist, DataPart::test_images, kOther[2]));
    const InputFault local = world.fault({.dataset = "mnist"});
    CHECK(local.where == (world.local("mnist") / "t10k-images-idx3-ubyte.gz").string());
    CHECK(local.found.starts_with("other ones (SHA-256 "));
}

TEST_CASE("load: other content in data/mnist is used with a warning when nothing was asked for") {
    const World world;
    write_set(world.local("mnist"), kOther);
    CHECK(world.load({}).facts.name == "custom");
    REQUIRE(world.warnings.size() == 1);
    CHECK(contains(world.warnings[0], "does not hold"));
    CHECK(world.fetches == 0);
}

TEST_CASE("load: as many labels as images are needed, in both splits") {
    const World world;
    const std::filesystem::path folder = world.root.path() / "a";
    write_set(folder, with(kOther, DataPart::train_labels, idx_bytes({5}, std::string(5, '\1'))));
    const InputFault train = world.fault({.data_dir = folder});
    CHECK(train.where == (folder / "train-labels-idx1-ubyte.gz").string());
    CHECK(train.offset == 4);
    CHECK(contains(train.expected, "6 labels"));
    CHECK(train.found == "5");
    write_set(folder, with(kOther, DataPart::test_labels, idx_bytes({4}, std::string(4, '\1'))));
    CHECK(world.fault({.data_dir = folder}).where == (folder / "t10k-labels-idx1-ubyte.gz").string());
}

TEST_CASE("load: a test label that no training label has is out of range") {
    const World world;
    const std::filesystem::path folder = world.root.path() / "a";
    write_set(folder, with(kOther, DataPart::test_labels, idx_bytes({3}, "\2\3\1")));
    const InputFault fault = world.fault({.data_dir = folder});
    CHECK(fault.where == (folder / "t10k-labels-idx1-ubyte.gz").string());
    CHECK(fault.offset == 9);
    CHECK(contains(fault.expected, "below 3"));
    CHECK(fault.found == "3");
}

TEST_CASE("load: images of both splits need the same extents") {
    const World world;
    const std::filesystem::path folder = world.root.path() / "a";
    write_set(folder, with(kOther, DataPart::test_images, idx_bytes({3, 3, 2}, std::string(18, 'x'))));
    const InputFault fault = world.fault({.data_dir = folder});
    CHECK(fault.where == (folder / "t10k-images-idx3-ubyte.gz").string());
    CHECK(fault.offset == 8);
    CHECK(contains(fault.expected, "2 x 3"));
    CHECK(fault.found == "3 x 2");
}

TEST_CASE("load: with several broken files the first is reported, every time") {
    const World world;
    const std::filesystem::path folder = world.root.path() / "a";
    write_set(folder, {"x", "x", "x", "x"}, Packing::plain);
    for (int i = 0; i < 20; ++i)
        CHECK(world.fault({.data_dir = folder}).where == (folder / "train-images-idx3-ubyte").string());
}

TEST_CASE("load: 256 classes and one-pixel images are fine") {
    const World world;
    std::string labels(256, '\0');
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<char>(i);
    const std::filesystem::path folder = world.root.path() / "a";
    write_set(folder, {idx_bytes({256, 1, 1}, labels), idx_bytes({256}, labels), idx_bytes({1, 1, 1}, "x"),
                       idx_bytes({1}, "\xff")});
    const Dataset dataset = world.load({.data_dir = folder});
    CHECK(dataset.facts.classes == 256);
    CHECK(dataset.pixels() == 1);
}

TEST_CASE("load: nobody has to listen to the notices") {
    World world;
    world.fetch_works = false;
    world.notices = {};
    CHECK(world.load({}).facts.synthetic);
}

TEST_CASE("load: the usual sources are the catalog and Debian's folder") {
    const DataSources sources = usual_sources();
    CHECK(sources.catalog.size() == known_datasets().size());
    CHECK(sources.debian_fashion_mnist == "/usr/share/datasets/fashion-mnist");
}
