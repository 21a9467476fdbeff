// Matching, modes, means, warnings and bits, on measurements made by hand.
#include "mnist/compare/comparison.hpp"

#include <set>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "results/other_settings.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

TEST_CASE("compare: rows are matched by name, and means are over matched rows only") {
    const Measurements base =
        measured("a.json", {row("Train/Adam", 2), row("Train/SGD", 1), row("Infer/1", 3)});
    const Measurements other =
        measured("b.json", {row("Train/SGD", 2), row("Infer/16", 9), row("Train/Adam", 1)});
    const Comparison comparison = compare(base, other, {});
    REQUIRE(comparison.rows.size() == 2);
    CHECK(comparison.rows[0].name == "Train/Adam");
    CHECK(comparison.rows[0].speed.verdict == SpeedVerdict::faster);
    CHECK(comparison.rows[1].speed.verdict == SpeedVerdict::slower);
    CHECK(comparison.unmatched_base == std::vector<std::string>{"Infer/1"});
    CHECK(comparison.unmatched_new == std::vector<std::string>{"Infer/16"});
    REQUIRE(comparison.geomeans.size() == 2);
    CHECK(comparison.geomeans[0].family == "Train");
    CHECK(comparison.geomeans[0].ratio == Approx(1));
    CHECK(comparison.geomeans[1].family == "all");
    CHECK(comparison.geomeans[1].rows == 2);
}

TEST_CASE("compare: the same fingerprint is a gate, another machine a report that splits the ratio") {
    const Measurements base = measured("a.json", {row("Train/Adam", 2)});
    Measurements other = measured("b.json", {row("Train/Adam", 1)});
    CHECK(compare(base, other, {}).mode == CompareMode::gate);
    other.facts["mnist.machine.memory_bytes"] = "25276502000";
    CHECK(compare(base, other, {}).mode == CompareMode::gate);
    other.facts["mnist.machine.cpu_model"] = "CPU B";
    other.rows[0].peak_gflops = {160};
    const Comparison report = compare(base, other, {});
    CHECK(report.mode == CompareMode::report);
    REQUIRE(report.fingerprint_differences.size() == 1);
    CHECK(report.fingerprint_differences[0].key == "mnist.machine.cpu_model");
    CHECK(report.fingerprint_differences[0].new_value == "CPU B");
    CHECK(report.rows[0].peak_ratio.value() == Approx(1.6));
    CHECK(report.rows[0].efficiency_ratio.value() == Approx(1.25).epsilon(0.001));
    CHECK(compare(base, other, {.mode = CompareMode::gate, .verdict = {}}).mode == CompareMode::gate);
}

TEST_CASE("compare: other data and no common row are refused") {
    const Measurements base = measured("a.json", {row("Train/Adam", 2)});
    Measurements other = measured("b.json", {row("Train/Adam", 2)});
    other.facts["mnist.dataset.sha256"] = "bbbb";
    CHECK_THROWS_AS(compare(base, other, {}), InputError);
    CHECK_THROWS_AS(compare(base, measured("b.json", {row("Train/SGD", 2)}), {}), InputError);
}

TEST_CASE("compare: what makes a comparison unfair is a warning with a remedy") {
    Measurements base = measured("a.json", {row("Train/Adam", 2)});
    base.facts["mnist.config.schedule"] = "constant";
    Measurements other = base;
    other.label = "b.json";
    other.rows[0].seconds[0] += 0.001;  // else it would be a copy
    CHECK(compare(base, other, {}).warnings.empty());
    other.facts["mnist.config.epochs"] = "25";
    other.facts["mnist.config.hidden.0"] = "64";
    other.facts["mnist.config.schedule"] = "one-cycle";
    other.facts["mnist.dataset.synthetic"] = "true";
    other.facts["mnist.resumed"] = "1";
    other.rows[0].disturbed = 3;
    CHECK(compare(base, other, {}).warnings ==
          std::vector<std::string>{
              "the networks differ (hidden layers 128 and 64): use the same --hidden",
              "the epochs differ (5 and 25): train as many epochs in both",
              "the learning-rate schedules differ (constant and one-cycle): train with the same --schedule",
              ("b.json was measured on synthetic digits: get MNIST by `mnist fetch mnist` (in a checkout: "
               "`./run fetch mnist`)"),
              ("b.json was resumed from a checkpoint, its speed is of several processes: train at one go to "
               "compare it"),
              ("3 of 10 repetitions of b.json were disturbed by something else that ran meanwhile: measure "
               "again "
               "in a quieter hour, with more repetitions")});
}

