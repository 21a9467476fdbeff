// The command line: both programs' words, both spellings, and what is refused.
#include "options.hpp"

#include <wordexp.h>

#include <algorithm>
#include <sstream>

#include "bench.hpp"
#include "catch.hpp"
#include "families.hpp"
#include "mnist/core/error.hpp"
#include "registry.hpp"

using namespace mnist;
using namespace mnist::bench;

namespace {

Parsed parse(std::vector<const char*> words) {
    words.insert(words.begin(), "mnist_bench");
    return parse_options(static_cast<int>(words.size()), words.data());
}

Options options(const std::vector<const char*>& words) {
    const Parsed parsed = parse(words);
    REQUIRE(parsed.options);
    return *parsed.options;
}

std::string refusal(const std::vector<const char*>& words) {
    try {
        static_cast<void>(parse(words));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

bool mentions(const std::string& text, const char* part) {
    CAPTURE(text, part);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("options: without flags everything has its default") {
    const Options none = options({});
    CHECK(none.epochs == 5);
    CHECK(none.seed == 0);
    CHECK(none.threads.empty());
    CHECK(!none.loader_threads);
    CHECK(none.repetitions == 1);
    CHECK(none.filter.empty());
    CHECK(!none.out);
    CHECK(none.for_library.empty());
}

TEST_CASE("options: a value may follow '=' or stand by itself") {
    for (const Options& given :
         {options({"--epochs=3", "--seed=7"}), options({"--epochs", "3", "--seed", "7"})}) {
        CHECK(given.epochs == 3);
        CHECK(given.seed == 7);
    }
    CHECK(options({"--epochs", "3", "--epochs", "4"}).epochs == 4);
}

TEST_CASE("options: --threads is a list, each number once") {
    CHECK(options({"--threads", "1,2,4"}).threads == std::vector<std::size_t>{1, 2, 4});
    CHECK(options({"--threads", "2,1"}).threads == std::vector<std::size_t>{2, 1});
    CHECK(mentions(refusal({"--threads", "2,1,2"}), "2 twice. --benchmark_repetitions=N"));
    CHECK(mentions(refusal({"--threads", "1,01"}), "1 twice"));
    CHECK(options({"--threads=8"}).threads == std::vector<std::size_t>{8});
    CHECK(mentions(refusal({"--threads", "1,,2"}), "--threads"));
    for (const char* const none : {"0", "-1", "100000", "4096", "1e3", "0,1"}) {
        CAPTURE(none);
        CHECK(mentions(refusal({"--threads", none}),
                       "--threads: expected auto or a whole number from 1 to 1024, found \""));
        CHECK(mentions(refusal({"--threads", none}), "auto, the default, times a few steps"));
    }
    CHECK(mentions(refusal({"--threads", ""}), "--threads: expected numbers of threads"));
    CHECK(mentions(refusal({"--threads", "2,"}), "found \"2,\""));
    CHECK(options({"--threads", "auto"}).threads.empty());
    CHECK(mentions(refusal({"--threads", "1,auto"}), "auto alone, or a list of numbers, found \"1,auto\""));
    CHECK(mentions(refusal({"--threads", "auto", "--threads", "2"}), "found \"auto,2\""));
    CHECK(mentions(refusal({"--threads", "two"}), "\"two\""));
}

TEST_CASE("options: what is no number of copies is told that all is one") {
    for (const char* const none : {"0", "half", "1,2000"}) {
        CAPTURE(none);
        CHECK(
            mentions(refusal({"--copies", none}), "--copies: expected all or whole numbers from 1 to 1024"));
        CHECK(mentions(refusal({"--copies", none}), "--copies 1,all"));
    }
}

TEST_CASE("options: the library's flags are checked and handed on") {
    const Options given = options({"--benchmark_repetitions=3", "--benchmark_enable_random_interleaving",
                                   "--benchmark_min_warmup_time=0.5", "--benchmark_time_unit=us",
                                   "--benchmark_context=host=a", "--benchmark_min_time=2s", "--v=1"});
    CHECK(given.repetitions == 3);
    CHECK(given.interleaved);
    CHECK_FALSE(options({}).interleaved);
    CHECK(given.warmup_s == 0.5);
    CHECK(given.time_unit_given);
    CHECK(given.min_time_s == 2.0);
    CHECK(given.for_library ==
          std::vector<std::string>{"--benchmark_repetitions=3", "--benchmark_enable_random_interleaving=true",
                                   "--benchmark_min_warmup_time=0.5", "--benchmark_time_unit=us",
                                   "--benchmark_context=host=a", "--v=1"});
}

TEST_CASE("options: switches take true and false") {
    CHECK(options({"--benchmark_list_tests"}).list_tests);
    CHECK(options({"--benchmark_list_tests=true"}).list_tests);
    CHECK(!options({"--benchmark_list_tests=false"}).list_tests);
    CHECK(!refusal({"--benchmark_list_tests=maybe"}).empty());
}

TEST_CASE("options: bad values name the flag and what was expected") {
    CHECK(mentions(refusal({"--epochs", "0"}), "--epochs"));
    CHECK(mentions(refusal({"--epochs", "5x"}), "a whole number from 1"));
    CHECK(mentions(refusal({"--dataset", "mnits"}), "Did you mean mnist?"));
    CHECK(mentions(refusal({"--benchmark_repetitions=0"}), "--benchmark_repetitions"));
    CHECK(mentions(refusal({"--benchmark_min_time=-1"}), "--benchmark_min_time"));
    CHECK(mentions(refusal({"--benchmark_format=xml"}), "one of console, json"));
    CHECK(mentions(refusal({"--benchmark_out_format=csv"}), "Use json"));
    CHECK(mentions(refusal({"--benchmark_color=blue"}),
                   "--benchmark_color: expected one of auto, true, false"));
}

TEST_CASE("options: against itself a set runs in two halves that take turns") {
    const Options given = options({"--noise-floor"});
    CHECK(given.noise_floor);
    CHECK(given.interleaved);
    CHECK_FALSE(options({"--noise-floor", "--benchmark_enable_random_interleaving=false"}).interleaved);
    CHECK(given.repetitions == 20);
    CHECK(given.for_library == std::vector<std::string>{"--benchmark_repetitions=20",
                                                        "--benchmark_enable_random_interleaving=true"});
    CHECK(options({"--noise-floor", "--benchmark_repetitions=8"}).repetitions == 8);
    CHECK(options({"--noise-floor", "--benchmark_enable_random_interleaving=false"}).for_library.back() !=
          "--benchmark_enable_random_interleaving=true");
    CHECK(options({"--noise-floor=false"}).repetitions == 1);
    for (const char* const count : {"1", "6", "9"})
        CHECK(
            mentions(refusal({"--noise-floor", "--benchmark_repetitions", count}), "an even number from 8"));
    CHECK(mentions(refusal({"--noise-floor", "--benchmark_report_aggregates_only"}),
                   "repetitions in the result"));
}

TEST_CASE("options: the preset for comparing is what its flags are, and flags win over it") {
    const Options preset = options({"--preset", "compare"});
    const Options flags = options({"--benchmark_filter=^(Calibrate|Train)/", "--benchmark_repetitions=10",
                                   "--benchmark_enable_random_interleaving"});
    CHECK(preset.filter == flags.filter);
    CHECK(preset.repetitions == 10);
    CHECK(preset.interleaved);
    auto sorted = [](std::vector<std::string> words) {
        std::sort(words.begin(), words.end());
        return words;
    };
    CHECK(sorted(preset.for_library) == sorted(flags.for_library));
    const Options changed =
        options({"--preset", "compare", "--benchmark_filter=Relu", "--benchmark_repetitions=4",
                 "--benchmark_enable_random_interleaving=false"});
    CHECK(changed.filter == "Relu");
    CHECK(changed.repetitions == 4);
    CHECK_FALSE(changed.interleaved);
    CHECK(changed.for_library.size() == 2);
    const Options floor = options({"--preset", "compare", "--noise-floor"});
    CHECK(floor.repetitions == 20);
    CHECK(floor.filter == preset.filter);
    CHECK(mentions(refusal({"--preset", "comprae"}), "Did you mean compare?"));
}

TEST_CASE("options: a least time is seconds or a number of iterations") {
    CHECK(options({"--benchmark_min_time=0.5s"}).min_time_s == 0.5);
    const Options times = options({"--benchmark_min_time=10x"});
    CHECK(times.iterations == 10);
    CHECK(!times.min_time_s);
    for (const char* const bad : {"--benchmark_min_time=x", "--benchmark_min_time=0x",
                                  "--benchmark_min_time=1.5x", "--benchmark_min_time=0s"})
        CHECK(mentions(refusal({bad}), "--benchmark_min_time: expected"));
}

TEST_CASE("options: colours are auto, or a switch in any spelling") {
    CHECK(options({"--benchmark_color=Auto"}).colour == "auto");
    CHECK(options({"--benchmark_color=No"}).colour == "false");
    CHECK(options({"--benchmark_color=1"}).colour == "true");
}

TEST_CASE("options: a result named - is refused, because it would be a file of that name") {
    CHECK(mentions(refusal({"--benchmark_out=-"}), "--benchmark_format=json writes the result to standard"));
    CHECK(options({"--benchmark_out=./-"}).out == "./-");
}

TEST_CASE("options: a result named like a folder is refused with a file in it") {
    CHECK(mentions(refusal({"--benchmark_out=new/"}), "For example new/result.json"));
    CHECK(mentions(refusal({"--benchmark_out=.."}), "the name of a folder"));
}

TEST_CASE("options: an unknown flag is refused with the nearest known one") {
    CHECK(mentions(refusal({"--benchmark_filtre=Adam"}), "Did you mean --benchmark_filter?"));
    CHECK(mentions(refusal({"--epoch", "3"}), "Did you mean --epochs?"));
    CHECK(mentions(refusal({"--benchmark_dry_run=true"}),
                   "--benchmark_dry_run, which Google Benchmark has since 1.9.1 and this program has not (it "
                   "is built with Google Benchmark "));
    CHECK(mentions(refusal({"--benchmark_perf_counters=cycles"}), "needs libpfm"));
    CHECK(mentions(refusal({"Adam"}), "\"Adam\""));
}

TEST_CASE("options: the help has both programs' flags, examples and exit codes") {
    const Parsed help = parse({"--help"});
    REQUIRE(!help.options);
    for (const char* const part : {"--threads", "--max-epochs", "--benchmark_filter", "--benchmark_out",
                                   "Examples:", "--preset compare", "Exit codes:"})
        CHECK(mentions(help.text, part));
    CHECK(mentions(parse({"--version"}).text, "mnist_bench "));
    // Each example as a shell takes it: flags that are known, a filter that matches.
    std::istringstream lines(help.text.substr(help.text.find("Examples:\n")));
    std::size_t count = 0;
    std::string line;
    std::getline(lines, line);
    for (; std::getline(lines, line) && line.starts_with("  "); ++count) {
        const std::string example = line.substr(2, line.find("  ", 2) - 2);
        CAPTURE(example);
        wordexp_t words{};
        REQUIRE(::wordexp(example.c_str(), &words, WRDE_NOCMD | WRDE_UNDEF) == 0);
        CHECK(std::string(words.we_wordv[0]) == "mnist_bench");
        const Parsed parsed = parse_options(static_cast<int>(words.we_wordc), words.we_wordv);
        ::wordfree(&words);
        REQUIRE(parsed.options);
        const std::atomic<bool> stop{false};
        Bench bench(*parsed.options, {{0, 1}, 2}, stop);
        CHECK(!matching(all_benchmarks(bench), parsed.options->filter).empty());
    }
    CHECK(count == 11);
}

TEST_CASE("options: --processes is a number of processes, and flags go on to them as given") {
    CHECK(options({}).processes == 1);
    const Options given = options({"--processes", "5", "--epochs", "3", "--epochs=4", "--noise-floor=false",
                                   "--threads", "1,2", "--benchmark_filter=A|B"});
    CHECK(given.processes == 5);
    CHECK(given.for_processes ==
          std::vector<std::string>{"--epochs=3", "--epochs=4", "--threads=1,2", "--benchmark_filter=A|B"});
    for (const char* const none : {"0", "-1", "100000", "two", "1.5", ""}) {
        CAPTURE(none);
        CHECK(
            mentions(refusal({"--processes", none}), "--processes: expected a whole number from 1 to 1000"));
    }
    CHECK(mentions(refusal({"--processes=2", "--benchmark_report_aggregates_only"}),
                   "--benchmark_display_aggregates_only keeps them off the screen alone"));
    CHECK(options({"--process-of=2/5"}).process_of->number == 2);
    CHECK(mentions(refusal({"--process-of=5/5"}), "a whole number from 0 to 4"));
    CHECK(!mentions(parse({"--help"}).text, "process-of"));
}

TEST_CASE("options: --noise-floor takes halves of processes, with five repetitions of each") {
    const Options given = options({"--noise-floor", "--processes=8"});
    CHECK(given.repetitions == 5);
    CHECK(given.interleaved);
    for (const char* const bad : {"--processes=6", "--processes=9"})
        CHECK(mentions(refusal({"--noise-floor", bad}), "--processes: expected an even number from 8"));
}

TEST_CASE("options: --until-decided needs a base and brings ten repetitions in random order") {
    const Options given = options({"--until-decided", "2", "--base", "b.json"});
    CHECK(given.until_decided == 0.02);
    CHECK(given.base == "b.json");
    CHECK(given.repetitions == 10);
    CHECK(given.max_repetitions == 100);
    CHECK(given.interleaved);
    CHECK(mentions(refusal({"--until-decided", "2"}), "expected --base FILE"));
    CHECK(mentions(refusal({"--base", "b.json"}), "--base: expected --until-decided"));
    CHECK(mentions(refusal({"--max-repetitions", "9"}), "--max-repetitions: expected --until-decided"));
    CHECK(mentions(refusal({"--base", "", "--until-decided=2"}), "--base"));
    for (const char* const bad : {"0", "-1", "200", "x", "nan"}) {
        CAPTURE(bad);
        CHECK(mentions(refusal({"--until-decided", bad, "--base=b.json"}),
                       "--until-decided: expected a percentage above 0 and at most 100"));
    }
    const std::vector<const char*> words{"--until-decided=2", "--base=b.json"};
    const auto with = [&](const char* more) {
        std::vector<const char*> all = words;
        all.push_back(more);
        return refusal(all);
    };
    CHECK(mentions(with("--max-repetitions=9"), "at least the 10 repetitions before the first look"));
    CHECK(mentions(with("--max-repetitions=3"), "a whole number from 4"));
    CHECK(mentions(with("--benchmark_repetitions=3"), "at least 4 before the first look"));
    CHECK(mentions(with("--processes=11"), "at least the 110 repetitions before the first look"));
    CHECK(mentions(with("--noise-floor"), "Measure the floor in a run of its own"));
    CHECK(mentions(with("--benchmark_report_aggregates_only"), "keeps them off the screen alone"));
}
