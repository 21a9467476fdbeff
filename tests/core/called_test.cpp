// How the programs call themselves, and words that a shell leaves alone.
#include "mnist/core/called.hpp"

#include <cstdlib>

#include "catch.hpp"

namespace mnist {

TEST_CASE("called: programs have their own names, or those of the script that started them") {
    ::unsetenv("MNIST_RUN");
    CHECK(called("mnist") == "mnist");
    CHECK(as_called("mnist_bench --help") == "mnist_bench --help");
    ::setenv("MNIST_RUN", "./run", 1);
    CHECK(called("mnist") == "./run");
    CHECK(called("mnist_bench") == "./run bench");
    CHECK(as_called("mnist train   what mnist does") == "./run train   what mnist does");
    CHECK(as_called("mnist_bench") == "./run bench");
    ::setenv("MNIST_RUN", "../a b/run", 1);
    CHECK(called("mnist_bench") == "'../a b/run' bench");
    ::unsetenv("MNIST_RUN");
}

TEST_CASE("called: programs of one folder are called as the first one was, unless a script started them") {
    ::unsetenv("MNIST_RUN");
    ::setenv("MNIST_BESIDE", "./", 1);
    CHECK(called("mnist_bench") == "./mnist_bench");
    ::setenv("MNIST_BESIDE", "/opt/a b/", 1);
    CHECK(as_called("mnist --help") == "'/opt/a b/mnist' --help");
    ::setenv("MNIST_RUN", "./run", 1);
    CHECK(called("mnist") == "./run");
    ::unsetenv("MNIST_RUN");
    ::unsetenv("MNIST_BESIDE");
}

TEST_CASE("called: a word for a shell is quoted where it must be") {
    CHECK(shell_word("results/a-1.json") == "results/a-1.json");
    CHECK(shell_word("^(Train|Step)/") == "'^(Train|Step)/'");
    CHECK(shell_word("it's") == "'it'\\''s'");
    CHECK(shell_word("") == "''");
}

}  // namespace mnist