TEST_CASE("compare: weights of the same configuration are compared bit by bit, and differences explained") {
    const Measurements base = measured("a.json", {row("Train/Adam", 2)});
    Measurements other = base;
    CHECK(compare(base, other, {}).bits ==
          std::vector<std::string>{"The final weights of 1 run are the same bits"});
    other.weights["Adam, seed 0"] = "w1";
    other.facts["mnist.machine.isa"] = "avx512";
    other.facts["mnist.config.threads"] = "4";
    CHECK(compare(base, other, {}).bits ==
          std::vector<std::string>{
              "The final weights of Adam, seed 0 are not the same bits; what differs and could "
              "explain it: instruction set (avx2 and avx512)"});
    other.facts["mnist.config.epochs"] = "6";
    CHECK(compare(base, other, {}).bits.empty());
}

TEST_CASE("compare: another precision is named as unfair, explains other bits and is not pooled") {
    Measurements base = measured("a.json", {row("Train/Adam", 2)});
    base.facts["mnist.config.precision"] = "f32";
    Measurements other = base;
    other.facts["mnist.config.precision"] = "bf16";
    const std::vector<std::string> warnings = compare(base, other, {}).warnings;
    CHECK(std::find(warnings.begin(), warnings.end(),
                    "the precisions differ (f32 and bf16): compare the same --precision") != warnings.end());
    CHECK_THROWS_AS(pool_into(base, other), InputError);
}

TEST_CASE("compare: files of one machine and build are pooled, others are refused") {
    Measurements pool = measured("a.json", {row("Train/Adam", 2)});
    pool_into(pool, measured("b.json", {row("Train/Adam", 2), row("Train/SGD", 1)}));
    CHECK(pool.label == "a.json,b.json");
    REQUIRE(pool.rows.size() == 2);
    CHECK(pool.rows[0].seconds.size() == 20);
    for (const char* const key : {"mnist.build.commit", "mnist.config.hidden.0", "mnist.config.adam_lr",
                                  "mnist.config.warmup", "mnist.config.epochs"}) {
        CAPTURE(key);
        Measurements foreign = measured("c.json", {row("Train/Adam", 2)});
        foreign.facts[key] = "other";
        CHECK_THROWS_AS(pool_into(pool, foreign), InputError);
    }
    // What only says how many runs there are, or of whom, forbids nothing.
    for (const char* const key : {"mnist.config.seed", "mnist.config.seeds", "mnist.config.repetitions",
                                  "mnist.config.optimizers.0", "mnist.config.batch_size"}) {
        CAPTURE(key);
        Measurements more = measured("c.json", {row("Train/Adam", 2)});
        more.facts[key] = "other";
        CHECK_NOTHROW(pool_into(pool, more));
    }
}

TEST_CASE("compare: what is wrong with one file is wrong with its pool, and the greatest noise counts") {
    Measurements pool = measured("a.json", {row("Train/Adam", 2)});
    pool.facts["mnist.noise_floor.Train"] = "0.07";
    pool.facts["mnist.interrupted"] = "false";
    Measurements more = measured("b.json", {row("Train/Adam", 2.1)});
    more.facts["mnist.noise_floor.Train"] = "0.06";
    more.facts["mnist.noise_floor.Infer"] = "0.09";
    more.facts["mnist.interrupted"] = "true";
    pool_into(pool, more);
    CHECK(pool.facts.at("mnist.noise_floor.Train") == "0.07");
    CHECK(pool.facts.at("mnist.noise_floor.Infer") == "0.09");
    const Comparison comparison = compare(pool, measured("c.json", {row("Train/Adam", 2)}), {});
    CHECK(warnings_of(comparison, "a.json,b.json was interrupted").size() == 1);
    CHECK(warnings_of(comparison, "counts twice").empty());
}

