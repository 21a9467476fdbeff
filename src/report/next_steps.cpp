// The purpose stands first: these are short and alike in length, and a long command behind them moves
// nothing.
#include "mnist/report/next_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/report/text.hpp"

namespace mnist {

std::string next_steps(const std::vector<NextStep>& steps) {
    std::size_t width = 0;
    for (const NextStep& step : steps) width = std::max(width, step.purpose.size());
    std::string text = steps.empty() ? "" : "\nNext:\n";
    for (const NextStep& step : steps)
        text += fmt::format("  {:{}}  {}\n", printable(step.purpose), width, printable(step.command));
    return text;
}

}  // namespace mnist
