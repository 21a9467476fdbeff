// What is measured is not tested, only that it is measured where it can be, and why not where it cannot.
#include "mnist/infer/product_speed.hpp"

#include <cmath>

#include "catch.hpp"
#include "mnist/core/isa.hpp"

namespace mnist {

TEST_CASE("product speed: each format has a speed and what oneDNN ran, or a reason") {
    const std::vector<ProductSpeed> speeds = product_speeds(0.0001);
    REQUIRE(speeds.size() == 3);
    CHECK(speeds[0].format == NumberFormat::f32);
    CHECK(speeds[1].format == NumberFormat::bf16);
    CHECK(speeds[2].format == NumberFormat::int8);
    for (const ProductSpeed& speed : speeds) {
        CAPTURE(name(speed.format), speed.obstacle, speed.implementation);
        const bool works = speed.obstacle.empty();
        CHECK(speed.gops.has_value() == works);
        CHECK(speed.implementation.empty() != works);
        if (works) CHECK((std::isfinite(*speed.gops) && *speed.gops > 0));
    }
    CHECK(speeds[0].obstacle.empty());
    CHECK(speeds[1].obstacle == precision_obstacle(Precision::bf16).value_or(""));
    CHECK(speeds[2].obstacle.empty());
}

// oneDNN's choice as far as this room sees it: it is held whether or not somebody asked for the facts before.
TEST_CASE("product speed: what oneDNN runs keeps to MNIST_MAX_ISA") {
    const IsaLevel most = isa_limit().value_or(IsaLevel::amx);
    for (const ProductSpeed& speed : product_speeds(0.0001)) {
        CAPTURE(speed.implementation);
        for (const auto& [level, word] : {std::pair{IsaLevel::avx512, "avx512"},
                                          {IsaLevel::avx512_vnni, "vnni"},
                                          {IsaLevel::avx512_bf16, "bf16"},
                                          {IsaLevel::amx, "amx"}})
            CHECK((most >= level || speed.implementation.find(word) == std::string::npos));
    }
}

}  // namespace mnist
