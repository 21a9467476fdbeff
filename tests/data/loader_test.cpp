// Batches prepared ahead: the right rows in the right order, cancelled and restarted at will. Run under
// ThreadSanitizer too.
#include "mnist/data/loader.hpp"

#include <array>
#include <atomic>
#include <limits>
#include <numeric>
#include <thread>

#include "catch.hpp"
#include "mnist/core/rng.hpp"

namespace mnist {
namespace {

constexpr std::size_t kPixels = 5;
constexpr std::size_t kRow = 16;

std::vector<std::uint8_t> numbered_images(std::size_t count) {
    std::vector<std::uint8_t> images(count * kPixels);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<std::uint8_t>(i * 31 % 256);
    return images;
}

std::vector<std::uint32_t> shuffled(std::size_t count, std::uint32_t epoch) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    CounterRng rng(3, RandomPurpose::shuffle, epoch);
    shuffle(order, rng);
    return order;
}

// Values that differ from (2/255) pixel - 1, or from 0 behind the pixels, in the given batch.
int wrong_values(const float* slot, const std::vector<std::uint8_t>& images,
                 const std::vector<std::uint32_t>& order, std::size_t first, std::size_t rows) {
    int wrong = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < kRow; ++c) {
            const float expected =
                c < kPixels
                    ? static_cast<float>(images[order[first + r] * kPixels + c]) * (2.0F / 255.0F) - 1.0F
                    : 0.0F;
            if (slot[r * kRow + c] != expected) ++wrong;
        }
    }
    return wrong;
}

}  // namespace

TEST_CASE("loader: every batch arrives whole, in order, the smaller last one too") {
    const auto images = numbered_images(103);
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
        PrefetchLoader loader(
            {.batch = 10, .pixels = kPixels, .row_floats = kRow, .threads = threads, .slots = 3});
        const auto slots = loader.slots();
        REQUIRE(slots.size() == 3);
        for (std::uint32_t epoch = 0; epoch < 4; ++epoch) {
            const auto order = shuffled(103, epoch);
            loader.start_epoch(images.data(), order);
            for (std::size_t step = 0; step < 11; ++step) {
                loader.release_before(step);
                loader.wait(step);
                const std::size_t rows = step < 10 ? 10 : 3;
                CHECK(wrong_values(slots[step % 3], images, order, step * 10, rows) == 0);
            }
        }
    }
}

TEST_CASE("loader: an epoch that is not used up can be left at any batch") {
    const auto images = numbered_images(200);
    // The loader still reads the old order until the next one is started, and the last until it is destroyed.
    std::array<std::vector<std::uint32_t>, 2> orders;
    PrefetchLoader loader({.batch = 8, .pixels = kPixels, .row_floats = kRow, .threads = 2});
    const auto slots = loader.slots();
    for (std::uint32_t epoch = 0; epoch < 25; ++epoch) {
        std::vector<std::uint32_t>& order = orders.at(epoch % 2);
        order = shuffled(200, epoch);
        loader.start_epoch(images.data(), order);
        for (std::size_t step = 0; step < epoch; ++step) {
            loader.release_before(step);
            loader.wait(step);
            REQUIRE(wrong_values(slots[step % slots.size()], images, order, step * 8, 8) == 0);
        }
    }
}

TEST_CASE("loader: several users may wait for the same batch") {
    const auto images = numbered_images(64);
    const auto order = shuffled(64, 0);
    PrefetchLoader loader({.batch = 16, .pixels = kPixels, .row_floats = kRow, .threads = 1, .slots = 2});
    const auto slots = loader.slots();
    loader.start_epoch(images.data(), order);
    std::atomic<int> wrong{0};
    const auto use = [&] {
        for (std::size_t step = 0; step < 2; ++step) {
            loader.wait(step);
            wrong += wrong_values(slots[step % 2], images, order, step * 16, 16);
        }
    };
    std::thread other(use);
    use();
    other.join();
    CHECK(wrong == 0);
}

TEST_CASE("loader: impossible shapes are refused") {
    CHECK_THROWS(PrefetchLoader({.batch = 0, .pixels = 5, .row_floats = 16}));
    CHECK_THROWS(PrefetchLoader({.batch = 4, .pixels = 17, .row_floats = 16}));
    CHECK_THROWS(PrefetchLoader({.batch = 4, .pixels = 5, .row_floats = 16, .threads = 0}));
    CHECK_THROWS(PrefetchLoader({.batch = 4, .pixels = 5, .row_floats = 16, .threads = 1, .slots = 1}));
}

TEST_CASE("loader: slots larger than any memory are an exception, not the end of the program") {
    constexpr std::size_t kRows = std::numeric_limits<std::size_t>::max() / (2 * kRow);
    CHECK_THROWS(PrefetchLoader({.batch = kRows, .pixels = kPixels, .row_floats = kRow}));
}

}  // namespace mnist
