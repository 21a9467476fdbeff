// Facts as flat keys.
#include "context_facts.hpp"

#include <atomic>
#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace mnist;
using namespace mnist::bench;

TEST_CASE("context: objects and lists become keys, nulls are left out") {
    ContextFacts facts;
    flatten({{"a", {{"b", {1, "x"}}, {"none", nullptr}}}, {"yes", true}, {"half", 0.5}}, "mnist", facts);
    CHECK(facts ==
          ContextFacts{
              {"mnist.a.b.0", "1"}, {"mnist.a.b.1", "x"}, {"mnist.yes", "true"}, {"mnist.half", "0.5"}});
}

TEST_CASE("context: text that is no UTF-8 or steers a terminal is mended") {
    ContextFacts facts;
    flatten("a\xff\x1b[1m b", "mnist.machine.cpu_model", facts);
    CHECK(facts.at("mnist.machine.cpu_model") == "a?[1m b");
}

TEST_CASE("context: machine, build, configuration and primitives are there before the run, peaks after it") {
    const std::atomic<bool> stop{true};
    Options options;
    options.seed = 3;
    Bench bench(options, {{0}, 1}, stop);
    MachineFacts machine;
    machine.cpu_model = "Test CPU";
    BuildFacts build;
    build.build_type = "Release";
    const ContextFacts before = facts_before(bench, machine, build);
    CHECK(before.at("mnist.schema") == "mnist-bench/1");
    CHECK(before.at("mnist.machine.cpu_model") == "Test CPU");
    CHECK(before.count("mnist.machine.governor") == 0);
    CHECK(before.at("mnist.build.build_type") == "Release");
    CHECK(before.at("mnist.config.seed") == "3");
    CHECK(before.at("mnist.config.threads") == "1");
    CHECK(before.at("mnist.config.threads_chosen") == "auto");
    CHECK(before.count("mnist.dataset.name") == 0);
    CHECK(before.at("mnist.run.filter").empty());
    CHECK(before.at("mnist.run.interleaved") == "false");
    CHECK(before.count("mnist.run.precision") == 0);
    CHECK(!before.at("mnist.primitives.fc1.forward").empty());

    bench.peaks.offer(1, 50);
    bench.peaks.offer(1, 60);
    bench.peaks.offer(1, 55);
    const ContextFacts after = facts_after(bench);
    CHECK(after.at("mnist.fma_peak_gflops.threads:1") == "60.000");
    CHECK(after.at("mnist.interrupted") == "true");
    CHECK(bench.peaks.best(1) == 60.0);
}

TEST_CASE("context: what a run was asked for is there, to be asked for again") {
    const std::atomic<bool> stop{false};
    Options options;
    options.filter = "^Train/Adam/.*\x1b$";
    options.interleaved = options.noise_floor = true;
    options.precisions = {Precision::f32, Precision::bf16};
    options.loader_threads = 1;
    options.min_time_s = 0.25;
    options.threads = {2};
    const Bench bench(options, {{0}, 1}, stop);
    const ContextFacts facts = facts_before(bench, {}, {});
    CHECK(facts.at("mnist.run.filter") == "^Train/Adam/.*$");
    CHECK(facts.at("mnist.run.interleaved") == "true");
    CHECK(facts.at("mnist.run.noise_floor") == "true");
    CHECK(facts.at("mnist.run.precision") == "f32,bf16");
    CHECK(facts.at("mnist.run.loader_threads") == "1");
    CHECK(facts.at("mnist.config.threads") == "2");
    CHECK(facts.count("mnist.config.threads_chosen") == 0);
    CHECK(facts.at("mnist.run.min_time_s") == "0.25");
}
