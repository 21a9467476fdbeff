// What can be done with a result, as commands to type.
#pragma once

#include <string>
#include <vector>

namespace mnist {

struct NextStep {
    std::string purpose;
    std::string command;  ///< as the user calls it (core/called)
};

/// "Next:" and a line for each step, purposes and commands aligned; nothing without steps. Without control
/// characters.
[[nodiscard]] std::string next_steps(const std::vector<NextStep>& steps);

}  // namespace mnist
