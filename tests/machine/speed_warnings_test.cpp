// Each trouble alone, on machines that need not have it.
#include "mnist/machine/speed_warnings.hpp"

#include <string>

#include "catch.hpp"

using mnist::speed_warnings;
using mnist::SpeedCircumstances;

TEST_CASE("speed warnings: a quiet machine with a release build gets none") {
    CHECK(speed_warnings({.governor = "performance", .usable_cpus = 2, .threads = 2, .build_type = "Release"})
              .empty());
    CHECK(speed_warnings({.quota = 1.5, .usable_cpus = 2, .build_type = "RelWithDebInfo"}).empty());
    CHECK(
        speed_warnings({.quota = 2, .side_by_side = 2, .usable_cpus = 2, .jobs = 2, .build_type = "Release"})
            .empty());
}

TEST_CASE("speed warnings: each names what is the matter and a remedy") {
    const auto only = [](const auto& change) {
        SpeedCircumstances circumstances{.usable_cpus = 2, .threads = 2, .build_type = "Release"};
        change(circumstances);
        const std::vector<std::string> all = speed_warnings(circumstances);
        REQUIRE(all.size() == 1);
        return all.front();
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(has(only([](SpeedCircumstances& c) { c.governor = "powersave"; }), "cpupower"));
    CHECK(has(only([](SpeedCircumstances& c) { c.threads = 3; }),
              "--threads 3 is more than the 2 that this process may run at once: leave the flag out"));
    CHECK(has(only([](SpeedCircumstances& c) { c.jobs = 2; }), "2 jobs of 2 threads are more than the 2"));
    CHECK(has(only([](SpeedCircumstances& c) {
                  c.quota = 1.5;
                  c.side_by_side = 2;
              }),
              "a quota of 1.50 CPUs holds back in turn what runs side by side on 2"));
    CHECK(has(only([](SpeedCircumstances& c) { c.build_type = "Debug"; }), "--preset release"));
    CHECK(has(only([](SpeedCircumstances& c) { c.build_type = ""; }), "this is a plain build"));
    CHECK(only([](SpeedCircumstances& c) { c.binding = "bound"; }) == "bound");
    CHECK(only([](SpeedCircumstances& c) { c.slow_isa = "slow"; }) == "slow");
}
