// std::regex in the grammar that the library uses.
#include "registry.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <regex>
#include <utility>

#include "mnist/core/error.hpp"

namespace mnist::bench {

void Call::count(const std::string& name, std::optional<double> value) {
    if (value && std::isfinite(*value)) state.counters[name] = *value;
}

Registry matching(Registry all, const std::string& filter) {
    const bool inverted = filter.starts_with('-');
    std::erase_if(all, [&](const Entry& entry) {
        return std::ranges::any_of(entry.on_request, [&](const std::string& word) {
            return inverted || filter.find(word) == std::string::npos;
        });
    });
    if (filter.empty() || filter == "all") return all;
    std::regex pattern;
    try {
        pattern.assign(inverted ? filter.substr(1) : filter, std::regex::extended);
    } catch (const std::regex_error& error) {
        throw InputError({.where = "--benchmark_filter",
                          .expected = "a POSIX extended regular expression",
                          .found = "\"" + filter + "\" (" + error.what() + ")",
                          .remedy = "--benchmark_list_tests shows the names"});
    }
    Registry some;
    for (Entry& entry : all) {
        if (std::regex_search(entry.name, pattern) != inverted) some.push_back(std::move(entry));
    }
    return some;
}

std::optional<std::size_t> RepetitionCounter::next(std::int64_t iterations) {
    if (iterations_ == 0) {
        if (iterations == last_) ++done_;
        last_ = iterations;
        return done_;
    }
    if (std::exchange(warms_up_, false) || iterations != iterations_) return std::nullopt;
    return done_++;
}

}  // namespace mnist::bench
