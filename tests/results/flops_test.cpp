// The operation count that shares of the peak rest on, against counts by hand.
#include "mnist/core/flops.hpp"

#include <vector>

#include "catch.hpp"

TEST_CASE("flops: the default network costs 454,400 operations a sample") {
    CHECK(mnist::training_flop_per_sample(std::vector<std::size_t>{784, 128, 64, 10}) == 454400);
}

TEST_CASE("flops: the first layer has no gradient in its inputs, the others do") {
    CHECK(mnist::training_flop_per_sample(std::vector<std::size_t>{3, 5}) == 4 * 15);
    CHECK(mnist::training_flop_per_sample(std::vector<std::size_t>{3, 5, 2}) == 4 * 15 + 6 * 10);
}

TEST_CASE("flops: without layers there is nothing to compute") {
    CHECK(mnist::training_flop_per_sample({}) == 0);
    CHECK(mnist::training_flop_per_sample(std::vector<std::size_t>{784}) == 0);
}
