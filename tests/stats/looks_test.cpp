// When a sample is looked at, and what a look may spend.
#include "mnist/stats/looks.hpp"

#include "catch.hpp"

namespace mnist {

TEST_CASE("looks: each comes after half as many values more, and the last at the most") {
    CHECK(look_schedule(10, 100) == std::vector<std::size_t>{10, 15, 23, 35, 53, 80, 100});
    CHECK(look_schedule(4, 5) == std::vector<std::size_t>{4, 5});
    CHECK(look_schedule(10, 10) == std::vector<std::size_t>{10});
    CHECK(look_schedule(1, 4) == std::vector<std::size_t>{1, 2, 3, 4});
}

TEST_CASE("looks: all together spend the level and no more") {
    for (const std::size_t planned : {1U, 2U, 7U, 40U}) {
        double spent = 0;
        for (std::size_t look = 0; look < planned; ++look) spent += alpha_of_look(0.05, planned);
        CHECK(spent == Approx(0.05));
    }
    CHECK(alpha_of_look(0.05, 0) == 0.05);
}

}  // namespace mnist
