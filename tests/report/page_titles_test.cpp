// What a page calls its files, and which of many it shows.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "report/page_sources.hpp"

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using mnist_test::repetitions;
using nlohmann::json;

namespace {

using Facts = std::map<std::string, std::string>;

ReportSource file_with(const std::string& name, const Facts& facts) {
    ReportSource file = bench(name, repetitions("Train/Adam/batch:64", 2, 1000));
    for (const auto& [key, value] : facts) std::get<mnist::BenchResult>(file.content).context[key] = value;
    return file;
}

ReportSource of_machine(const std::string& name, const std::string& cpu, Facts facts = {}) {
    facts["mnist.machine.cpu_model"] = cpu;
    return file_with(name, facts);
}

std::vector<std::string> titles(const std::vector<ReportSource>& files) {
    std::vector<std::string> all;
    const json data = data_of(files);
    for (const json& source : data["sources"]) all.push_back(source["title"]);
    return all;
}

using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("page: files of one machine are called by their names, those of several by their machines") {
    CHECK(titles({of_machine("a.json", "CPU A"), of_machine("b.json", "CPU A")}) ==
          Titles{"a.json", "b.json"});
    CHECK(titles({of_machine("a.json", "Intel(R) Xeon(R) Platinum 8488C CPU @ 2.40GHz"),
                  of_machine("b.json", "AMD EPYC 7763 64-Core Processor")}) ==
          Titles{"Intel Xeon Platinum 8488C", "AMD EPYC 7763"});
}

TEST_CASE("page: machines of one name have their generation or their instructions in it") {
    CHECK(titles({of_machine("a.json", "AMD EPYC", {{"mnist.machine.cpu_generation", "Zen 4 (Genoa)"}}),
                  of_machine("b.json", "AMD EPYC", {{"mnist.machine.cpu_generation", "Zen 5 (Turin)"}}),
                  of_machine("c.json", "Xeon", {{"mnist.machine.onednn_isa", "AVX512_CORE_AMX"}}),
                  of_machine("d.json", "Xeon", {{"mnist.machine.onednn_isa", "AVX2"}})}) ==
          Titles{"AMD EPYC Zen 4", "AMD EPYC Zen 5", "Xeon with AMX", "Xeon with AVX2"});
}

TEST_CASE("page: a generation that has no AMX is no name for a CPU with AMX") {
    const auto with_amx = [](const char* name, const char* generation, const char* model) {
        return of_machine(name, "Xeon",
                          {{"mnist.machine.cpu_generation", generation},
                           {"mnist.machine.cpu_model_number", model},
                           {"mnist.machine.onednn_isa", "AVX512_CORE_AMX"}});
    };
    CHECK(titles({with_amx("a.json", "Rocket Lake", "167"), with_amx("b.json", "Emerald Rapids", "207")}) ==
          Titles{"Xeon model 167", "Xeon Emerald Rapids"});
}

TEST_CASE("page: results of one of several machines have what tells them apart, at the least their file") {
    const Facts quick{{"mnist.config.epochs", "1"}};
    const Facts half{{"mnist.config.epochs", "5"}, {"mnist.config.precision", "bf16"}};
    CHECK(titles({of_machine("a.json", "X"), of_machine("b.json", "Y", quick),
                  of_machine("c.json", "Y", {{"mnist.config.epochs", "5"}})}) ==
          Titles{"X", "Y (1 epoch)", "Y (5 epochs)"});
    CHECK(titles({of_machine("a.json", "X"), of_machine("b.json", "Y", quick),
                  of_machine("c.json", "Y", half), of_machine("d.json", "Z"), of_machine("e.json", "Z")}) ==
          Titles{"X", "Y", "Y (bf16)", "Z (d)", "Z (e)"});
}

TEST_CASE("page: of many files the newest are shown, and every machine has its turn") {
    std::vector<ReportSource> files;
    for (int i = 0; i < 60; ++i)
        files.push_back(of_machine(fmt::format("busy-{}.json", i), "Busy",
                                   {{"mnist.created", fmt::format("2026-02-01T00:00:{:02}Z", i)}}));
    for (int i = 0; i < 3; ++i)
        files.push_back(of_machine(fmt::format("old-{}.json", i), "Old",
                                   {{"mnist.created", fmt::format("2025-01-01T00:00:0{}Z", i)}}));
    const json data = data_of(files);
    REQUIRE(data["sources"].size() == 40);
    CHECK(data["sources"][0]["name"] == "busy-59.json");
    CHECK(data["sources"][36]["name"] == "busy-23.json");
    CHECK(data["sources"][37]["name"] == "old-2.json");
    CHECK(data["sources"][39]["name"] == "old-0.json");
}
