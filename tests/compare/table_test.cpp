// Which rows of two files measured the same, whatever their names leave out.
#include "catch.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

namespace {

/// Rows of these names, of a file with this number of threads or list of them.
Measurements with_threads(const std::string& label, const std::string& threads,
                          const std::vector<std::string>& names) {
    Measurements made = measured(label, {});
    for (const std::string& name : names) made.rows.push_back(row(name, 1 + 0.001 * label.front()));
    made.facts["mnist.config.threads"] = threads;
    return made;
}

std::vector<std::string> names_of(const Comparison& comparison) {
    std::vector<std::string> names;
    for (const ComparedRow& row : comparison.rows) names.push_back(row.name);
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("matching: threads count alike in the name and in the configuration, and make no other machine") {
    const Measurements named =
        with_threads("a.json", "1,2", {"Step/SGD/batch:64/threads:1", "Step/SGD/batch:64/threads:2"});
    const Measurements plain = with_threads("b.json", "2", {"Step/SGD/batch:64"});
    const Comparison comparison = compare(plain, named, {});
    CHECK(names_of(comparison) == Names{"Step/SGD/batch:64/threads:2"});
    CHECK(comparison.mode == CompareMode::gate);
    CHECK(comparison.unmatched_new == Names{"Step/SGD/batch:64/threads:1"});
    CHECK(names_of(compare(named, plain, {})) == Names{"Step/SGD/batch:64/threads:2"});
    CHECK(names_of(compare(named, with_threads("c.json", "1", {"Step/SGD/batch:64"}), {})) ==
          Names{"Step/SGD/batch:64/threads:1"});
    CHECK_THROWS(compare(named, with_threads("c.json", "4", {"Step/SGD/batch:64"}), {}));
    CHECK(rows_in_common(plain, named) == 1);
}

TEST_CASE("matching: two files of one number of threads each are a comparison of these numbers") {
    const Comparison comparison = compare(with_threads("a.json", "1", {"Train/Adam/batch:64"}),
                                          with_threads("b.json", "2", {"Train/Adam/batch:64"}), {});
    CHECK(names_of(comparison) == Names{"Train/Adam/batch:64"});
    CHECK(comparison.mode == CompareMode::report);
    REQUIRE(comparison.fingerprint_differences.size() == 1);
    CHECK(comparison.fingerprint_differences[0].key == "mnist.config.threads");
    CHECK(comparison.fingerprint_differences[0].base == "1");
    CHECK(comparison.fingerprint_differences[0].new_value == "2");
}

TEST_CASE("matching: what one thread does alone is the same whatever number of threads the file has") {
    const Measurements one = with_threads("a.json", "1", {"InnerProduct/Forward/in:784/out:128/batch:64"});
    const Measurements two = with_threads("b.json", "2", {"InnerProduct/Forward/in:784/out:128/batch:64"});
    CHECK(compare(one, two, {}).mode == CompareMode::gate);
    const Measurements list = with_threads("c.json", "1,2",
                                           {"InnerProduct/Forward/in:784/out:128/batch:64/threads:1",
                                            "InnerProduct/Forward/in:784/out:128/batch:64/threads:2"});
    CHECK(names_of(compare(two, list, {})) ==
          Names{"InnerProduct/Forward/in:784/out:128/batch:64/threads:1"});
}

TEST_CASE("matching: inference has one thread where its name has none, large batches those of the file") {
    const Measurements before = with_threads("a.json", "2", {"Infer/batch:64", "Infer/batch:1024"});
    const Measurements now =
        with_threads("b.json", "2", {"Infer/batch:64", "Infer/batch:64/threads:2", "Infer/batch:1024"});
    const Comparison comparison = compare(before, now, {});
    CHECK(names_of(comparison) == Names{"Infer/batch:64", "Infer/batch:1024"});
    CHECK(comparison.unmatched_new == Names{"Infer/batch:64/threads:2"});
    const Measurements list = with_threads("c.json", "1,2",
                                           {"Infer/batch:64/threads:1", "Infer/batch:64/threads:2",
                                            "Infer/batch:1024/threads:1", "Infer/batch:1024/threads:2"});
    CHECK(names_of(compare(before, list, {})) ==
          Names{"Infer/batch:64/threads:1", "Infer/batch:1024/threads:2"});
}

TEST_CASE("matching: a precision counts alike in the name and in the configuration") {
    const Measurements bench = with_threads(
        "a.json", "2", {"Train/Adam/batch:64", "Train/Adam/batch:64/precision:bf16", "Train/SGD/batch:64"});
    Measurements train = with_threads("b.json", "2", {"Train/Adam/batch:64"});
    train.facts["mnist.config.precision"] = "bf16";
    const Comparison comparison = compare(bench, train, {});
    CHECK(names_of(comparison) == Names{"Train/Adam/batch:64/precision:bf16"});
    CHECK(warnings_of(comparison, "precisions differ").empty());
    CHECK(comparison.named[0].title == "Adam training in bf16");
    train.facts["mnist.config.precision"] = "f32";
    CHECK(names_of(compare(bench, train, {})) == Names{"Train/Adam/batch:64"});
    // Where one of them alone is there it is a comparison of precisions.
    Measurements only = with_threads("c.json", "2", {"Train/SGD/batch:64"});
    only.facts["mnist.config.precision"] = "bf16";
    CHECK(warnings_of(compare(bench, only, {}), "precisions differ (f32 and bf16)").size() == 1);
}

TEST_CASE("matching: names of other programs are what they are") {
    Measurements base = measured("a.json", {row("BM_Sort/threads:2", 1), row("BM_Sort", 1)});
    Measurements other = measured("b.json", {row("BM_Sort", 1.1)});
    for (Measurements* const side : {&base, &other}) side->facts = {{"host_name", "h"}};
    const Comparison comparison = compare(base, other, {});
    CHECK(names_of(comparison) == Names{"BM_Sort"});
    CHECK(comparison.unmatched_base == Names{"BM_Sort/threads:2"});
}

TEST_CASE("matching: a benchmark that failed under the name with threads failed under the one without") {
    const Measurements base = with_threads("a.json", "2", {"Train/Adam/batch:64", "Train/SGD/batch:64"});
    Measurements other = with_threads("b.json", "1,2", {"Train/SGD/batch:64/threads:2"});
    other.skipped = {{"Train/Adam/batch:64/threads:2", "diverged"}};
    const Comparison comparison = compare(base, other, {});
    REQUIRE(comparison.failures_new.size() == 1);
    CHECK(comparison.missing.empty());
}
