// The folder of checkpoints keeps a whole one whatever happens.
#include "mnist/train/checkpoint_folder.hpp"

#include <sys/stat.h>

#include <fstream>

#include "catch.hpp"
#include "checkpoint_samples.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

namespace fs = std::filesystem;
using namespace checkpoint_samples;

TEST_CASE(
    "checkpoint folder: two are kept, and the one before is used with a warning when the newest is damaged") {
    const Dataset set = checkpointed_set();
    ExperimentInputs inputs = inputs_of(deep_config(), set);
    const std::vector<std::string> contents = checkpoints_of(inputs);
    const TemporaryFolder place;
    const fs::path folder = place.path() / "a" / "b";
    const auto save = [&](CheckpointFolder& checkpoints, std::size_t i) {
        const Checkpoint checkpoint = parse_checkpoint(contents[i], "F");
        checkpoints.save(checkpoint.head, checkpoint.progress);
    };
    const auto name = [&](int n) {
        return folder / ("checkpoint-00000" + std::to_string(n) + ".safetensors");
    };
    {
        CheckpointFolder checkpoints(folder);
        CHECK_NOTHROW(checkpoints.require_empty());
        for (std::size_t i = 0; i < 4; ++i) save(checkpoints, i);
        CHECK(!fs::exists(name(2)));
        CHECK(fs::exists(name(3)));
        CHECK(fs::exists(name(4)));
        CHECK_THROWS_AS(checkpoints.require_empty(), InputError);
        CHECK_THROWS_AS(CheckpointFolder(folder), InputError);  // in use
    }
    std::ofstream(name(4), std::ios::app) << "x";
    std::ofstream(folder / ".checkpoint-000005.safetensors.1-1.part") << "half";
    std::ofstream(folder / "notes.txt") << "mine";
    std::ofstream(folder / "checkpoint-9.safetensors") << "mine as well";
    {
        CheckpointFolder checkpoints(folder);
        CHECK(!fs::exists(folder / ".checkpoint-000005.safetensors.1-1.part"));
        std::vector<std::string> warnings;
        const Checkpoint loaded = checkpoints.load(warnings);
        CHECK(loaded.progress.runs.finished.size() == 1);  // the third: the first run is whole
        CHECK(loaded.head.resumed.at(0).epochs == 2);
        REQUIRE(warnings.size() == 1);
        CHECK(contains(warnings[0], "checkpoint-000004.safetensors"));
        CHECK(contains(warnings[0], "The one before it, checkpoint-000003.safetensors, is used"));
        save(checkpoints, 3);
        CHECK(fs::exists(name(5)));
        CHECK(!fs::exists(name(4)));
        CHECK(fs::exists(name(3)));
    }
    CHECK(fs::exists(folder / "notes.txt"));
    CHECK(fs::exists(folder / "checkpoint-9.safetensors"));
    fs::resize_file(name(3), 10);
    fs::resize_file(name(5), 0);
    CheckpointFolder checkpoints(folder);
    std::vector<std::string> warnings;
    try {
        static_cast<void>(checkpoints.load(warnings));
        FAIL("two damaged files gave a checkpoint");
    } catch (const InputError& error) {
        const std::string message = error.what();
        CAPTURE(message);
        CHECK(message.starts_with(folder.string() + ": expected a whole checkpoint, found none"));
        CHECK(contains(message, name(5).string() + ": expected a checkpoint, found an empty file"));
        CHECK(contains(message, name(3).string() + ": expected a checkpoint, found another kind of file"));
        CHECK(contains(message, "Restore one of these files"));
        CHECK(contains(message, "train anew with --checkpoint " + folder.string()));
    }
}

TEST_CASE("checkpoint folder: one that holds nothing says how to begin, and a pipe is not waited for") {
    const TemporaryFolder place;
    CheckpointFolder checkpoints(place.path());
    std::vector<std::string> warnings;
    const auto message = [&] {
        try {
            static_cast<void>(checkpoints.load(warnings));
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(contains(message(), "Begin with --checkpoint"));
    REQUIRE(::mkfifo((place.path() / "checkpoint-000001.safetensors").c_str(), 0600) == 0);
    CHECK(contains(message(), "no regular file. Move it out of the folder"));
}

}  // namespace mnist
