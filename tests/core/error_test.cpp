// The wording of errors: users and scripts read it.
#include "mnist/core/error.hpp"

#include "catch.hpp"

TEST_CASE("error: an input error names place, offset, expectation, finding and remedy") {
    const mnist::InputError error({.where = "a.idx",
                                   .offset = 4,
                                   .expected = "60000 images",
                                   .found = "10",
                                   .remedy = "Fetch the file again"});
    CHECK(std::string(error.what()) ==
          "a.idx, byte 4: expected 60000 images, found 10. Fetch the file again");
}

TEST_CASE("error: offset and remedy are left out where there are none") {
    const mnist::InputError error({.where = "--epochs", .expected = "a number", .found = "\"x\""});
    CHECK(std::string(error.what()) == "--epochs: expected a number, found \"x\"");
}
