// Which facts make another machine, which only differ, and which must be there on both sides to say anything.
#include "catch.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

namespace {

Measurements with_fact(const std::string& key, const std::string& value) {
    Measurements made = measured("b.json", {row("Train/Adam", 1.01)});
    made.facts[key] = value;
    return made;
}

/// What compare() finds where only this fact differs, or stands on one side only where a value is empty.
Comparison between(const std::string& key, const std::string& base, const std::string& other) {
    const auto side = [&](const std::string& value) {
        return value.empty() ? measured("b.json", {row("Train/Adam", 1.02)}) : with_fact(key, value);
    };
    Measurements first = side(base);
    first.label = "a.json";
    return compare(first, side(other), {});
}

std::vector<std::string> keys(const std::vector<FactDifference>& differences) {
    std::vector<std::string> found;
    found.reserve(differences.size());
    for (const FactDifference& difference : differences) found.push_back(difference.key);
    return found;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("differences: all that makes or limits a machine's speed makes it another one, if both say it") {
    for (const char* const fact :
         {"cpu_model", "cpu_family", "cpu_model_number", "cpu_stepping", "governor", "turbo", "isa",
          "onednn_isa", "usable_cores", "usable_threads", "physical_cores", "sockets", "numa_nodes"}) {
        const std::string key = std::string("mnist.machine.") + fact;
        CAPTURE(key);
        const Comparison comparison = between(key, "3", "4");
        CHECK(comparison.mode == CompareMode::report);
        CHECK(keys(comparison.fingerprint_differences) == Keys{key});
        CHECK(comparison.other_differences.empty());
    }
    // An older file says less, and that is no difference.
    CHECK(between("mnist.machine.cpu_stepping", "", "4").mode == CompareMode::gate);
    CHECK(between("mnist.machine.onednn_isa", "AVX2", "").mode == CompareMode::gate);
}

TEST_CASE("differences: a machine whose CPU is unknown is no machine to gate on") {
    Measurements unknown = measured("b.json", {row("Train/Adam", 1.02)});
    unknown.facts.erase("mnist.machine.cpu_model");
    CHECK(compare(measured("a.json", {row("Train/Adam", 1)}), unknown, {}).mode == CompareMode::report);
}

TEST_CASE("differences: a cgroup's quota makes another machine, unless it limits nothing") {
    constexpr const char* kQuota = "mnist.machine.cgroup_cpu_quota";
    const auto usable = [&](const std::string& quota) {
        Measurements made = measured(quota, {row("Train/Adam", 1)});
        made.rows[0].seconds[0] += 0.0001 * static_cast<double>(quota.size());
        made.facts["mnist.machine.usable_threads"] = "2";
        if (!quota.empty()) made.facts[kQuota] = quota;
        return made;
    };
    const Comparison limited = compare(usable(""), usable("1.5"), {});
    CHECK(limited.mode == CompareMode::report);
    REQUIRE(keys(limited.fingerprint_differences) == Keys{kQuota});
    CHECK(limited.fingerprint_differences[0].base == "none");
    CHECK(limited.fingerprint_differences[0].new_value == "1.5");
    CHECK(compare(usable(""), usable("2.0"), {}).mode == CompareMode::gate);
    CHECK(compare(usable("1.5"), usable("1.5"), {}).mode == CompareMode::gate);
    CHECK(compare(usable("1.5"), usable("1.0"), {}).mode == CompareMode::report);
}

TEST_CASE("differences: how a number of threads came about is no difference, and no obstacle to a pool") {
    constexpr const char* kChosen = "mnist.config.threads_chosen";
    for (const auto& [base, measured] : {std::pair{"", "auto"}, std::pair{"auto", ""}}) {
        const Comparison comparison = between(kChosen, base, measured);
        CHECK(comparison.mode == CompareMode::gate);
        CHECK(comparison.fingerprint_differences.empty());
        CHECK(comparison.other_differences.empty());
    }
    Measurements pool = measured("a.json", {row("Train/Adam", 2)});
    Measurements chosen = measured("b.json", {row("Train/Adam", 2.01)});
    chosen.facts[kChosen] = "auto";
    CHECK_NOTHROW(pool_into(pool, chosen));
}

TEST_CASE("differences: what auto chose on one machine makes it no other, and is warned of") {
    Measurements base = measured("a.json", {row("Train/Adam/batch:64", 1)});
    Measurements other = measured("b.json", {row("Train/Adam/batch:64", 2)});
    other.facts["mnist.config.threads"] = "1";
    CHECK(compare(base, other, {}).mode == CompareMode::report);
    base.facts["mnist.config.threads_chosen"] = other.facts["mnist.config.threads_chosen"] = "auto";
    const Comparison comparison = compare(base, other, {});
    CHECK(comparison.mode == CompareMode::gate);
    CHECK(comparison.fingerprint_differences.empty());
    CHECK(keys(comparison.other_differences) == Keys{"mnist.config.threads"});
    CHECK(warnings_of(comparison, "--threads auto chose other teams (threads 2 and 1),").size() == 1);

    CHECK_NOTHROW(pool_into(base, other));
    other.facts.erase("mnist.config.threads_chosen");
    CHECK_THROWS_AS(pool_into(base, other), InputError);
}

TEST_CASE("differences: a benchmark whose team auto chose otherwise is warned of") {
    Measurements base = measured("a.json", {row("Train/Adam/batch:64", 1)});
    Measurements other = measured("b.json", {row("Train/Adam/batch:64", 2)});
    for (const char* const training : {"Adam/batch:256", "Adam/batch:64"}) {
        base.facts[std::string("mnist.grid.") + training] = "2 workers; 4 strips";
        other.facts[std::string("mnist.grid.") + training] = "1 worker; 4 strips";
    }
    CHECK(compare(base, other, {}).warnings.empty());
    base.facts["mnist.config.threads_chosen"] = other.facts["mnist.config.threads_chosen"] = "auto";
    CHECK(
        warnings_of(compare(base, other, {}), "(Adam/batch:256 2 workers and 1 worker, and 1 more)").size() ==
        1);
    other.facts["mnist.grid.Adam/batch:64"] = "2 workers; 8 strips";
    other.facts.erase("mnist.grid.Adam/batch:256");
    CHECK(compare(base, other, {}).warnings.empty());
}

TEST_CASE("differences: memory may differ by less than one percent") {
    constexpr const char* kMemory = "mnist.machine.memory_bytes";
    CHECK(between(kMemory, "25276502016", "25176502016").mode == CompareMode::gate);
    CHECK(keys(between(kMemory, "25276502016", "24276502016").fingerprint_differences) == Keys{kMemory});
}

TEST_CASE("differences: caches are one fact in words") {
    const auto with_caches = [](const std::string& bytes) {
        Measurements made = measured(bytes, {row("Train/Adam", 1)});
        made.rows[0].seconds[0] += 0.0001 * static_cast<double>(bytes.size());
        const std::string prefix = "mnist.machine.caches.0.";
        made.facts[prefix + "level"] = "1";
        made.facts[prefix + "type"] = "data";
        made.facts[prefix + "instances"] = "2";
        made.facts[prefix + "bytes"] = bytes;
        return made;
    };
    const Comparison comparison = compare(with_caches("49152"), with_caches("2097152"), {});
    REQUIRE(keys(comparison.fingerprint_differences) == Keys{"mnist.machine.caches"});
    CHECK(comparison.fingerprint_differences[0].base == "L1 data 48 KiB x 2");
    CHECK(comparison.fingerprint_differences[0].new_value == "L1 data 2 MiB x 2");
}

TEST_CASE("differences: the build and the system are named and leave the machine what it is") {
    for (const char* const key :
         {"mnist.build.commit", "mnist.build.flags", "mnist.build.compiler", "mnist.build.libraries",
          "mnist.build.onednn", "mnist.build.dirty", "mnist.machine.kernel", "mnist.machine.os",
          "mnist.machine.cpu_microcode", "mnist.machine.cpu_generation", "mnist.machine.virtualisation",
          "mnist.machine.never_heard_of"}) {
        CAPTURE(key);
        const Comparison comparison = between(key, "x", "y");
        CHECK(comparison.mode == CompareMode::gate);
        CHECK(comparison.fingerprint_differences.empty());
        CHECK(keys(comparison.other_differences) == Keys{key});
        CHECK(warnings_of(comparison, "says which of the two").empty());
    }
}

TEST_CASE(
    "differences: primitives that changed are named once, with all rows that ran them, and with what changed "
    "alone") {
    const auto ran = [](const std::string& name, double seconds, const std::string& primitives) {
        MeasuredRow made = row(name, seconds);
        made.primitives = primitives;
        return made;
    };
    const auto side = [&](const std::string& label, double seconds, const char* step, const char* layout,
                          const char* fc1) {
        Measurements made =
            measured(label, {ran("Step/SGD", seconds, step), ran("Relu", seconds, "jit:avx2"),
                             ran("Step/Adam", seconds, step), ran("InnerProduct", seconds, layout),
                             ran("Loader", seconds, label == "a.json" ? "" : "x")});
        made.facts["mnist.primitives.fc1.forward"] = fc1;
        return made;
    };
    const Comparison comparison =
        compare(side("a.json", 1, "brg:avx2, gemm:jit", "brgemm, OI8i8o", "gemm:jit, OI8i8o"),
                side("b.json", 1.5, "brg:avx2, gemm:jit:f32", "brgemm, OI16i8o", "gemm:jit:f32, OI8i8o"), {});
    const auto& found = comparison.other_differences;
    REQUIRE(keys(found) == Keys{"primitives of Step/SGD and 2 more", "primitives of InnerProduct"});
    CHECK(found[0].base == "gemm:jit");
    CHECK(found[0].new_value == "gemm:jit:f32");
    CHECK(found[1].base == "OI8i8o");
    CHECK(found[1].new_value == "OI16i8o");
    CHECK(comparison.mode == CompareMode::gate);
    const Comparison fewer =
        compare(side("a.json", 1, "brg, ref", "x", "x"), side("b.json", 1.5, "brg", "x", "x"), {});
    REQUIRE(keys(fewer.other_differences) == Keys{"primitives of Step/SGD and 1 more"});
    CHECK(fewer.other_differences[0].base == "ref");
    CHECK_FALSE(fewer.other_differences[0].new_value);
}

TEST_CASE("differences: a fact of the build that says nothing is no difference") {
    Measurements old = measured("a.json", {row("Train/Adam", 1)});
    old.facts["mnist.build.libraries"] = "";
    CHECK(compare(old, with_fact("mnist.build.libraries", "fmt 9.1.0"), {}).other_differences.empty());
}

TEST_CASE("differences: another machine with another build is warned of, for nothing tells the two apart") {
    Measurements base = measured("a.json", {row("Train/Adam", 1)});
    Measurements other = with_fact("mnist.machine.cpu_model", "CPU B");
    CHECK(warnings_of(compare(base, other, {}), "says which of the two").empty());
    other.facts["mnist.build.commit"] = "c2";
    const auto warnings = warnings_of(compare(base, other, {}), "says which of the two");
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("(mnist.build.commit)") != std::string::npos);
}

TEST_CASE("differences: files of other programs are told apart by host, CPUs, caches and clock") {
    const auto foreign = [](const std::string& key, const std::string& value) {
        Measurements made = measured(key + value, {row("BM_Sort", 1)});
        made.rows[0].seconds[0] += 0.0001 * static_cast<double>(value.size());
        made.facts = {{"host_name", "h"},      {"num_cpus", "8"},         {"mhz_per_cpu", "3000"},
                      {"caches.0.level", "1"}, {"caches.0.type", "Data"}, {"caches.0.size", "49152"},
                      {"load_avg.0", "0.5"},   {"date", "today"},         {"library_build_type", "release"}};
        made.facts[key] = value;
        return made;
    };
    const Measurements base = foreign("host_name", "h");
    for (const auto& [key, value] : {std::pair{"host_name", "other"}, std::pair{"num_cpus", "16"},
                                     std::pair{"mhz_per_cpu", "3400"}, std::pair{"caches.0.size", "32768"}}) {
        CAPTURE(key);
        CHECK(compare(base, foreign(key, value), {}).mode == CompareMode::report);
    }
    for (const auto& [key, value] : {std::pair{"load_avg.0", "7.25"}, std::pair{"date", "tomorrow"},
                                     std::pair{"mhz_per_cpu", "3001.5"}}) {
        CAPTURE(key);
        const Comparison comparison = compare(base, foreign(key, value), {});
        CHECK(comparison.mode == CompareMode::gate);
        CHECK(comparison.other_differences.empty());
    }
    CHECK(keys(compare(base, foreign("library_build_type", "debug"), {}).other_differences) ==
          Keys{"library_build_type"});
}

TEST_CASE("differences: other loader threads are warned of, but not where auto chose them in both") {
    Measurements none = with_fact("mnist.config.loader_threads", "0");
    none.label = "a.json";
    Measurements one = with_fact("mnist.config.loader_threads", "1");
    const auto warnings = [&] { return warnings_of(compare(none, one, {}), "loader threads").size(); };
    CHECK(warnings() == 1);
    none.facts["mnist.config.threads_chosen"] = "auto";
    CHECK(warnings() == 1);
    one.facts["mnist.config.threads_chosen"] = "auto";
    CHECK(warnings() == 0);
}
