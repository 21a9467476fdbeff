// Puts the drawn digits into a data set. Every sample has a random sequence of its own, named by its number,
// so that samples can be drawn in any order and by any number of threads. The lower half of the numbers is
// for training, the upper half for the test set: the two never share a picture.
#include "mnist/data/synthetic.hpp"

#include <array>
#include <string>

#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "parallel.hpp"
#include "synthetic_raster.hpp"

namespace mnist {
namespace {

constexpr std::uint32_t kFirstTestStream = 0x80000000U;
constexpr std::size_t kSamplesPerTask = 256;

// How many of a thousand samples show each digit: the shares of MNIST's training set.
constexpr std::array<std::uint32_t, kDigits> kPerMille{99, 112, 99, 102, 97, 90, 99, 105, 98, 99};

std::uint8_t choose_digit(CounterRng& rng) {
    std::uint32_t left = rng.next_below(1000);
    std::uint8_t digit = 0;
    while (left >= kPerMille[digit]) left -= kPerMille[digit++];
    return digit;
}

Split draw_split(std::uint64_t seed, std::uint32_t first_stream, std::size_t samples) {
    if (samples > kFirstTestStream) {
        throw ShapeError("at most " + std::to_string(kFirstTestStream) +
                         " synthetic samples a split, asked for " + std::to_string(samples));
    }
    Split split;
    split.images.resize(samples * kDigitPixels);
    split.labels.resize(samples);
    parallel_blocks(samples, kSamplesPerTask, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i != end; ++i) {
            CounterRng rng(seed, RandomPurpose::synthetic, first_stream + static_cast<std::uint32_t>(i));
            const std::uint8_t digit = choose_digit(rng);
            split.labels[i] = digit;
            draw_digit(
                digit, DrawStyle{}, rng,
                std::span<std::uint8_t, kDigitPixels>(split.images.data() + i * kDigitPixels, kDigitPixels));
        }
    });
    return split;
}

}  // namespace

Dataset synthetic_digits(std::uint64_t seed, std::size_t train_samples, std::size_t test_samples) {
    Dataset data;
    data.train = draw_split(seed, 0, train_samples);
    data.test = draw_split(seed, kFirstTestStream, test_samples);

    Sha256 checksum;
    for (const Split* split : {&data.train, &data.test}) {
        checksum.add(std::as_bytes(std::span(split->images)));
        checksum.add(std::as_bytes(std::span(split->labels)));
    }
    data.facts = {.name = "synthetic",
                  .sha256 = checksum.hex(),
                  .train_samples = train_samples,
                  .test_samples = test_samples,
                  .rows = kDigitSide,
                  .columns = kDigitSide,
                  .classes = kDigits,
                  .synthetic = true};
    return data;
}

}  // namespace mnist
