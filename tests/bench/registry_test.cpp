// Names, filter, and which call is which repetition.
#include "registry.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "catch.hpp"
#include "families.hpp"
#include "mnist/core/error.hpp"
#include "mnist/step/precision.hpp"

using namespace mnist;
using namespace mnist::bench;

namespace {

const std::atomic<bool> kGoOn{false};

std::vector<std::string> names(const Options& options, const std::string& filter = {}) {
    Bench bench(options, {{0, 1, 2, 3}, 2}, kGoOn);  // two cores with siblings
    std::vector<std::string> all;
    for (const Entry& entry : matching(all_benchmarks(bench), filter)) all.push_back(entry.name);
    return all;
}

bool has(const std::vector<std::string>& all, const char* name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

}  // namespace

TEST_CASE("registry: copies take the place of Train, on no more CPUs than there are") {
    Options options;
    options.copies = {1, 2, kAllCopies};
    const std::vector<std::string> all = names(options);
    for (const char* const name : {"Train/SGD/batch:16/copies:1", "Train/Adam/batch:64/copies:2"}) {
        CAPTURE(name);
        CHECK(std::count(all.begin(), all.end(), name) == 1);  // all are 2 here, one a core
    }
    CHECK_FALSE(has(all, "Train/Adam/batch:64"));
    CHECK(has(all, "TimeToAccuracy/Record"));
    options.precisions = {Precision::bf16};
    options.threads = {1, 2};
    options.copies = {2};
    CHECK(has(names(options), "Train/Adam/batch:64/precision:bf16/threads:2/copies:2"));
    options.threads = {2};
    CHECK(has(names(options), "Train/Adam/batch:64/precision:bf16/copies:2"));
    const auto refused = [&](std::size_t copies, std::size_t threads) {
        options.copies = {copies};
        options.threads = {threads};
        try {
            static_cast<void>(names(options));
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(refused(4, 1).empty());  // siblings may be asked for
    CHECK(refused(5, 1).find("--copies: expected at most 4 of 1 thread each, on the 4 CPUs") == 0);
    CHECK(refused(3, 2).find("--copies: expected at most 2 of 2 threads each") == 0);
    CHECK(refused(kAllCopies, 4).empty());  // one, whatever its threads
}

TEST_CASE("registry: the names are the contract's") {
    const std::vector<std::string> all = names({});
    for (const char* const name : {"Train/SGD/batch:16",
                                   "Train/Momentum/batch:64",
                                   "Train/Adam/batch:256",
                                   "Train/Adam/batch:1024",
                                   "Train/Adam/batch:4096",
                                   "TimeToAccuracy/Adam/batch:64/target:97",
                                   "TimeToAccuracy/Record",
                                   "TimeToAccuracy/Record/precision:bf16",
                                   "Infer/batch:1",
                                   "Infer/batch:16",
                                   "Infer/batch:64",
                                   "Infer/batch:64/threads:2",
                                   "Infer/batch:1024",
                                   "Infer/batch:1/precision:int8",
                                   "Infer/batch:1024/precision:int8",
                                   "InnerProduct/Forward/in:784/out:128/batch:64",
                                   "InnerProduct/BackwardData/in:128/out:64/batch:256",
                                   "InnerProduct/BackwardWeights/in:64/out:10/batch:1024",
                                   "Relu/Forward/width:128/batch:64",
                                   "Relu/Backward/width:64/batch:1024",
                                   "SoftmaxCrossEntropy/classes:10/batch:64",
                                   "OptimizerStep/Adam/parameters:109386",
                                   "Loader/batch:64/threads:1",
                                   "Step/Adam/batch:64",
                                   "Calibrate/FmaPeak/threads:1",
                                   "Calibrate/FmaPeak/threads:2",
                                   "Calibrate/TriadBandwidth/threads:2",
                                   "Calibrate/Barrier/threads:2"}) {
        CAPTURE(name);
        CHECK(has(all, name));
    }
    CHECK(std::set<std::string>(all.begin(), all.end()).size() == all.size());
    CHECK(!has(all, "Calibrate/FmaPeak/threads:4"));
}

TEST_CASE(
    "registry: rows of optimizers beyond the default experiment's run where the filter has their word in "
    "it") {
    for (const Optimizer& optimizer : kOptimizers) {
        const std::string label(optimizer.label);
        CAPTURE(label);
        CHECK(has(names({}), ("Train/" + label + "/batch:64").c_str()) == optimizer.usual);
        const std::vector<std::string> some = names({}, label + "/");
        for (const char* const rest : {"/batch:64", "/batch:64/target:97", "/parameters:109386"}) {
            const std::string family = rest[1] == 'p'                      ? "OptimizerStep/"
                                       : std::string(rest).ends_with("97") ? "TimeToAccuracy/"
                                                                           : "Train/";
            CHECK(has(some, (family + label + rest).c_str()));
        }
        CHECK(has(names({}, "Scaling/" + label), ("Scaling/" + label + "/batch:64/cores:1").c_str()));
    }
    for (const char* const filter : {"Adam", "-Relu", "Scaling", "all"}) {
        for (const std::string& name : names({}, filter)) CHECK(name.find("AdamW") == std::string::npos);
    }
    Options options;
    options.copies = {2};
    CHECK_FALSE(has(names(options), "Train/RMSprop/batch:64/copies:2"));
    CHECK(has(names(options, "RMSprop"), "Train/RMSprop/batch:64/copies:2"));
}

TEST_CASE("registry: a list of threads joins the names, a single number does not") {
    Options list;
    list.threads = {1, 2};
    const std::vector<std::string> all = names(list);
    for (const char* const name :
         {"Train/Adam/batch:64/threads:1", "Train/Adam/batch:64/threads:2", "Infer/batch:1/threads:2",
          "Step/SGD/batch:64/threads:1", "TimeToAccuracy/SGD/batch:64/target:97/threads:2",
          "Loader/batch:64/threads:2", "InnerProduct/Forward/in:784/out:128/batch:64/threads:2",
          "Relu/Backward/width:64/batch:1024/threads:1", "SoftmaxCrossEntropy/classes:10/batch:64/threads:2",
          "OptimizerStep/Adam/parameters:109386/threads:1"}) {
        CAPTURE(name);
        CHECK(has(all, name));
    }
    for (const std::string& name : all) {
        CAPTURE(name);
        CHECK(name.find("/threads:") != std::string::npos);
    }
    CHECK(!has(all, "Train/Adam/batch:64"));
    Options single;
    single.threads = {1};
    CHECK(has(names(single), "Train/Adam/batch:64"));
    CHECK(has(names(single), "Relu/Forward/width:64/batch:64"));
    CHECK(!has(names(single), "Calibrate/FmaPeak/threads:2"));
    CHECK(!has(names(single), "Infer/batch:64/threads:2"));
}

TEST_CASE("registry: a few rows of bf16 belong to the usual set, --precision says which else") {
    const std::vector<std::string> usual = names({}, "^(Train|Step)/.*precision:");
    CHECK(usual == std::vector<std::string>{"Train/Adam/batch:64/precision:bf16",
                                            "Train/Adam/batch:256/precision:bf16",
                                            "Train/Adam/batch:1024/precision:bf16"});
    Options both;
    both.precisions = {Precision::f32, Precision::bf16};
    both.threads = {1, 2};
    const std::vector<std::string> all = names(both);
    for (const char* const name :
         {"Train/SGD/batch:16/precision:bf16/threads:1", "Train/SGD/batch:16/threads:1",
          "Step/Momentum/batch:4096/precision:bf16/threads:2", "Step/Momentum/batch:4096/threads:2"}) {
        CAPTURE(name);
        CHECK(has(all, name));
    }
    Options none;
    none.precisions = {Precision::f32};
    CHECK(names(none, "^(Train|Step|TimeToAccuracy)/.*precision:").empty());
}

TEST_CASE("registry: what this machine cannot run says why") {
    Bench bench({}, {{0, 1}, 2}, kGoOn);
    for (const Entry& entry : matching(all_benchmarks(bench), "^(Train|Step|TimeToAccuracy)/")) {
        CAPTURE(entry.name);
        const bool bf16 = entry.name.find("precision:bf16") != std::string::npos;
        CHECK(entry.obstacle == (bf16 ? precision_obstacle(Precision::bf16).value_or("") : ""));
    }
}

TEST_CASE("registry: --loader-threads says which loaders are measured") {
    Options options;
    options.loader_threads = 3;
    CHECK(names(options, "^Loader/batch:64") == std::vector<std::string>{"Loader/batch:64/threads:3"});
}

TEST_CASE("registry: the filter matches anywhere, anchored, or everything else") {
    CHECK(names({}, "^Train/Adam/batch:64$") == std::vector<std::string>{"Train/Adam/batch:64"});
    for (const std::string& name : names({}, "Adam")) CHECK(name.find("Adam") != std::string::npos);
    CHECK(names({}, "all").size() == names({}).size());
    CHECK(names({}, "-Adam").size() + names({}, "Adam").size() == names({}).size());
    CHECK(names({}, "Infer/batch:(1|16)$").size() == 2);
    CHECK(names({}, "^Infer/.*precision:int8$").size() == 4);
    CHECK(names({}, "^Infer/.*precision:int8/threads:").size() == 1);
    CHECK(names({}, "Nothing").empty());
    CHECK_THROWS_AS(names({}, "Adam("), InputError);
}

TEST_CASE("registry: what takes long and is for study runs only where its family is asked for") {
    const auto scaling = [](const std::string& name) { return name.starts_with("Scaling/"); };
    for (const char* const filter : {"", "all", "Adam", ".", "-Train", "-Scaling"}) {
        CAPTURE(filter);
        const std::vector<std::string> some = names({}, filter);
        CHECK(!some.empty());
        CHECK(std::none_of(some.begin(), some.end(), scaling));
    }
    const std::vector<std::string> all = names({}, "Scaling");
    CHECK(std::all_of(all.begin(), all.end(), scaling));
    CHECK(all.size() == std::size_t{3} * 4 * 7);
    CHECK(has(all, "Scaling/Adam/batch:64/cores:1"));
    CHECK(has(all, "Scaling/SGD/batch:4096/cores:64"));
    Options some;
    some.threads = {3};
    CHECK(names(some, "^Scaling/Adam/batch:256") ==
          std::vector<std::string>{"Scaling/Adam/batch:256/cores:3"});
}

TEST_CASE("repetitions: with a fixed number of iterations every call is one") {
    RepetitionCounter counter(5, false);
    CHECK(counter.next(5) == 0U);
    CHECK(counter.next(5) == 1U);
    CHECK(counter.next(5) == 2U);
}

TEST_CASE("repetitions: warm-up calls are none") {
    RepetitionCounter once(5, true);
    CHECK(!once.next(5));
    CHECK(once.next(5) == 0U);
    CHECK(once.next(5) == 1U);
    RepetitionCounter growing(1, true);
    CHECK(!growing.next(1));
    CHECK(!growing.next(10));
    CHECK(!growing.next(40));
    CHECK(growing.next(1) == 0U);
    CHECK(growing.next(1) == 1U);
}

TEST_CASE("repetitions: without a fixed number, only a number that comes again is a new one") {
    RepetitionCounter counter(0, false);
    CHECK(counter.next(1) == 0U);
    CHECK(counter.next(10) == 0U);
    CHECK(counter.next(73) == 0U);
    CHECK(counter.next(73) == 1U);
    CHECK(counter.next(73) == 2U);
}
