// Copies of a training side by side: what is counted, what is checked, and what is refused.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.hpp"
#include "experiment_run.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
using nlohmann::json;

TEST_CASE("copies: counted are their sum, what side by side costs and what of that is known") {
    const Workshop workshop;
    const Finished finished =
        workshop.mnist({"--data-dir=tiny", "--copies=1,2", "--benchmark_filter=^Train/Adam/batch:64",
                        "--epochs=3", "--seed=7", "--benchmark_repetitions=2", "--benchmark_out=r.json"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    std::map<std::string, std::vector<json>> runs;
    const json result = workshop.json_of("r.json");
    for (const json& run : result.at("benchmarks")) runs[run.at("name").get<std::string>()].push_back(run);
    const std::vector<json>& one = runs["Train/Adam/batch:64/copies:1"];
    const std::vector<json>& two = runs["Train/Adam/batch:64/copies:2"];
    REQUIRE(one.size() == 2);
    REQUIRE(two.size() == 2);
    for (const json& run : two) {
        const double epoch_s = run.at("real_time").get<double>() / 1e3;
        CHECK(run.at("samples_per_second") == Approx(2 * 200 / epoch_s));
        CHECK(run.at("rate_efficiency").get<double>() > 0);
        CHECK(run.at("slowest_over_median").get<double>() >= 1);
        CHECK(run.at("rate_efficiency").get<double>() ==
              Approx(run.at("peak_ratio").get<double>() * run.at("shared_ratio").get<double>() /
                     run.at("slowest_over_median").get<double>()));
        CHECK(run.at("test_accuracy_lowest") <= run.at("test_accuracy"));
    }
    for (const json& run : one) CHECK_FALSE(run.contains("rate_efficiency"));  // it is one by definition
    CHECK(one[1].at("seed") == 8);
    // The mean of seeds 7 and 8.
    CHECK(two[0].at("test_accuracy").get<double>() ==
          Approx((one[0].at("test_accuracy").get<double>() + one[1].at("test_accuracy").get<double>()) / 2));
}

TEST_CASE("copies: a copy that did not end with the bits of its run alone is an error") {
    mnist::RunRecord run;
    run.seed = 3;
    run.weights_sha256 = "abc";
    CHECK_NOTHROW(mnist::bench::require_same_weights({run}, [](std::uint64_t) { return "abc"; }));
    CHECK_THROWS_WITH(mnist::bench::require_same_weights(
                          {run}, [](std::uint64_t seed) { return seed == 3 ? "abd" : "abc"; }),
                      "the copy with seed 3 ended with weights abc..., alone it ends with abd...");
}

TEST_CASE("copies: more than CPUs, numbers that are none and a filter without Train are refused") {
    const Workshop workshop;
    const Finished crowded = run(on_one_cpu(workshop.launch({"--data-dir=tiny", "--copies=2"})));
    CHECK(crowded.exit_code == 2);
    CHECK(contains(crowded.error, "--copies: expected at most 1 of 1 thread each, on the 1 CPUs"));
    for (const char* const wrong : {"0", "-1", "2,x", "100000", ""}) {
        const Finished refused = workshop.mnist({fmt::format("--copies={}", wrong)});
        CAPTURE(wrong);
        CHECK(refused.exit_code == 2);
        CHECK(contains(refused.error, "--copies: expected "));
    }
    const Finished left_out =
        workshop.mnist({"--copies=1", "--benchmark_filter=Relu", "--benchmark_list_tests"});
    CHECK(left_out.exit_code == 2);
    CHECK(contains(left_out.error, "--copies: expected benchmarks of Train among those that are run"));
}
