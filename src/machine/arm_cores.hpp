// Which cores an ARM CPU has, by the numbers in /proc/cpuinfo, which has no name for them.
#pragma once

#include <string>
#include <string_view>

namespace mnist {

/// "Neoverse V2"; of a CPU with several kinds of core all of them in the order of their first processors,
/// "Cortex-A55 + Cortex-A76". A part without a name here is "ARM part 0xd99", one of another house
/// "implementer 0x51 part 0x1". Empty where `cpuinfo` names no implementer, as on other CPUs.
[[nodiscard]] std::string arm_core_names(std::string_view cpuinfo);

}  // namespace mnist
