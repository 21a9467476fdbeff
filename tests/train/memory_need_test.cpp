// What an experiment takes, against sums by hand; and that too much is refused before it is asked for.
#include "memory_need.hpp"

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

Dataset set_of(std::size_t train, std::size_t test) {
    Dataset set;
    set.facts.classes = 4;
    set.facts.rows = 5;
    set.facts.columns = 5;
    set.train.images.resize(train * 25);
    set.train.labels.resize(train);
    set.test.images.resize(test * 25);
    set.test.labels.resize(test);
    return set;
}

std::string refusal(const TrainConfig& config, const Dataset& set) {
    try {
        require_memory({.config = config, .dataset = &set, .initial_model = {}, .cpus = {}});
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("memory need: four arrays a parameter in the engine, two copies beside, six with checkpoints") {
    MemoryShape shape{.dims = {784, 1024, 16}, .batch = 0, .eval_tile = 0};
    const double parameters = 785 * 1024 + 1025 * 16;
    CHECK(memory_need(shape).network_bytes == 24 * parameters);
    shape.checkpoints = true;
    CHECK(memory_need(shape).network_bytes == 40 * parameters);
    shape.precision = Precision::bf16;  // 800 and 32 where AMX multiplies
    CHECK(memory_need(shape).network_bytes == 42 * (801 * 1024 + 1025 * 32));
    CHECK(memory_need(shape).rows_bytes == 0);
    // Four leaves: two sums wait while a third is computed.
    MemoryShape large{.dims = {784, 1024, 16}, .batch = 1024, .eval_tile = 0};
    CHECK(memory_need(large).network_bytes == 32 * parameters);
    large.threads = 16;  // two shards with two sums each
    CHECK(memory_need(large).network_bytes == 36 * parameters);
}

TEST_CASE("memory need: a group of rows has results and gradients of every layer, a loader its batches") {
    MemoryShape shape{.dims = {16, 1024, 16}, .batch = 1024, .eval_tile = 0};
    const double of_row = 16 + 1024 + 2 * (1024 + 16);
    CHECK(memory_need(shape).rows_bytes == 256 * of_row * 4);
    shape.loader_threads = 1;
    CHECK(memory_need(shape).rows_bytes == (256 * of_row + 1024.0 * 4 * 16) * 4);
    shape.loader_threads = 0;
    shape.threads = 16;  // four groups at a time
    CHECK(memory_need(shape).rows_bytes == (1024 * (of_row - 16) + 256 * 16) * 4);
    shape.threads = 1;
    shape.batch = 100;
    CHECK(memory_need(shape).rows_bytes == 100 * of_row * 4);
    shape = {.dims = {16, 1024, 16}, .batch = 0, .eval_tile = 64, .threads = 3};
    CHECK(memory_need(shape).rows_bytes == 3.0 * 64 * (16 + 1024 + 16) * 4);
}

TEST_CASE(
    "memory need: a network or a batch that cannot fit is refused with what was asked and what there is") {
    const Dataset set = set_of(200, 10);
    TrainConfig config;
    config.hidden = {1000000, 1000000};
    const std::string network = refusal(config, set);
    CAPTURE(network);
    CHECK(network.starts_with("--hidden: expected a training that needs at most "));
    CHECK(network.find("for the network 25-1000000-1000000-4") != std::string::npos);
    config.hidden = {1000, 1000};
    CHECK(refusal(config, set).empty());
    const double usual =
        memory_need({.dims = {25, 1000, 1000, 4}, .batch = 64, .eval_tile = 64}).network_bytes;
    CHECK(usual < 64 * kMiB);
}

}  // namespace mnist
