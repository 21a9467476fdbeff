// Who is first, who shares a place, and that order of files and rows does not matter.
#include "mnist/compare/ranking.hpp"

#include "catch.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

MeasuredRow timed_row(const std::string& name, double seconds) {
    MeasuredRow made;
    made.name = name;
    for (const double offset : {-0.9, 0.3, -0.4, 0.8, 0.1, -0.2, 0.6, -0.7, 0.5, -0.1})
        made.seconds.push_back(seconds * (1 + offset / 100));
    return made;
}

Measurements side(const std::string& label, std::vector<MeasuredRow> rows) {
    Measurements made;
    made.label = label;
    made.rows = std::move(rows);
    return made;
}

std::vector<std::string> places(const FamilyRanking& ranking) {
    std::vector<std::string> found;
    for (const RankedMember& member : ranking.members)
        found.push_back((member.judged ? std::to_string(member.rank) : "-") + (member.tied ? "=" : "") +
                        member.label);
    return found;
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("ranking: members are ordered by what is shown, and what is not shown is a tie") {
    // c is twice as fast; b is 2 % faster than a, which the threshold does not count.
    const std::vector<Measurements> sides{side("a", {timed_row("T/1", 2), timed_row("T/2", 4)}),
                                          side("b", {timed_row("T/1", 1.96), timed_row("T/2", 3.92)}),
                                          side("c", {timed_row("T/1", 1), timed_row("T/2", 2)})};
    const auto rankings = ranked(sides, {});
    REQUIRE(rankings.size() == 1);
    CHECK(rankings[0].family == "T");
    CHECK(rankings[0].rows == 2);
    CHECK(places(rankings[0]) == Places{"1c", "2=b", "2=a"});
    CHECK(rankings[0].members[0].ratio == Approx(2).epsilon(0.001));
    CHECK(rankings[0].members[0].interval.value().contains(2));
    CHECK_FALSE(rankings[0].members[2].interval.has_value());
}

TEST_CASE("ranking: ties need not go round: a place is one more than the number of faster members") {
    // 4 % apart each: neighbours tie, the ends do not.
    const std::vector<Measurements> sides{side("a", {timed_row("T", 1.082)}),
                                          side("b", {timed_row("T", 1.04)}), side("c", {timed_row("T", 1)})};
    CHECK(places(ranked(sides, {}).front()) == Places{"1=c", "1=b", "2a"});
}

TEST_CASE("ranking: rows are matched by name in any order, and only those of all files count") {
    const std::vector<Measurements> sides{
        side("a", {timed_row("T/1", 1), timed_row("T/2", 100), timed_row("T/3", 1), timed_row("U/1", 1)}),
        side("b", {timed_row("T/2", 50), timed_row("T/1", 0.5), timed_row("U/1", 1)}),
        side("c", {timed_row("U/9", 1), timed_row("T/3", 9), timed_row("T/1", 0.25), timed_row("T/2", 25)})};
    const auto rankings = ranked(sides, {});
    REQUIRE(rankings.size() == 1);
    CHECK(rankings[0].rows == 2);
    CHECK(places(rankings[0]) == Places{"1c", "2b", "3a"});
    CHECK(rankings[0].members[1].ratio == Approx(2).epsilon(0.001));
}

TEST_CASE("ranking: a file with too few repetitions has no rank, stands last, and is tied with nobody") {
    std::vector<Measurements> sides{side("a", {timed_row("T", 1)}), side("quick", {timed_row("T", 0.1)}),
                                    side("b", {timed_row("T", 2)})};
    sides[1].rows[0].seconds.resize(1);
    const FamilyRanking ranking = ranked(sides, {}).front();
    CHECK(places(ranking) == Places{"1a", "2b", "-quick"});
    CHECK(ranking.members[2].ratio == Approx(10).epsilon(0.02));
}

TEST_CASE("ranking: too few repetitions in all files show nothing") {
    std::vector<Measurements> sides{side("a", {timed_row("T", 4)}), side("b", {timed_row("T", 2)}),
                                    side("c", {timed_row("T", 1)})};
    for (Measurements& one : sides) one.rows[0].seconds.resize(3);
    CHECK(places(ranked(sides, {}).front()) == Places{"-c", "-b", "-a"});
}

TEST_CASE("ranking: two files have none, and files without a common row have none") {
    const std::vector<Measurements> two{side("a", {timed_row("T", 1)}), side("b", {timed_row("T", 2)})};
    CHECK(compare_files(two, {}).rankings.empty());
    const std::vector<Measurements> apart{side("a", {timed_row("T", 1), timed_row("U", 1)}),
                                          side("b", {timed_row("T", 2)}), side("c", {timed_row("U", 2)})};
    const ComparedFiles files = compare_files(apart, {});
    CHECK(files.rankings.empty());
    CHECK(files.comparisons.size() == 2);
    const std::vector<Measurements> foreign{side("a", {timed_row("T", 1)}), side("b", {timed_row("T", 2)}),
                                            side("c", {timed_row("V", 2)})};
    CHECK_THROWS_AS(compare_files(foreign, {}), InputError);
}

TEST_CASE("ranking: what is said of two files does not hang on a third") {
    const std::vector<Measurements> sides{side("a", {timed_row("T", 2)}), side("b", {timed_row("T", 1)}),
                                          side("c", {timed_row("T", 1)})};
    const auto comparisons = compare_files(sides, {}).comparisons;
    const SpeedComparison alone = compare(sides[0], sides[1], {}).rows[0].speed;
    CHECK(comparisons[0].rows[0].speed.p_adjusted.value() == alone.p_adjusted.value());
    CHECK(comparisons[0].rows[0].speed.p_adjusted.value() == alone.p.value());
}

TEST_CASE("ranking: precisions have rankings of their own, unless they are what is compared") {
    const auto file = [](const std::string& label, double f32, double bf16) {
        Measurements made = side(label, {timed_row("T/1", f32), timed_row("T/1/precision:bf16", bf16)});
        made.facts["mnist.config.threads"] = "2";
        return made;
    };
    const std::vector<Measurements> sides{file("a", 1, 4), file("b", 2, 2), file("c", 4, 1)};
    const auto rankings = ranked(sides, {});
    REQUIRE(rankings.size() == 2);
    CHECK(rankings[0].family == "T");
    CHECK(places(rankings[0]) == Places{"1a", "2b", "3c"});
    CHECK(rankings[1].family == "T in bf16");
    CHECK(places(rankings[1]) == Places{"1c", "2b", "3a"});
}

TEST_CASE(
    "ranking: a file whose rows were all disturbed has no rank, and a row disturbed in one counts nowhere") {
    std::vector<Measurements> sides{side("a", {timed_row("T/1", 1), timed_row("T/2", 1)}),
                                    side("b", {timed_row("T/1", 2), timed_row("T/2", 9)}),
                                    side("busy", {timed_row("T/1", 9), timed_row("T/2", 9)})};
    sides[1].rows[1].disturbed = 5;
    for (MeasuredRow& row : sides[2].rows) row.disturbed = 5;
    const FamilyRanking ranking = ranked(sides, {}).front();
    CHECK(ranking.rows == 1);
    CHECK(places(ranking) == Places{"1a", "2b", "-busy"});
    CHECK(ranking.members[1].ratio == Approx(0.5).epsilon(0.001));
}

TEST_CASE("base: chosen is the file that the others have most rows in common with") {
    const std::vector<Measurements> sides{side("a", {timed_row("T/1", 1)}),
                                          side("b", {timed_row("T/1", 1), timed_row("T/2", 1)}),
                                          side("c", {timed_row("T/2", 1)})};
    CHECK(choose_base(sides) == 1);
    CHECK(choose_base(std::span(sides).first(1)) == 0);
    // Equal ones: the first.
    const std::vector<Measurements> equal{sides[0], sides[0], sides[0]};
    CHECK(choose_base(equal) == 0);
}

TEST_CASE("base: a file of single repetitions or a disturbed one is chosen only where there is no other") {
    std::vector<Measurements> sides{
        side("quick", {timed_row("T/1", 1), timed_row("T/2", 1), timed_row("T/3", 1)}),
        side("busy", {timed_row("T/1", 1), timed_row("T/2", 1), timed_row("T/3", 1)}),
        side("sound", {timed_row("T/1", 1)})};
    for (MeasuredRow& row : sides[0].rows) row.seconds.resize(1);
    for (MeasuredRow& row : sides[1].rows) row.disturbed = 9;
    CHECK(choose_base(sides) == 2);
    CHECK(choose_base(std::span(sides).first(1)) == 0);
    // More repetitions where all else is equal.
    const std::vector<Measurements> two{side("five", {timed_row("T/1", 1)}),
                                        side("ten", {timed_row("T/1", 1)})};
    std::vector<Measurements> fewer = two;
    fewer[0].rows[0].seconds.resize(5);
    CHECK(choose_base(fewer) == 1);
}

TEST_CASE("base: other settings, another precision, then another machine come before rows and repetitions") {
    const auto configured = [](const char* label, std::size_t rows,
                               std::map<std::string, std::string> facts) {
        Measurements made = side(label, {});
        for (std::size_t i = 0; i < rows; ++i)
            made.rows.push_back(timed_row("Train/Adam/batch:" + std::to_string(i + 1), 1));
        made.facts = std::move(facts);
        made.facts.insert({{"mnist.machine.cpu_model", "A"}, {"mnist.config.threads", "2"}});
        return made;
    };
    const auto chosen = [&](const char* key, const char* usual, const char* other) {
        return choose_base(std::vector<Measurements>{configured("other", 9, {{key, other}}),
                                                     configured("a", 2, {{key, usual}}),
                                                     configured("b", 2, {{key, usual}})});
    };
    CHECK(chosen("mnist.machine.cpu_model", "A", "A") == 0);
    CHECK(chosen("mnist.config.schedule", "constant", "one-cycle") == 1);
    CHECK(chosen("mnist.config.epochs", "5", "10") == 1);
    CHECK(chosen("mnist.config.precision", "f32", "bf16") == 1);
    CHECK(chosen("mnist.machine.cpu_model", "A", "B") == 1);
    CHECK(chosen("mnist.build.commit", "1", "2") == 0);
}

TEST_CASE("base: files of other data have nothing in common") {
    std::vector<Measurements> sides{side("other", {timed_row("T/1", 1), timed_row("T/2", 1)}),
                                    side("a", {timed_row("T/1", 1)}), side("b", {timed_row("T/1", 1)})};
    for (Measurements& one : sides) one.facts["mnist.dataset.sha256"] = one.label == "other" ? "x" : "y";
    CHECK(choose_base(sides) == 1);
}

}  // namespace mnist
