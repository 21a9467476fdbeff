// Variables that are not set, empty, and set.
#include "mnist/core/environment.hpp"

#include <cstdlib>

#include "catch.hpp"

TEST_CASE("environment: a variable that says nothing is none") {
    ::unsetenv("MNIST_TEST_VARIABLE");
    CHECK_FALSE(mnist::environment_value("MNIST_TEST_VARIABLE"));
    ::setenv("MNIST_TEST_VARIABLE", "", 1);
    CHECK_FALSE(mnist::environment_value("MNIST_TEST_VARIABLE"));
    ::setenv("MNIST_TEST_VARIABLE", "a b", 1);
    CHECK(mnist::environment_value("MNIST_TEST_VARIABLE") == "a b");
    ::unsetenv("MNIST_TEST_VARIABLE");
}

TEST_CASE("environment: the data folder does not count for drawn digits") {
    const auto before = mnist::environment_value("MNIST_DATA_DIR");
    ::setenv("MNIST_DATA_DIR", "here", 1);
    CHECK(mnist::environment_data_dir({}) == "here");
    CHECK(mnist::environment_data_dir("mnist") == "here");
    CHECK_FALSE(mnist::environment_data_dir("synthetic"));
    before ? ::setenv("MNIST_DATA_DIR", before->c_str(), 1) : ::unsetenv("MNIST_DATA_DIR");
}
