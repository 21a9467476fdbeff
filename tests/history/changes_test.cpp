// Small histories whose changes are known.
#include "mnist/history/changes.hpp"

#include "catch.hpp"

namespace mnist::changes_case {

TEST_CASE("changes: a regression is new while it is among the newest points") {
    const std::vector<Change> changes{{.place = 30, .cause = Cause::program, .ratio = 0.9}};
    CHECK(has_new_regression(changes, 40));
    CHECK_FALSE(has_new_regression(changes, 41));
}

}  // namespace mnist::changes_case
