// Sizes from outside: the products that overflow are the ones that matter.
#include "mnist/core/checked.hpp"

#include <cstdint>
#include <limits>
#include <new>

#include "catch.hpp"
#include "mnist/core/aligned.hpp"

namespace {

constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max();

}  // namespace

TEST_CASE("checked: a product that fits is exact") {
    CHECK(mnist::checked_product({}) == 1);
    CHECK(mnist::checked_product({7}) == 7);
    CHECK(mnist::checked_product({60000, 28, 28}) == 47040000);
    CHECK(mnist::checked_product({kMax, 1}) == kMax);
    CHECK(mnist::checked_product({std::size_t{1} << 32U, (std::size_t{1} << 32U) - 1}) == kMax - 0xffffffffU);
}

TEST_CASE("checked: a product that does not fit is empty") {
    CHECK_FALSE(mnist::checked_product({kMax, 2}).has_value());
    CHECK_FALSE(mnist::checked_product({std::size_t{1} << 32U, std::size_t{1} << 32U}).has_value());
    CHECK_FALSE(mnist::checked_product({3, kMax / 3, 2}).has_value());
}

TEST_CASE("checked: a factor 0 gives 0 where nothing overflowed before it") {
    CHECK(mnist::checked_product({0, kMax, kMax}) == 0);
    CHECK_FALSE(mnist::checked_product({kMax, kMax, 0}).has_value());
}

TEST_CASE("checked: rounding up goes to the next multiple and leaves multiples alone") {
    CHECK(mnist::round_up(0, 16) == 0);
    CHECK(mnist::round_up(1, 16) == 16);
    CHECK(mnist::round_up(16, 16) == 16);
    CHECK(mnist::round_up(17, 16) == 32);
    CHECK(mnist::round_up(10, 3) == 12);
    CHECK(mnist::round_up(5, 1) == 5);
}

TEST_CASE("aligned: every vector starts at a cache line, after growing too") {
    for (const std::size_t n : {1U, 3U, 64U, 1000U, 100'001U}) {
        mnist::AlignedVector<float> values(n, 1.0F);
        CHECK(reinterpret_cast<std::uintptr_t>(values.data()) % mnist::kCacheLine == 0);
        values.resize(2 * n + 1, 2.0F);
        CHECK(reinterpret_cast<std::uintptr_t>(values.data()) % mnist::kCacheLine == 0);
        CHECK(values[n - 1] == 1.0F);
        CHECK(values[2 * n] == 2.0F);
    }
}

TEST_CASE("aligned: a count whose bytes overflow is refused") {
    mnist::AlignedAllocator<double> allocator;
    CHECK_THROWS_AS(allocator.allocate(kMax / 4), std::bad_array_new_length);
}
