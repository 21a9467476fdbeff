// Rows of one result beside each other: which are paired, under which names, and what is refused.
#include "mnist/compare/between.hpp"

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

namespace {

std::vector<std::string> names_of(const Measurements& side) {
    std::vector<std::string> names;
    for (const MeasuredRow& row : side.rows) names.push_back(row.name);
    return names;
}

using Names = std::vector<std::string>;

// What sides_between() says where it refuses.
std::string refusal(const Measurements& whole, const Between& between) {
    try {
        (void)sides_between(whole, between);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("between: rows that differ in the precision alone are paired, and f32 is where a name says none") {
    const Measurements whole =
        measured("one.json", {row("Train/Adam/batch:64/precision:bf16", 1), row("Train/Adam/batch:64", 2),
                              row("Loader/batch:64", 3)});
    const auto sides = sides_between(whole, {"precision", {"f32", "BF16"}});
    REQUIRE(sides.size() == 2);
    CHECK(sides[0].label == "f32");
    CHECK(sides[1].label == "bf16");
    CHECK(names_of(sides[0]) == Names{"Train/Adam/batch:64"});
    CHECK(names_of(sides[1]) == Names{"Train/Adam/batch:64"});
    CHECK(sides[0].rows[0].seconds == whole.rows[1].seconds);
    CHECK(sides[1].rows[0].seconds == whole.rows[0].seconds);
}

TEST_CASE("between: what is compared is no difference of settings, and no file is warned of for it") {
    Measurements whole =
        measured("one.json", {row("Train/Adam/batch:64", 2), row("Train/Adam/batch:64/precision:f32", 1)});
    whole.facts["mnist.config.precision"] = "bf16";
    whole.facts["mnist.run.interleaved"] = "true";
    const ComparedFiles files = compare_between(whole, {"precision", {"bf16", "f32"}}, {});
    const Comparison& one = files.comparisons.front();
    CHECK(one.mode == CompareMode::report);
    CHECK(one.warnings.empty());
    CHECK(one.fingerprint_differences.empty());
    CHECK(one.unmatched_base.empty());
    CHECK(one.bits.empty());
    REQUIRE(one.rows.size() == 1);
    CHECK(one.rows[0].speed.verdict == SpeedVerdict::faster);
    CHECK(one.named.front().title == "Adam training");
    REQUIRE(one.within);
    CHECK(one.within->part == "precision");
    CHECK(one.within->of == "one.json");
    CHECK(one.within->runs == 1);
    CHECK(one.within->random_order);
}

TEST_CASE("between: verdicts, intervals and accuracies are those of two files with the same repetitions") {
    MeasuredRow sgd = row("Train/SGD/batch:64", 1);
    MeasuredRow adam = row("Train/Adam/batch:64", 1.3);
    for (int i = 0; i < 10; ++i) {
        sgd.accuracy.percent.push_back(94 + 0.01 * i);
        adam.accuracy.percent.push_back(97 + 0.01 * i);
        sgd.accuracy.seeds.push_back(static_cast<std::uint64_t>(i));
        adam.accuracy.seeds.push_back(static_cast<std::uint64_t>(i));
    }
    const ComparedFiles within =
        compare_between(measured("one.json", {adam, sgd}), {"optimizer", {"sgd", "adam"}}, {});
    sgd.name = adam.name = "Train/batch:64";
    const Comparison files = compare(measured("SGD", {sgd}), measured("Adam", {adam}),
                                     {.mode = CompareMode::report, .verdict = {}});
    const Comparison& one = within.comparisons.front();
    CHECK(one.base_label == files.base_label);
    CHECK(one.new_label == files.new_label);
    REQUIRE(one.rows.size() == 1);
    CHECK(one.rows[0].name == files.rows[0].name);
    CHECK(one.rows[0].speed.verdict == SpeedVerdict::slower);
    CHECK(one.rows[0].speed.p_adjusted == files.rows[0].speed.p_adjusted);
    CHECK(one.rows[0].speed.interval->lower == files.rows[0].speed.interval->lower);
    CHECK(one.rows[0].accuracy->verdict == AccuracyVerdict::better);
    CHECK(one.rows[0].accuracy->paired);
    CHECK(one.rows[0].joint == JointVerdict::traded);
}

TEST_CASE("between: a number of threads stands in the name or in the configuration") {
    const Measurements whole =
        measured("one.json", {row("Step/Adam/batch:64", 1), row("Step/Adam/batch:64/threads:1", 2),
                              row("Infer/batch:64", 3), row("Infer/batch:64/threads:2", 4)});
    const auto sides = sides_between(whole, {"threads", {"1", "2"}});
    CHECK(sides[0].label == "threads:1");
    CHECK(names_of(sides[0]) == Names{"Step/Adam/batch:64", "Infer/batch:64"});
    CHECK(sides[0].rows[0].seconds == whole.rows[1].seconds);
    CHECK(sides[1].rows[0].seconds == whole.rows[0].seconds);
    CHECK(sides[1].rows[1].seconds == whole.rows[3].seconds);
    const ComparedFiles files = compare_between(whole, {"threads", {"1", "2"}}, {});
    CHECK(files.comparisons.front().fingerprint_differences.empty());
}

TEST_CASE("between: of three values each is compared with the first, and they are ranked") {
    const Measurements whole = measured(
        "one.json",
        {row("Train/Adam/batch:64", 1), row("Train/SGD/batch:64", 2), row("Train/Momentum/batch:64", 4)});
    const ComparedFiles files = compare_between(whole, {"optimizer", {"Momentum", "sgd", "adam"}}, {});
    REQUIRE(files.comparisons.size() == 2);
    CHECK(files.comparisons[1].base_label == "Momentum");
    CHECK(files.comparisons[1].new_label == "Adam");
    CHECK(files.comparisons[1].rows[0].speed.ratio == Approx(4));
    REQUIRE(files.rankings.size() == 1);
    CHECK(files.rankings[0].members[0].label == "Adam");
}

TEST_CASE("between: any part of a name can be compared, and our library is where a name says none") {
    Measurements whole =
        measured("one.json", {row("BM_Sort/size:10/kind:quick", 1), row("BM_Sort/size:10/kind:merge", 2),
                              row("Train/SGD/batch:64/library:jax", 3), row("Train/SGD/batch:64", 1)});
    CHECK(names_of(sides_between(whole, {"kind", {"merge", "quick"}})[0]) == Names{"BM_Sort/size:10"});
    whole.facts["mnist.schema"] = "mnist-bench/1";
    const auto sides = sides_between(whole, {"library", {"ours", "jax"}});
    CHECK(names_of(sides[0]) == Names{"Train/SGD/batch:64"});
    CHECK(sides[0].rows[0].seconds == whole.rows[3].seconds);
    CHECK(sides[1].label == "jax");
}

TEST_CASE("between: a row that failed with one value is said and not dropped, and a gate fails for it") {
    Measurements whole = measured("one.json", {row("Train/SGD/batch:64", 1), row("Train/Adam/batch:64", 1),
                                               row("Train/SGD/batch:256", 1)});
    whole.skipped = {{"Train/Adam/batch:256", "failed when it was measured"}, {"Momentum, seed 3", "no"}};
    const ComparedFiles files =
        compare_between(whole, {"optimizer", {"SGD", "Adam"}}, {.mode = CompareMode::gate, .verdict = {}});
    const Comparison& one = files.comparisons.front();
    CHECK(one.mode == CompareMode::gate);
    REQUIRE(one.failures_new.size() == 1);
    CHECK(one.failures_new[0].name == "Train/batch:256");
    CHECK(one.skipped_base.empty());
    CHECK(one.unmatched_base == Names{"Train/batch:256"});
}

TEST_CASE("between: looks that one process planned are counted once, and a score is no side's") {
    Measurements whole = measured("one.json", {row("Train/SGD/batch:64", 1), row("Train/Adam/batch:64", 1)});
    whole.facts[kPlannedLooks] = "4";
    whole.facts[kScoreSetKey] = "1";
    const ComparedFiles files = compare_between(whole, {"optimizer", {"SGD", "Adam"}}, {});
    CHECK(files.comparisons.front().looks == 4);
    CHECK_FALSE(files.comparisons.front().scores);
}

TEST_CASE("between: what cannot be compared is refused with what the result has") {
    const Measurements whole = measured(
        "one.json",
        {row("Train/SGD/batch:256", 1), row("Train/SGD/batch:64", 1), row("Train/Adam/batch:1024", 1)});
    CHECK(refusal(whole, {"bacth", {"64", "256"}}) ==
          "--between: expected a part that names in one.json differ in: batch (64, 256, 1024), optimizer "
          "(Adam, SGD), "
          "found bacth");
    CHECK(refusal(whole, {"batch", {"64"}}) ==
          "--between: expected two values or more, BASE,NEW, of batch of one.json: 64, 256, 1024, found 64");
    CHECK(refusal(whole, {"batch", {"64", "64"}}) == "--between: expected different values, found 64 twice");
    CHECK(refusal(whole, {"batch", {"64", "32"}})
              .starts_with("--between: expected a value of batch of one.json: 64, 256, 1024, found 32. "
                           "Measure both in one run"));
    CHECK(refusal(whole, {"precision", {"f32", "bf16"}})
              .starts_with(
                  "--between: expected a value of precision of one.json: f32 in all rows, found bf16. "));
    CHECK(
        refusal(whole, {"optimizer", {"SGD", "Adam"}}) ==
        "--between: expected rows of one.json that differ in optimizer alone, found none with SGD and Adam. "
        "Measure the same with both, in one run");
}
