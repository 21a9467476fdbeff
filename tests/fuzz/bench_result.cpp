// Results as `mnist compare` takes them: Google Benchmark's JSON of any program, or a file of `mnist train`.
#include <cmath>
#include <variant>

#include "mnist/core/error.hpp"
#include "mnist/results/result_file.hpp"
#include "targets.hpp"

namespace mnist {

void try_bench_result(FileBytes file) {
    try {
        const ResultFile result = parse_result_file(text_of(file), "fuzz");
        const auto* bench = std::get_if<BenchResult>(&result);
        if (bench == nullptr) return;
        for (const BenchRepetition& repetition : bench->repetitions) {
            promise(std::isfinite(repetition.seconds) && repetition.seconds > 0, "bench: times above 0");
            promise(!repetition.name.empty(), "bench: every repetition has a name");
            for (const auto& [name, value] : repetition.counters)
                promise(std::isfinite(value), "bench: finite counters");
        }
    } catch (const InputError&) {
        return;
    }
}

}  // namespace mnist
