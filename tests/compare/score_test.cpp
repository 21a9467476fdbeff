// The score from rows whose figures are known, and what it is refused for.
#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "compare/sample_score.hpp"
#include "mnist/compare/comparison.hpp"
#include "mnist/core/error.hpp"
#include "mnist/stats/summary.hpp"

using namespace mnist;
using mnist_test::drop_row;
using mnist_test::kMadeUpReference;
using mnist_test::row_of;
using mnist_test::score_file;

namespace {

Score score(const Measurements& file) {
    return score_of(file, kMadeUpReference).value();
}

/// All that is said against the score or one of its columns.
std::string refusals(const Score& score) {
    std::string text;
    for (const std::string& refusal : score.refusals) text += refusal + "\n";
    for (const ScoreColumn& column : score.columns)
        for (const std::string& refusal : column.refusals) text += column.precision + ": " + refusal + "\n";
    return text;
}

bool says(const std::string& text, const std::string& part) {
    CAPTURE(text, part);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("score: speed and rate are geometric means over the rows, relative to the reference = 100") {
    Measurements file = score_file();
    // One row twice as fast in all repetitions: the mean of nine rises by the ninth root of two.
    for (double& seconds : row_of(file, "Train/Adam/batch:64").seconds) seconds /= 2;
    const Score found = score(file);
    CHECK(refusals(found).empty());
    CHECK_FALSE(found.is_refused());
    CHECK(found.set == "1");
    const ScoreColumn* const f32 = found.figures("f32");
    REQUIRE(f32 != nullptr);
    const double ninth_root = std::pow(2, 1.0 / 9);
    CHECK(f32->speed.value == Approx(100.5 * ninth_root));
    CHECK(f32->rate.value == Approx(201));
    CHECK(f32->copies == 4);
    CHECK(f32->seconds.value == Approx(0.355));
    const ScoreColumn* const bf16 = found.figures("bf16");
    REQUIRE(bf16 != nullptr);
    CHECK(bf16->speed.value == Approx(315));
    CHECK(bf16->rate.value == Approx(400));
}

TEST_CASE("score: a mean over ratios does not hang on how fast the reference's rows are") {
    // A row that takes long weighs as much as one that takes no time: half the speed of either is the same.
    Measurements slow = score_file();
    Measurements fast = score_file();
    for (double& seconds : row_of(slow, "Train/SGD/batch:64").seconds) seconds *= 2;
    for (double& seconds : row_of(fast, "Train/Adam/batch:1024").seconds) seconds *= 2;
    CHECK(score(slow).figures("f32")->speed.value == Approx(score(fast).figures("f32")->speed.value));
}

TEST_CASE("score: intervals are those of the median, 95 % or more of six and of ten repetitions") {
    const Score found = score(score_file());
    const ScoreColumn& column = *found.figures("f32");
    // Of six values their range; of ten the second and the ninth.
    CHECK(column.speed.interval.lower == Approx(98));
    CHECK(column.speed.interval.upper == Approx(103));
    CHECK(column.rate.interval.lower == Approx(196));
    CHECK(column.rate.interval.upper == Approx(206));
    CHECK(column.seconds.interval.lower == Approx(0.32));
    CHECK(column.seconds.interval.upper == Approx(0.39));
    CHECK(column.speed.repetitions.size() == 6);
    CHECK(column.speed.repetitions[1] == Approx(101));
    CHECK(column.seconds.repetitions.size() == 10);
}

TEST_CASE("score: the rows behind the figures are medians in samples a second, of all copies together") {
    const Score found = score(score_file());
    const std::vector<ScoredRow>& rows = found.figures("f32")->rows;
    REQUIRE(rows.size() == 9);
    CHECK(rows[0].name == "SGD, batch 64");
    CHECK(rows[0].speed == Approx(100.5e3));
    CHECK(rows[0].speed_score == Approx(100.5));
    CHECK(rows[0].rate == Approx(2.01 * 110e3));
    CHECK(rows[0].rate_score == Approx(201));
    CHECK(rows[8].name == "Adam, batch 1024");
    // bf16 is measured by the reference's figures in bf16.
    CHECK(found.figures("bf16")->rows[0].speed == Approx(3.15 * 150e3));
    CHECK(found.figures("bf16")->rows[0].rate_score == Approx(400));
}

TEST_CASE("score: files of anything else have none") {
    Measurements file = score_file();
    file.facts.erase(kScoreSetKey);
    CHECK_FALSE(score_of(file));
}

TEST_CASE("score: a set of another version is known by its name and computed by nobody") {
    Measurements file = score_file();
    file.facts[kScoreSetKey] = "2";
    const Score found = score(file);
    CHECK(found.set == "2");
    CHECK(found.is_refused());
    CHECK(found.columns.empty());
    CHECK(says(refusals(found), "knows score 1 only"));
    CHECK(says(refusals(found), "mnist_bench 0.3.0"));
}

TEST_CASE("score: other data, builds without optimisation and interrupted runs are refused with the remedy") {
    Measurements file = score_file();
    file.facts["mnist.dataset.name"] = "fashion-mnist";
    CHECK(says(refusals(score(file)),
               "the data are fashion-mnist and not MNIST: get it by `mnist fetch mnist`"));
    file = score_file();
    file.facts["mnist.dataset.synthetic"] = "true";
    CHECK(score(file).is_refused());
    file = score_file();
    file.facts["mnist.build.build_type"] = "Debug";
    CHECK(says(refusals(score(file)), "this is a Debug build"));
    file.facts.erase("mnist.build.build_type");
    CHECK(says(refusals(score(file)), "this is a plain build"));
    file.facts["mnist.build.build_type"] = "RelWithDebInfo";
    CHECK_FALSE(score(file).is_refused());
    file.facts["mnist.interrupted"] = "true";
    CHECK(says(refusals(score(file)), "interrupted"));
    CHECK(score(file).columns.empty());
}

TEST_CASE("score: a figure of which more than a quarter was disturbed costs its column and no other") {
    Measurements file = score_file();
    // Of 54 repetitions 13 are less than a quarter, and 14 are more.
    for (const char* const batch : {"64", "256", "1024"}) {
        row_of(file, std::string("Train/SGD/batch:") + batch).disturbed = 3;
        row_of(file, std::string("Train/Adam/batch:") + batch + "/copies:4").disturbed = 3;
    }
    row_of(file, "Train/Momentum/batch:64").disturbed = 3;
    row_of(file, "Train/Momentum/batch:256").disturbed = 1;
    CHECK_FALSE(score(file).is_refused());
    row_of(file, "Train/Momentum/batch:256").disturbed = 2;
    const Score found = score(file);
    CHECK(found.is_refused());
    CHECK(found.figures("f32") == nullptr);
    CHECK(found.figures("bf16") != nullptr);
    CHECK(refusals(found) ==
          "f32: something else ran during 14 of the 54 repetitions behind the speed, more "
          "than a quarter: measure again when nothing else runs\n");
    for (const char* const batch : {"64", "256"})
        row_of(file, std::string("Train/SGD/batch:") + batch + "/copies:4").disturbed = 3;
    CHECK(says(refusals(score(file)), "15 of the 54 repetitions behind the rate"));
}

TEST_CASE("score: a row of which more than half was disturbed costs its column") {
    Measurements file = score_file();
    row_of(file, "Train/SGD/batch:256").disturbed = 3;
    CHECK_FALSE(score(file).is_refused());
    row_of(file, "Train/SGD/batch:256").disturbed = 4;
    row_of(file, "Train/Momentum/batch:64/copies:4").disturbed = 6;
    CHECK(says(refusals(score(file)),
               "f32: something else ran during more than half of the repetitions of "
               "Train/SGD/batch:256 and 1 more: measure again"));
    file = score_file();
    row_of(file, "TimeToAccuracy/Record/precision:bf16").disturbed = 3;  // of ten
    CHECK(says(refusals(score(file)),
               "bf16: something else ran during 3 of the 10 repetitions behind the seconds"));
    row_of(file, "TimeToAccuracy/Record/precision:bf16").disturbed = 2;
    CHECK(score(file).figures("bf16") != nullptr);
}

TEST_CASE("score: rows that are missing, failed or have other repetitions cost their column") {
    Measurements file = score_file();
    drop_row(file, "Train/SGD/batch:64/copies:4");
    drop_row(file, "Train/Adam/batch:64");
    CHECK(says(refusals(score(file)), "f32: it lacks Train/SGD/batch:64/copies:N and 1 more"));
    file = score_file();
    row_of(file, "Train/Adam/batch:256").seconds.pop_back();
    CHECK(says(refusals(score(file)), "f32: Train/Adam/batch:256: other repetitions than the set's 6"));
    file = score_file();
    row_of(file, "Train/Adam/batch:256").seconds.push_back(1);
    CHECK(score(file).is_refused());
    file = score_file();
    row_of(file, "Train/Adam/batch:256").seconds.pop_back();
    file.skipped.push_back({"Train/Adam/batch:256", "failed when it was measured: other bits"});
    CHECK(says(refusals(score(file)), "f32: Train/Adam/batch:256 failed when it was measured: other bits"));
    file = score_file();
    row_of(file, "Train/Adam/batch:64/copies:4").name = "Train/Adam/batch:64/copies:2";
    CHECK(says(refusals(score(file)), "Train/Adam/batch:64/copies:2 has other copies than the 4"));
}

TEST_CASE("score: a name that only begins like a row's is none") {
    for (const char* const name :
         {"Train/SGD/batch:64/copies:", "Train/SGD/batch:64/copies:4x", "Train/SGD/batch:64/copies:-4",
          "Train/SGD/batch:64/copies:0", "Train/SGD/batch:64/copies:4/ranks:2",
          "Train/SGD/batch:64/copies:99999999999999999999", "Train/SGD/batch:640/copies:4"}) {
        CAPTURE(name);
        Measurements file = score_file();
        row_of(file, "Train/SGD/batch:64/copies:4").name = name;
        CHECK(says(refusals(score(file)), "f32: it lacks Train/SGD/batch:64/copies:N"));
    }
}

TEST_CASE("score: trainings that miss 97 % take no time to it, a few are told, more refuse the column") {
    Measurements file = score_file();
    const auto miss = [&] {
        row_of(file, "TimeToAccuracy/Record").seconds.pop_back();
        file.skipped.push_back(
            {"TimeToAccuracy/Record", "failed when it was measured: seed 1 ended with 96.98 %"});
    };
    miss();
    miss();
    const Score found = score(file);
    CHECK_FALSE(found.is_refused());
    CHECK(found.figures("f32")->seconds.repetitions.size() == 8);
    REQUIRE(found.figures("f32")->remarks.size() == 1);
    CHECK(says(found.figures("f32")->remarks[0], "2 of 10 trainings by the record's recipe have no time"));
    CHECK(found.figures("bf16")->remarks.empty());
    miss();
    CHECK(says(refusals(score(file)), "3 of 10 trainings"));
    // Fewer trainings than the record has are not its ten seeds.
    file = score_file();
    row_of(file, "TimeToAccuracy/Record").seconds.pop_back();
    CHECK(says(refusals(score(file)), "TimeToAccuracy/Record: other repetitions"));
}

TEST_CASE("score: a machine without bf16 has no such column and is not refused for it") {
    Measurements file = score_file();
    std::erase_if(file.rows,
                  [](const MeasuredRow& row) { return row.name.find("bf16") != std::string::npos; });
    CHECK(says(refusals(score(file)), "bf16: it lacks"));
    file.facts[kScoreWithoutBf16Key] = "this CPU has no AVX512_BF16";
    const Score found = score(file);
    CHECK_FALSE(found.is_refused());
    CHECK(found.figures("bf16") == nullptr);
    CHECK(found.columns[1].impossible == "this CPU has no AVX512_BF16");
}

TEST_CASE("score: instructions that were held back are told and not refused") {
    Measurements file = score_file();
    file.facts["mnist.run.max_isa"] = "avx2";
    const Score found = score(file);
    CHECK_FALSE(found.is_refused());
    REQUIRE(found.remarks.size() == 1);
    CHECK(says(found.remarks[0], "MNIST_MAX_ISA held the program to avx2"));
}

TEST_CASE("score: pooled runs count as more repetitions, and sets of two versions are not pooled") {
    Measurements pool = score_file("a.json");
    pool_into(pool, score_file("b.json"));
    const Score found = score(pool);
    CHECK_FALSE(found.is_refused());
    CHECK(found.figures("f32")->speed.repetitions.size() == 12);
    CHECK(says(found.remarks.at(0), "of 2 processes, which the intervals take for one"));
    Measurements other = score_file("c.json");
    other.facts[kScoreSetKey] = "2";
    CHECK_FALSE(can_be_pooled(pool, other));
    CHECK_THROWS_AS(pool_into(pool, other), InputError);
    other.facts.erase(kScoreSetKey);
    CHECK_FALSE(can_be_pooled(pool, other));
}

TEST_CASE("score: the compiled reference has the set's nine rows, and its own rows score 100") {
    const std::span<const ScoreReference> reference = score_reference();
    REQUIRE(reference.size() == 9);
    for (const ScoreReference& row : reference) {
        CHECK(row.speed_f32 > 50e3);
        CHECK(row.rate_f32 > 50e3);
        CHECK(row.speed_bf16 > row.speed_f32);  // of a machine that has AVX512_BF16
        CHECK(row.rate_bf16 > row.rate_f32);
    }
    mnist_test::SampleFactors as_the_reference;
    as_the_reference.speed_f32 = as_the_reference.rate_f32 = as_the_reference.speed_bf16 =
        as_the_reference.rate_bf16 = std::vector<double>(6, 1.0);
    const Score found = score_of(score_file("a.json", as_the_reference, reference)).value();
    for (const char* const precision : {"f32", "bf16"}) {
        CHECK(found.figures(precision)->speed.value == Approx(100));
        CHECK(found.figures(precision)->rate.value == Approx(100));
    }
}

TEST_CASE("scores: two are compared by their repetitions, above 1 where the new one is better") {
    mnist_test::SampleFactors faster;
    for (double& factor : faster.speed_f32) factor *= 1.5;
    for (double& factor : faster.rate_f32) factor *= 0.5;
    for (double& seconds : faster.seconds) seconds /= 2;
    const ScoreComparison found =
        compare_scores(score_file("a.json"), score_file("b.json", faster), kMadeUpReference).value();
    CHECK(found.set == "1");
    CHECK(found.remarks.empty());
    REQUIRE(found.figures.size() == 6);
    CHECK(found.figures[0].what == "speed");
    CHECK(found.figures[0].ratio == Approx(1.5));
    CHECK(found.figures[1].what == "rate");
    CHECK(found.figures[1].ratio == Approx(0.5));
    CHECK(found.figures[2].what == "seconds");
    CHECK(found.figures[2].ratio == Approx(2));
    CHECK(found.figures[3].precision == "bf16");
    CHECK(found.figures[3].ratio == Approx(1));
    CHECK(found.figures[0].base.value == Approx(100.5));
    CHECK(found.figures[0].new_value.value == Approx(150.75));
    // The 6th and the 31st of the 36 ratios of speeds in steps of 1 %.
    REQUIRE(found.figures[0].interval);
    CHECK(found.figures[0].interval->lower == Approx(1.5 * 1.00 / 1.03));
    CHECK(found.figures[0].interval->upper == Approx(1.5 * 1.03 / 1.00));
}

TEST_CASE("scores: sets of two versions cannot be compared, nor a score with a file without one") {
    Measurements other = score_file("b.json");
    other.facts[kScoreSetKey] = "2";
    const ScoreComparison mixed = compare_scores(score_file("a.json"), other, kMadeUpReference).value();
    CHECK(mixed.set.empty());
    CHECK(mixed.figures.empty());
    REQUIRE(mixed.remarks.size() == 1);
    CHECK(says(mixed.remarks[0], "a.json has score 1 and b.json has score 2, which cannot be compared"));
    other.facts.erase(kScoreSetKey);
    const ScoreComparison one = compare_scores(score_file("a.json"), other, kMadeUpReference).value();
    CHECK(one.figures.empty());
    CHECK(says(one.remarks.at(0), "b.json has no score, which `mnist_bench --score` measures"));
    CHECK_FALSE(compare_scores(other, other, kMadeUpReference));
}

TEST_CASE("scores: a refused column is compared with nothing and says why, and the other one is compared") {
    Measurements disturbed = score_file("b.json");
    row_of(disturbed, "Train/SGD/batch:64").disturbed = 6;
    const ScoreComparison found = compare_scores(score_file("a.json"), disturbed, kMadeUpReference).value();
    REQUIRE(found.figures.size() == 3);
    CHECK(found.figures[0].precision == "bf16");
    REQUIRE(found.remarks.size() == 1);
    CHECK(says(found.remarks[0], "b.json has no score 1 in f32: something else ran"));
}

TEST_CASE("scores: a comparison of files has them, and one of other files has not") {
    const Comparison found = compare(score_file("a.json"), score_file("b.json"), {});
    REQUIRE(found.scores);
    CHECK(found.scores->figures.size() == 6);
    Measurements plain = score_file("a.json");
    plain.facts.erase(kScoreSetKey);
    CHECK_FALSE(compare(plain, plain, {}).scores);
}
