// Philox against its published vectors (through a second implementation, written from the paper), and the
// numbers made of its bits.
#include "mnist/core/rng.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "catch.hpp"

using mnist::CounterRng;
using mnist::RandomPurpose;

namespace {

using Block = std::array<std::uint32_t, 4>;
using Key = std::array<std::uint32_t, 2>;

// Philox4x32-10, Salmon et al. 2011, section 3.3 and table 2.
Block philox(Block x, Key key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53U} * x[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * x[2];
        x = {static_cast<std::uint32_t>(b >> 32U) ^ x[1] ^ key[0], static_cast<std::uint32_t>(b),
             static_cast<std::uint32_t>(a >> 32U) ^ x[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key[0] += 0x9E3779B9U;
        key[1] += 0xBB67AE85U;
    }
    return x;
}

// Pearson's statistic of equally likely cells.
double chi_square(const std::vector<std::size_t>& counts) {
    const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
    const double expected = total / static_cast<double>(counts.size());
    double sum = 0;
    for (const std::size_t count : counts) {
        const double difference = static_cast<double>(count) - expected;
        sum += difference * difference / expected;
    }
    return sum;
}

// Six standard deviations above the mean of a chi-square distribution.
double chi_square_limit(std::size_t cells) {
    const auto freedom = static_cast<double>(cells - 1);
    return freedom + 6.0 * std::sqrt(2.0 * freedom);
}

std::vector<std::uint32_t> shuffled(std::uint32_t n, std::uint64_t seed, std::uint32_t stream) {
    std::vector<std::uint32_t> values(n);
    std::iota(values.begin(), values.end(), 0U);
    CounterRng rng(seed, RandomPurpose::shuffle, stream);
    mnist::shuffle(values, rng);
    return values;
}

}  // namespace

TEST_CASE("rng: the second implementation gives Random123's published vectors") {
    constexpr std::uint32_t kOnes = 0xffffffffU;
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U});
    CHECK(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
          Block{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU});
    CHECK(philox({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, {0xa4093822U, 0x299f31d0U}) ==
          Block{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U});
}

TEST_CASE("rng: the sequence is Philox of (block, purpose, stream) under the seed") {
    for (const std::uint64_t seed :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xfedcba9876543210U}}) {
        for (const std::uint32_t stream : {0U, 3U, 0xffffffffU}) {
            CounterRng rng(seed, RandomPurpose::bootstrap, stream);
            for (std::uint32_t block = 0; block < 5; ++block) {
                const Block expected =
                    philox({block, static_cast<std::uint32_t>(RandomPurpose::bootstrap), stream, 0},
                           {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
                for (const std::uint32_t word : expected) CHECK(rng.next_u32() == word);
            }
        }
    }
}

TEST_CASE("rng: purposes, streams and seeds have sequences of their own, and a copy goes on alike") {
    const auto first = [](std::uint64_t seed, RandomPurpose purpose, std::uint32_t stream) {
        return CounterRng(seed, purpose, stream).next_u32();
    };
    const std::uint32_t base = first(0, RandomPurpose::shuffle, 0);
    CHECK(first(0, RandomPurpose::initial_weights, 0) != base);
    CHECK(first(0, RandomPurpose::shuffle, 1) != base);
    CHECK(first(1, RandomPurpose::shuffle, 0) != base);
    CHECK(first(std::uint64_t{1} << 32U, RandomPurpose::shuffle, 0) != base);

    CounterRng rng(9, RandomPurpose::synthetic, 2);
    static_cast<void>(rng.next_u32());
    CounterRng copy = rng;
    for (int i = 0; i < 9; ++i) CHECK(copy.next_u32() == rng.next_u32());
}

TEST_CASE("rng: a unit float is the upper 24 bits of a word, a unit double the upper 53 of two") {
    CounterRng words(4, RandomPurpose::synthetic, 0);
    CounterRng floats = words;
    for (int i = 0; i < 1000; ++i) {
        const float value = floats.next_unit();
        REQUIRE(value == static_cast<float>(words.next_u32() >> 8U) / 16777216.0F);
        REQUIRE(value < 1.0F);
    }
    CounterRng doubles = words;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t high = words.next_u32();
        const std::uint64_t bits = high << 32U | words.next_u32();
        const double value = doubles.next_unit_f64();
        REQUIRE(value == std::ldexp(static_cast<double>(bits >> 11U), -53));
        REQUIRE(value < 1.0);
    }
}

