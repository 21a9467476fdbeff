// Names come from files, so nothing is assumed of them; what does not fit is simply not found.
#include "bench_words.hpp"

#include "mnist/core/parsed.hpp"

namespace mnist {

std::optional<std::uint64_t> BenchWords::number(const std::string& key) const {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 53;
    const auto value = parsed<std::uint64_t>(text(key, ""));
    return value && *value >= 1 && *value <= kMost ? value : std::nullopt;
}

std::string BenchWords::text(const std::string& key, const std::string& otherwise) const {
    const auto found = settings.find(key);
    return found == settings.end() ? otherwise : found->second;
}

BenchWords bench_words(const std::string& name) {
    BenchWords words;
    std::size_t begin = 0;
    while (begin <= name.size()) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        const std::string word = name.substr(begin, end - begin);
        const std::size_t colon = word.find(':');
        if (begin == 0) {
            words.family = word;
        } else if (colon != std::string::npos) {
            words.settings.emplace(word.substr(0, colon), word.substr(colon + 1));
        } else if (const auto optimizer = optimizer_labelled(word)) {
            words.optimizer = optimizer;
        } else {
            words.plain.push_back(word);
        }
        begin = end + 1;
    }
    return words;
}

}  // namespace mnist