TEST_CASE("compare: a copy of a pooled file is called one") {
    Measurements pool = measured("a.json", {row("Train/Adam", 2)});
    pool_into(pool, measured("b.json", {row("Train/Adam", 2.1)}));
    pool_into(pool, measured("copy.json", {row("Train/Adam", 2.1)}));
    const Comparison comparison = compare(pool, measured("c.json", {row("Train/Adam", 2)}), {});
    REQUIRE(warnings_of(comparison, "counts twice").size() == 1);
    CHECK(warnings_of(comparison, "counts twice")[0].starts_with("copy.json has no repetition"));
}

TEST_CASE("compare: settings of training that differ are unfair, and what a file leaves out is as usual") {
    Measurements base = measured("a.json", {row("Train/Adam", 2)});
    base.facts["mnist.config.schedule"] = "one-cycle";
    base.facts["mnist.config.warmup"] = "0.3";
    Measurements other = base;
    other.rows[0].seconds[0] += 0.001;
    other.facts["mnist.config.warmup"] = "0.2";
    other.facts["mnist.config.peak_lr"] = "0.005";
    other.facts["mnist.config.adam_beta2"] = "0.99";
    base.facts["mnist.config.adam_beta2"] = "0.999";
    base.facts["mnist.config.adamw_weight_decay"] = "0.01";
    other.facts["mnist.config.adamw_weight_decay"] = "0.1";
    base.facts["mnist.config.rmsprop_alpha"] = "0.9";  // the other did not train with it
    CHECK(
        compare(base, other, {}).warnings ==
        std::vector<std::string>{
            "the values of beta2 differ (0.999 and 0.99): train with the same --adam-beta2",
            "the weight decays differ (0.01 and 0.1): train with the same --adamw-weight-decay",
            "the peak learning rates differ (each optimizer's own and 0.005): train with the same --peak-lr",
            "the warm-ups differ (0.3 and 0.2): train with the same --warmup"});
    // mnist_bench trains in f32 at a constant rate where the name of the row does not say otherwise.
    Measurements bench = measured("bench.json", {row("Train/Adam", 2)});
    bench.facts["mnist.schema"] = "mnist-bench/1";
    CHECK(warnings_of(compare(bench, base, {}), "schedules differ (constant and one-cycle)").size() == 1);
    base.facts["mnist.config.precision"] = "bf16";
    CHECK(warnings_of(compare(bench, base, {}), "precisions differ (f32 and bf16)").size() == 1);
}

TEST_CASE("compare: of every setting in a result it is known what another value makes of the training") {
    // Others make another training, of other bits.
    const std::set<std::string> fair{"optimizers", "batch_size",   "test_batch_size", "seed",
                                     "seeds",      "threads",      "threads_chosen",  "target_accuracy",
                                     "adam_beta1", "adam_epsilon", "rmsprop_epsilon"};
    const std::set<std::string> same_bits{"optimizers", "test_batch_size", "seed",
                                          "seeds",      "threads",         "threads_chosen",
                                          "jobs",       "target_accuracy", "loader_threads"};
    const TrainResult result = sample_of_all_settings();
    const Measurements base = measurements_of(result, "a.json");
    for (const auto& [key, other] : with_one_other_setting(result)) {
        CAPTURE(key);
        const Measurements so = measurements_of(other, "b.json");
        CHECK(trains_alike(base, so) == fair.contains(key));
        if (key == "batch_size") continue;  // rows of other names, of which none are compared
        CHECK(compare(base, so, {}).bits.empty() != same_bits.contains(key));
    }
}

