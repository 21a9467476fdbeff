// What makes figures of speed doubtful before anything is measured, each with what can be done about it: one
// list for all programs. Pure, so that it can be tested on machines that have none of these troubles.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mnist {

struct SpeedCircumstances {
    std::optional<std::string> governor{};
    std::optional<double> quota{};  ///< CPUs that what runs side by side may share, on `side_by_side` of them
    std::size_t side_by_side = 0;
    std::size_t usable_cpus = 1;
    std::size_t jobs = 1;  ///< at once, of `threads` each
    std::size_t threads = 1;
    std::string build_type{};               ///< of this program
    std::optional<std::string> binding{};   ///< of inherited_binding()
    std::optional<std::string> slow_isa{};  ///< of slow_isa_warning()
};

[[nodiscard]] std::vector<std::string> speed_warnings(const SpeedCircumstances& circumstances);

}  // namespace mnist
