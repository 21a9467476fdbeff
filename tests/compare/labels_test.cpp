// Names as short as they can be told apart by.
#include "catch.hpp"
#include "mnist/compare/measurements.hpp"

namespace mnist {
namespace {

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("labels: a file is called by its name, and by its folder where another has that name") {
    CHECK(distinct_tails(Paths{"/r/before.json", "/r/after.json"}) == Paths{"before.json", "after.json"});
    CHECK(distinct_tails(Paths{"/r/x/1.json", "/r/y/1.json", "/r/2.json"}) ==
          Paths{"x/1.json", "y/1.json", "2.json"});
    CHECK(distinct_tails(Paths{"/a/x/1.json", "/b/x/1.json"}) == Paths{"a/x/1.json", "b/x/1.json"});
}

TEST_CASE("labels: paths that cannot be told apart by less stay whole") {
    CHECK(distinct_tails(Paths{"1.json", "x/1.json"}) == Paths{"1.json", "x/1.json"});
    CHECK(distinct_tails(Paths{"x/1.json", "x/1.json"}) == Paths{"1.json", "1.json"});
    CHECK(distinct_tails(Paths{"x//1.json", "x/1.json"}) == Paths{"x//1.json", "x/1.json"});
    CHECK(distinct_tails(Paths{"", "1.json"}) == Paths{"", "1.json"});
    CHECK(distinct_tails(Paths{}).empty());
}

}  // namespace mnist