TEST_CASE("compare: a measured noise floor raises its family's threshold") {
    Measurements base = measured("a.json", {row("Train/Adam", 1.1), row("Infer/1", 1.1)});
    base.facts["mnist.noise_floor.Train"] = "0.2";
    const Comparison comparison =
        compare(base, measured("b.json", {row("Train/Adam", 1), row("Infer/1", 1)}), {});
    CHECK(comparison.rows[0].speed.verdict == SpeedVerdict::equivalent);
    CHECK(comparison.rows[1].speed.verdict == SpeedVerdict::faster);
    // What no measurement can have found must not let a regression pass.
    for (const char* const wrong : {"1e300", "inf", "nan", "-0.2", "0.2x", "", "1.5"}) {
        CAPTURE(wrong);
        base.facts["mnist.noise_floor.Train"] = wrong;
        const Comparison other = compare(base, measured("b.json", {row("Train/Adam", 1)}), {});
        CHECK(other.rows[0].speed.verdict == SpeedVerdict::faster);
        CHECK_FALSE(other.rows[0].speed.raised_by_noise);
        REQUIRE(other.warnings.size() == 1);
        CHECK(other.warnings[0].starts_with("the noise floor of Train in a.json is no share"));
    }
}

TEST_CASE("compare: weights of a run are compared whatever range of seeds it was part of") {
    const Measurements base = measured("a.json", {row("Train/Adam", 2)});
    Measurements other = base;
    other.facts["mnist.config.seed"] = "0";
    other.facts["mnist.config.seeds"] = "5";
    CHECK(compare(base, other, {}).bits ==
          std::vector<std::string>{"The final weights of 1 run are the same bits"});
}

TEST_CASE("compare: pooled repetitions of one seed are one observation of its accuracy") {
    const auto with_accuracies = [](const std::string& label, double seconds, double shift) {
        MeasuredRow made = row("Train/Adam", seconds);
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            made.accuracy.seeds.push_back(seed);
            made.accuracy.percent.push_back(97 + 0.1 * static_cast<double>(seed % 3) +
                                            shift * static_cast<double>(seed));
        }
        return measured(label, {made});
    };
    const Measurements base = with_accuracies("a.json", 2, 0);
    const Measurements other = with_accuracies("b.json", 2, 0.01);
    Measurements pool = base;
    pool_into(pool, with_accuracies("a2.json", 2, 0));
    const auto once = compare(base, other, {}).rows[0].accuracy.value();
    const auto pooled = compare(pool, other, {}).rows[0].accuracy.value();
    CHECK(pooled.paired);
    CHECK(pooled.difference == Approx(once.difference));
    CHECK(pooled.interval.value().lower == Approx(once.interval.value().lower));
    CHECK(pooled.interval.value().upper == Approx(once.interval.value().upper));
}

TEST_CASE("compare: latencies that both have are rows of their own, which no mean and no headline counts") {
    Measurements base = measured("a.json", {row("Infer/batch:1", 1e-5), row("Infer/batch:64", 1e-4)});
    base.rows[0].latencies = {{"p50", row("", 1e-5).seconds}, {"p99", row("", 2e-5).seconds}};
    base.rows[1].latencies = {{"p99", row("", 2e-4).seconds}};
    Measurements other = base;
    other.rows[0].latencies["p99"] = row("", 6e-5).seconds;
    other.rows[1].latencies.clear();
    const Comparison comparison = compare(base, other, {});
    REQUIRE(comparison.rows.size() == 4);
    CHECK(comparison.rows[0].name == "Infer/batch:1");
    CHECK(comparison.rows[1].name == "Infer/batch:1 p50");
    CHECK(comparison.rows[1].speed.verdict == SpeedVerdict::equivalent);
    CHECK(comparison.rows[2].name == "Infer/batch:1 p99");
    CHECK(comparison.rows[2].percentile == "p99");
    CHECK(comparison.rows[2].joint == JointVerdict::regressed);
    CHECK(comparison.rows[2].speed.ratio.value() == Approx(1.0 / 3).epsilon(0.001));
    CHECK(comparison.rows[3].name == "Infer/batch:64");
    CHECK(comparison.missing == std::vector<std::string>{"Infer/batch:64 p99"});
    // Adjusted for all four.
    CHECK(comparison.rows[2].speed.p_adjusted.value() == Approx(4 * comparison.rows[2].speed.p.value()));
    REQUIRE(comparison.named.size() == 1);
    CHECK(comparison.named[0].rows == 2);
    for (const GeometricMean& mean : comparison.geomeans) {
        CHECK(mean.rows == 2);
        CHECK(mean.ratio == Approx(1));
    }
}

