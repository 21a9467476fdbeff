// What can go wrong with what the program reads and writes, by real means: a full and a read-only disk,
// missing permissions, a terminal and a reader that go away. Each ends in a correct result or in a clear
// error, and never in half a file. Memory, processors and the clock are limits_test's.
#include <unistd.h>

#include <fstream>
#include <utility>

#include "catch.hpp"
#include "fixtures.hpp"
#include "small_disk.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kKiB = 1024;

// Root may do everything, so the program then runs as nobody; the folder is made readable for it.
Launch as_nobody(const Workshop& workshop, Launch launch) {
    constexpr uid_t kNobody = 65534;
    fs::permissions(workshop.folder(), fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
    launch.before_exec = [] {
        return ::geteuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
    };
    return launch;
}

}  // namespace

TEST_CASE(
    "faults: a disk that is full when the result is written costs the result alone, and leaves no part") {
    const Workshop workshop;
    const SmallDisk disk(workshop.folder() / "disk", 8 * kKiB);
    if (!disk.mounted()) return;
    const Finished finished = workshop.train({"--epochs", "2", "--out", "disk/r.json"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "disk/r.json: expected a writable file, found No space left on device"));
    CHECK(contains(finished.output, "First Reached"));  // the report is not lost
    CHECK(disk.names().empty());
}

TEST_CASE("faults: a disk that is full for models costs neither the other runs nor the result") {
    const Workshop workshop;
    const SmallDisk disk(workshop.folder() / "disk", 4 * kKiB);
    if (!disk.mounted()) return;
    const Finished finished = workshop.mnist({"train", "--data-dir", "tiny", "--hidden", "64", "--epochs",
                                              "2", "--out", "r.json", "--save-model", "disk"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "No space left on device"));
    CHECK(workshop.json_of("r.json").at("runs").size() == 3);
    CHECK(disk.names().empty());
}

TEST_CASE(
    "faults: checkpoints that no longer fit are warned of once, and the training ends with its result") {
    const Workshop workshop;
    // The first, without tensors, fits; those with Adam's state do not.
    const SmallDisk disk(workshop.folder() / "disk", 24 * kKiB);
    if (!disk.mounted()) return;
    const Finished finished =
        workshop.mnist({"train", "--data-dir", "tiny", "--hidden", "64", "--epochs", "6", "--optimizer",
                        "adam", "--checkpoint", "disk/c", "--out", "r.json"});
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 0);
    const std::string warning = "warning: the checkpoint could not be written: ";
    REQUIRE(contains(finished.error, warning));
    CHECK(contains(finished.error, "No space left on device"));
    CHECK(finished.error.find(warning) == finished.error.rfind(warning));
    CHECK(workshop.json_of("r.json").at("runs").size() == 1);
    const Finished resumed =
        workshop.mnist({"train", "--resume", "disk/c", "--out", "s.json", "--print-config"});
    CHECK(resumed.exit_code == 0);
    CHECK(contains(resumed.output, "epochs = 6\n"));
}

TEST_CASE("faults: without room for the first checkpoint nothing is trained") {
    const Workshop workshop;
    const SmallDisk disk(workshop.folder() / "disk", 4 * kKiB);
    if (!disk.mounted()) return;
    std::ofstream(workshop.folder() / "disk" / "full") << std::string(4 * kKiB, 'x');
    const Finished finished = workshop.train({"--checkpoint", "disk", "--out", "r.json"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "No space left on device"));
    CHECK(!contains(finished.output, "Epoch 1"));
    CHECK(!fs::exists(workshop.folder() / "r.json"));
}

TEST_CASE("faults: a read-only disk is refused before the training, for whatever would be written there") {
    const Workshop workshop;
    const SmallDisk disk(workshop.folder() / "disk", 64 * kKiB);
    if (!disk.mounted()) return;
    REQUIRE(disk.make_read_only());
    for (const auto& [flag, value] :
         {std::pair("--out", "disk/r.json"), std::pair("--report", "disk/r.html"),
          std::pair("--save-model", "disk/models"), std::pair("--checkpoint", "disk/c")}) {
        const Finished finished = workshop.train({flag, value});
        CAPTURE(flag, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, "Read-only file system"));
        CHECK(!contains(finished.output, "Epoch 1"));
    }
}

