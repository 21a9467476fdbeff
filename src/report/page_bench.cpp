// Names come from files, so of a word there is only taken over what is short and plain.
#include "page_bench.hpp"

#include <algorithm>

#include "mnist/compare/groups.hpp"

namespace mnist {
namespace {

/// A short word of letters and digits; `otherwise` for anything else that stands in its place in a file.
std::string word_or(const std::string& text, const std::string& otherwise) {
    constexpr std::size_t kLongest = 12;
    const bool is_word = !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    return is_word ? text : otherwise;
}

}  // namespace

std::optional<double> counter_of(const BenchRepetition& repetition, const std::string& key) {
    const auto found = repetition.counters.find(key);
    return found == repetition.counters.end() ? std::nullopt : std::optional(found->second);
}

std::string threads_of(const std::string& name, const PageSource& source) {
    const std::string configured = source.fact("mnist.config.threads");
    const bool chosen = source.fact("mnist.config.threads_chosen") == "auto";
    const std::string usual = configured.empty() ? configured : unnamed_threads(name, configured, chosen);
    return word_or(bench_words(name).text("threads", usual), {});
}

std::string copies_of(const BenchWords& words) {
    return word_or(words.text("copies", {}), {});
}

std::string precision_of(const BenchWords& words) {
    return word_or(words.text("precision", "f32"), "other");
}

CounterValues values_of_counter(const BenchResult& result, const std::string& key,
                                const std::string& family) {
    CounterValues values;
    for (const BenchRepetition& repetition : result.repetitions) {
        const auto value = counter_of(repetition, key);
        if (value && (family.empty() || family_of(repetition.name) == family))
            values[repetition.name].push_back(*value);
    }
    return values;
}

}  // namespace mnist