TEST_CASE(
    "compare: of a row that was disturbed on more than a quarter of a side's repetitions nothing is said") {
    const Measurements base = measured("a.json", {row("Train/Adam", 1), row("Train/SGD", 1)});
    Measurements other = measured("b.json", {row("Train/Adam", 4), row("Train/SGD", 0.5)});
    other.rows[0].disturbed = 3;
    const Comparison comparison = compare(base, other, {});
    const ComparedRow& disturbed = comparison.rows[0];
    CHECK(disturbed.speed.verdict == SpeedVerdict::disturbed);
    CHECK(disturbed.joint == JointVerdict::disturbed);
    CHECK(disturbed.disturbed_new == 3);
    CHECK(disturbed.speed.ratio.has_value());
    CHECK_FALSE(disturbed.speed.interval.has_value());
    CHECK_FALSE(disturbed.speed.p.has_value());
    // The other row's evidence is not made weaker, and groups and means are of it alone.
    CHECK(comparison.rows[1].speed.p_adjusted.value() == comparison.rows[1].speed.p.value());
    REQUIRE(comparison.named.size() == 1);
    CHECK(comparison.named[0].title == "SGD training");
    for (const GeometricMean& mean : comparison.geomeans) CHECK(mean.ratio == Approx(2).epsilon(0.001));
    // A quarter and less is not enough, and either side's disturbance counts.
    other.rows[0].disturbed = 2;
    CHECK(compare(base, other, {}).rows[0].speed.verdict == SpeedVerdict::slower);
    Measurements disturbed_base = base;
    disturbed_base.rows[0].disturbed = 10;
    CHECK(compare(disturbed_base, other, {}).rows[0].speed.verdict == SpeedVerdict::disturbed);
}

TEST_CASE("compare: rows of different precisions are in different groups and means") {
    const auto file = [](const std::string& label, double bf16) {
        return measured(label, {row("Train/Adam/batch:64", 1), row("Train/SGD/batch:64", 1),
                                row("Train/Adam/batch:64/precision:bf16", bf16)});
    };
    const Comparison comparison = compare(file("a.json", 2), file("b.json", 1), {});
    REQUIRE(comparison.named.size() == 4);
    CHECK(comparison.named[0].title == "training");
    CHECK(comparison.named[0].is_headline);
    CHECK(comparison.named[0].speed.ratio.value() == Approx(1));
    CHECK(comparison.named[1].title == "Adam training in bf16");
    CHECK(comparison.named[1].is_headline);
    CHECK(comparison.named[1].speed.ratio.value() == Approx(2).epsilon(0.001));
    CHECK(comparison.named[2].title == "Adam training");
    CHECK_FALSE(comparison.named[2].is_headline);
    REQUIRE(comparison.geomeans.size() == 4);
    CHECK(comparison.geomeans[0].family == "Train");
    CHECK(comparison.geomeans[0].ratio == Approx(1));
    CHECK(comparison.geomeans[0].named == 0U);
    CHECK(comparison.geomeans[3].family == "all in bf16");
    CHECK(comparison.geomeans[3].ratio == Approx(2).epsilon(0.001));
}

TEST_CASE("compare: where no row matches the error says what each file has and names flags that there are") {
    const Measurements base = measured("a.json", {row("Train/Adam/batch:64", 1), row("Infer/batch:1", 1)});
    try {
        static_cast<void>(compare(base, measured("b.json", {row("Step/SGD/batch:64", 1)}), {}));
        FAIL("not refused");
    } catch (const InputError& error) {
        const std::string text = error.what();
        CAPTURE(text);
        CHECK(text.find("a.json has Train/Adam/batch:64 and 1 more (threads 2)") != std::string::npos);
        CHECK(text.find("b.json has Step/SGD/batch:64 (threads 2)") != std::string::npos);
        CHECK(text.find("mnist_bench with the same --benchmark_filter, --threads and --copies") !=
              std::string::npos);
    }
}