TEST_CASE("faults: in a read-only current folder a training without --out is refused before it starts") {
    const Workshop workshop;
    const SmallDisk disk(workshop.folder() / "disk", 64 * kKiB);
    if (!disk.mounted()) return;
    REQUIRE(disk.make_read_only());
    Launch launch = workshop.launch({"train", "--data-dir", "../tiny", "--hidden", "8", "--epochs", "2"});
    launch.folder = workshop.folder() / "disk";
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "found " + fs::canonical(launch.folder).string() +
                                       ": Read-only file system. Name a file elsewhere with --out"));
    CHECK(!contains(finished.output, "Epoch 1"));
    launch.arguments.insert(launch.arguments.end(), {"--out", "../r.json"});
    CHECK(run(launch).exit_code == 0);
    launch.arguments = {"compare", "../r.json", "../r.json", "--out", "c.txt"};
    CHECK(contains(run(launch).error, "mnist: " + fs::canonical(launch.folder).string() +
                                          ": expected a folder to write into, found Read-only file system"));
}

TEST_CASE("faults: a missing permission is refused with its name, for data and for results") {
    const Workshop workshop;
    const fs::path labels = workshop.folder() / "tiny" / "train-labels-idx1-ubyte";
    fs::permissions(labels, fs::perms::none);
    const Finished data = run(as_nobody(workshop, workshop.launch_train({"--epochs", "1"})));
    CHECK(data.exit_code == 2);
    CHECK(contains(data.error, "found no train-labels-idx1-ubyte; it holds "));
    CHECK(contains(data.error, "train-labels-idx1-ubyte (Permission denied)"));
    // Nor does it hide a file beside it that may be read.
    workshop.write("tiny/train-labels.idx1-ubyte", workshop.text_of("tiny/train-labels-idx1-ubyte"));
    CHECK(run(as_nobody(workshop, workshop.launch_train({"--epochs", "1", "--out", "-"}))).exit_code == 0);
    fs::permissions(labels, fs::perms::owner_read | fs::perms::others_read);

    fs::create_directory(workshop.folder() / "locked");
    fs::permissions(workshop.folder() / "locked", fs::perms::owner_read | fs::perms::owner_exec |
                                                      fs::perms::others_read | fs::perms::others_exec);
    for (const auto& [flag, value] :
         {std::pair("--out", "locked/r.json"), std::pair("--checkpoint", "locked")}) {
        const Finished finished =
            run(as_nobody(workshop, workshop.launch_train({"--epochs", "1", flag, value})));
        CAPTURE(flag, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, "Permission denied"));
        CHECK(fs::is_empty(workshop.folder() / "locked"));
    }
}

TEST_CASE("faults: a terminal that is closed without a signal costs the text, not the result") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--epochs", "40", "--out", "r.json"});
    launch.outputs = Outputs::terminal;
    Process process(launch);
    REQUIRE(process.wait_for_output("Epoch 2/"));
    process.hang_up();
    const Finished finished = process.finish_unread();
    CHECK(finished.exit_code == 3);  // what was asked for in text could not be given
    CHECK(workshop.json_of("r.json").at("runs").size() == 3);
}

TEST_CASE("faults: a reader that goes away in the middle costs neither the run nor its result") {
    const Workshop workshop;
    Process process(workshop.launch_train({"--epochs", "40", "--out", "r.json"}));
    REQUIRE(process.wait_for_output("Epoch 2/"));
    process.hang_up();
    const Finished finished = process.finish();
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.error, "nobody reads the output any more"));
    CHECK(workshop.json_of("r.json").at("runs").size() == 3);
}

TEST_CASE("faults: without the library that downloads, fetching says what is missing and the rest works") {
    const Workshop workshop;
    fs::create_directories(workshop.folder() / "alone");
    fs::copy_file(MNIST_PROGRAM, workshop.folder() / "alone" / "mnist");
    Launch launch = workshop.launch({"fetch", "--data-dir", "new", "--base-url", "http://127.0.0.1:1/"});
    launch.program = workshop.folder() / "alone" / "mnist";
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "libmnist_http.so: expected the library that downloads"));
    CHECK(contains(finished.error, "cannot open shared object file"));
    CHECK(contains(finished.error, "put the files of the data set into the folder by hand"));
    CHECK_FALSE(fs::exists(workshop.folder() / "new"));
    launch.arguments = {"info"};
    CHECK(run(launch).exit_code == 0);
}
