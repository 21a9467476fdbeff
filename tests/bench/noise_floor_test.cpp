// What a run against itself says of the machine's noise.
#include "noise_floor.hpp"

#include "catch.hpp"

using namespace mnist::bench;

namespace {

// `shift` apart, each half spread by `spread` around its middle.
Halves halves(const std::string& name, double shift, double spread, std::size_t count = 10) {
    Halves row{.name = name, .even = {}, .odd = {}};
    for (std::size_t i = 0; i < count; ++i) {
        const double place = static_cast<double>(i) / static_cast<double>(count - 1) - 0.5;
        row.even.push_back(1 + spread * place);
        row.odd.push_back((1 + shift) * (1 + spread * place));
    }
    return row;
}

Run repetition(const std::string& name, std::int64_t index, double seconds) {
    Run run;
    run.run_name.function_name = name;
    run.repetition_index = index;
    run.iterations = 2;
    run.real_accumulated_time = 2 * seconds;
    run.time_unit = benchmark::kSecond;
    return run;
}

}  // namespace

TEST_CASE("noise floor: the number of a repetition decides its half, statistics belong to none") {
    Run mean = repetition("Train/Adam/batch:64", 0, 9);
    mean.run_type = Run::RT_Aggregate;
    const std::vector<Halves> rows =
        halves_of({{repetition("Train/Adam/batch:64", 0, 1)},
                   {repetition("Infer/batch:1", 1, 5)},
                   {repetition("Train/Adam/batch:64", 1, 2), repetition("Train/Adam/batch:64", 2, 3), mean}});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].name == "Train/Adam/batch:64");
    CHECK(rows[0].even == std::vector<double>{1, 3});
    CHECK(rows[0].odd == std::vector<double>{2});
    CHECK(rows[1].even.empty());
    CHECK(rows[1].odd == std::vector<double>{5});
}

TEST_CASE("noise floor: halves that differ give the difference, whichever is faster") {
    for (const double shift : {0.25, -0.2}) {
        const std::vector<FamilyFloor> floors = noise_floors(std::vector{halves("Train/a", shift, 0.01)});
        REQUIRE(floors.size() == 1);
        CHECK(floors[0].family == "Train");
        CHECK(floors[0].share() == Approx(0.25).margin(1e-9));
        CHECK(floors[0].usual > 0);
    }
}

TEST_CASE("noise floor: halves that agree by luck do not promise a machine without noise") {
    const std::vector<FamilyFloor> floors = noise_floors(std::vector{halves("Train/a", 0, 0.5)});
    REQUIRE(floors.size() == 1);
    CHECK(floors[0].difference == Approx(0).margin(1e-12));
    CHECK(floors[0].share() == floors[0].usual);
    // Uniform over 50 %: the ratio of two means of ten has a standard deviation of 6 %, about.
    CHECK(floors[0].usual > 0.06);
    CHECK(floors[0].usual < 0.25);
    const std::vector<FamilyFloor> quieter = noise_floors(std::vector{halves("Train/a", 0, 0.05)});
    CHECK(quieter[0].usual == Approx(floors[0].usual / 10).epsilon(0.3));
}

TEST_CASE("noise floor: one wild repetition does not make a family blind") {
    Halves row = halves("Train/a", 0, 0.02);
    row.odd[3] = 40;
    const std::vector<FamilyFloor> floors = noise_floors(std::vector{row});
    REQUIRE(floors.size() == 1);
    CHECK(floors[0].share() < 0.03);
}

TEST_CASE("noise floor: a family has the floor of its widest row") {
    const std::vector<FamilyFloor> floors =
        noise_floors(std::vector{halves("Train/a", 0.01, 0.001), halves("Infer/x", 0.5, 0.001),
                                 halves("Train/b", -0.1, 0.001), halves("Train/c", 0.02, 0.001)});
    REQUIRE(floors.size() == 2);
    CHECK(floors[0].family == "Train");
    CHECK(floors[0].rows == 3);
    CHECK(floors[0].widest == "Train/b");
    CHECK(floors[0].share() == Approx(1 / 0.9 - 1));
    CHECK(floors[1].family == "Infer");
    CHECK(floors[1].rows == 1);
}

TEST_CASE("noise floor: too few repetitions have none") {
    CHECK(noise_floors(std::vector{halves("Train/a", 0.1, 0.01, 3)}).empty());
    CHECK(noise_floors({}).empty());
    CHECK(noise_floor_table({}, 80).empty());
}

TEST_CASE("noise floor: the table names the floor and where it comes from") {
    const std::string table =
        noise_floor_table(noise_floors(std::vector{halves("Train/Adam/batch:64", 0.25, 0.01)}), 100);
    CHECK(table.find("Train   25.0 %") != std::string::npos);
    CHECK(table.find("Train/Adam/batch:64") != std::string::npos);
}
