// Catch2's main, compiled once for all test programs (compiling it takes longer than most tests).
#define CATCH_CONFIG_MAIN
#include "catch.hpp"
#ifndef MNIST_CATCH2_V2
int main(int argc, char** argv) {
    return Catch::Session().run(argc, argv);
}
#endif
