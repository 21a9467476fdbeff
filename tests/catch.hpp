// The one place that knows which Catch2 is installed: 2.13 (Debian 12, one header) or 3 (Debian 13, a library
// with its own main). Tests include this header and nothing of Catch2's.
#pragma once

#ifdef MNIST_CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
#endif
