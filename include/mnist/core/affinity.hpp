// The mask of logical CPUs that the scheduler lets a thread run on, for machines with any number of CPUs.
#pragma once

#include <vector>

namespace mnist {

/// OS indices of the CPUs that the calling thread may run on, ascending; empty where the system does not say.
[[nodiscard]] std::vector<int> allowed_cpus();

/// Lets the calling thread run on these CPUs only. False where there are none or the system refuses; the
/// thread then stays as it was.
bool pin_this_thread(const std::vector<int>& cpus);

}  // namespace mnist
