// memory_room() of another machine, for tests. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "mnist/machine/memory.hpp"

namespace mnist {

/// `root` stands for "/".
[[nodiscard]] std::optional<MemoryRoom> memory_room(const std::filesystem::path& root,
                                                    std::optional<std::uint64_t> address_space_limit);

}  // namespace mnist
