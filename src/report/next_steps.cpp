// A command that is much longer than the others keeps its purpose behind it and does not push theirs away.
#include "mnist/report/next_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/report/text.hpp"

namespace mnist {

std::string next_steps(const std::vector<NextStep>& steps) {
    constexpr std::size_t kWidest = 66;
    std::size_t width = 0;
    for (const NextStep& step : steps) width = std::max(width, std::min(step.command.size(), kWidest));
    std::string text = steps.empty() ? "" : "\nNext:\n";
    for (const NextStep& step : steps)
        text += fmt::format("  {:{}}  {}\n", printable(step.command), width, printable(step.purpose));
    return text;
}

}  // namespace mnist