TEST_CASE("rng: units spread evenly from 0 to below 1") {
    constexpr std::size_t kCells = 100;
    CounterRng rng(0, RandomPurpose::synthetic, 0);
    std::vector<std::size_t> floats(kCells);
    std::vector<std::size_t> doubles(kCells);
    for (int i = 0; i < 100'000; ++i) {
        ++floats[static_cast<std::size_t>(rng.next_unit() * 100.0F)];
        ++doubles[static_cast<std::size_t>(rng.next_unit_f64() * 100.0)];
    }
    CHECK(chi_square(floats) < chi_square_limit(kCells));
    CHECK(chi_square(doubles) < chi_square_limit(kCells));
}

TEST_CASE("rng: bounded numbers stay below their bound and are equally likely") {
    CounterRng rng(0, RandomPurpose::bootstrap, 0);
    for (int i = 0; i < 100; ++i) REQUIRE(rng.next_below(1) == 0);
    for (const std::uint32_t bound : {2U, 3U, 10U, 1000U}) {
        std::vector<std::size_t> counts(bound);
        for (std::uint32_t i = 0; i < 200 * bound; ++i) ++counts.at(rng.next_below(bound));
        CHECK(chi_square(counts) < chi_square_limit(bound));
    }
}

TEST_CASE("rng: a bound near 2^32 is not biased, as multiplying without rejection would be") {
    // With 3 * 2^30, a plain multiplication would hit the multiples of 3 twice as often as the others.
    constexpr std::uint32_t kBound = 3U << 30U;
    CounterRng rng(0, RandomPurpose::bootstrap, 1);
    std::vector<std::size_t> counts(3);
    for (int i = 0; i < 30'000; ++i) {
        const std::uint32_t value = rng.next_below(kBound);
        REQUIRE(value < kBound);
        ++counts[value % 3];
    }
    CHECK(chi_square(counts) < chi_square_limit(3));
}

TEST_CASE("rng: normal numbers have the moments and the tail shares of a standard normal") {
    constexpr int kNumbers = 100'000;
    CounterRng rng(0, RandomPurpose::synthetic, 5);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    int within_one = 0;
    for (int i = 0; i < kNumbers; ++i) {
        const double value = rng.next_normal();
        REQUIRE(std::isfinite(value));
        sum += value;
        squares += value * value;
        fourths += value * value * value * value;
        if (std::abs(value) < 1.0) ++within_one;
    }
    CHECK(std::abs(sum / kNumbers) < 0.02);
    CHECK(squares / kNumbers == Approx(1.0).epsilon(0.02));
    CHECK(fourths / kNumbers == Approx(3.0).epsilon(0.06));
    CHECK(static_cast<double>(within_one) / kNumbers == Approx(0.6827).epsilon(0.01));
}

TEST_CASE("rng: a shuffle is a permutation, also of nothing and of one value") {
    CHECK(shuffled(0, 0, 0).empty());
    CHECK(shuffled(1, 0, 0) == std::vector<std::uint32_t>{0});
    std::vector<std::uint32_t> values = shuffled(60'000, 0, 0);
    CHECK_FALSE(std::is_sorted(values.begin(), values.end()));
    std::sort(values.begin(), values.end());
    for (std::uint32_t i = 0; i < values.size(); ++i) REQUIRE(values[i] == i);
}

TEST_CASE("rng: every order of four values is equally likely") {
    std::vector<std::size_t> counts(24);
    for (std::uint32_t stream = 0; stream < 24'000; ++stream) {
        std::vector<std::uint32_t> values = shuffled(4, 0, stream);
        // Rank of the permutation in the factorial number system.
        std::size_t rank = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto smaller =
                std::count_if(values.begin() + static_cast<std::ptrdiff_t>(i) + 1, values.end(),
                              [&](std::uint32_t value) { return value < values[i]; });
            rank = rank * (4 - i) + static_cast<std::size_t>(smaller);
        }
        ++counts.at(rank);
    }
    CHECK(chi_square(counts) < chi_square_limit(24));
}

TEST_CASE("rng: shuffles are the same on every machine") {
    CHECK(shuffled(10, 0, 0) == std::vector<std::uint32_t>{2, 8, 7, 9, 1, 6, 4, 5, 0, 3});
    CHECK(shuffled(10, 0, 1) == std::vector<std::uint32_t>{3, 9, 7, 4, 1, 0, 5, 2, 6, 8});
    CHECK(shuffled(10, 12345678901234567890U, 7) == std::vector<std::uint32_t>{5, 0, 2, 7, 1, 4, 8, 6, 9, 3});
}
