// What to do next, in words that more than one room says. Users of the README have `./run fetch`, users of an
// installed program `mnist fetch`; a remedy must work for both.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace mnist {

/// For a value of --threads that is none.
inline constexpr std::string_view kThreadsRemedy =
    "auto, the default, times a few steps and takes as many as are fastest on the cores that this process "
    "may use";

/// For a value of --jobs that is none.
inline constexpr std::string_view kJobsRemedy =
    "auto takes as many as end all runs soonest, at most one a core; 1, the default, trains one run after "
    "the other";

/// "`mnist fetch ARGUMENTS` (in a checkout: `./run fetch ARGUMENTS`)".
[[nodiscard]] inline std::string fetch_words(std::string_view arguments) {
    return fmt::format("`mnist fetch {0}` (in a checkout: `./run fetch {0}`)", arguments);
}

}  // namespace mnist
