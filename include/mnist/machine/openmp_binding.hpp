// OMP_PROC_BIND and its like have OpenMP's runtimes bind the first thread of a program to one core, libgomp
// before main begins; whatever that thread starts shares the core, and the mask that the process was given is
// lost, as the kernel keeps none beside the narrowed one. Workers are pinned by their team, so the runtimes
// are not to see these variables: each program takes them out of its environment before any library's
// constructor runs. What taskset or a cpuset allows stays the limit. Left out: putting a mask back that was
// narrowed (each thread's first OpenMP region would bind that thread anew), and a second exec (it inherits
// the narrowed mask).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/core/facts.hpp"

namespace mnist {

/// What stands in the section .preinit_array of an executable: glibc calls it before all constructors.
using PreInitFunction = void (*)(int, char**, char**);

/// Takes the variables out of `environment`, in place, and remembers them; the arguments are not looked at.
/// Calls nothing that must have been started up. Once, before there are threads.
void drop_openmp_binding(int arguments, char** argument_words, char** environment) noexcept;

/// "OMP_PROC_BIND=true", ...: what was dropped.
[[nodiscard]] std::vector<std::string_view> dropped_openmp_binding();

/// A program that such variables bind hands its core down to what it starts, and the variables as well. So
/// where they are set and a single one of the machine's cores may be used, without a quota that would explain
/// it: a warning, with what to do. Whether that program or taskset chose the core cannot be known here. Empty
/// otherwise.
[[nodiscard]] std::optional<std::string> inherited_binding(const MachineFacts& machine,
                                                           const std::vector<std::string_view>& dropped);

}  // namespace mnist
