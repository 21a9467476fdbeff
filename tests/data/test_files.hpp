// Hand-made IDX files for the tests of this room: a set small enough to try every damage.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/temporary_folder.hpp"
#include "mnist/core/error.hpp"
#include "mnist/data/catalog.hpp"

namespace mnist {

/// Header and values of an IDX file of u8.
[[nodiscard]] std::string idx_bytes(const std::vector<std::uint32_t>& extents, std::string_view values);

/// One gzip member.
[[nodiscard]] std::string gzip(std::string_view content);

void write_file(const std::filesystem::path& path, std::string_view content);
[[nodiscard]] std::string file_content(const std::filesystem::path& path);

/// Contents of four files, by DataPart: 6 training and 3 test images of 2 x 3 pixels in 3 classes.
/// `first_pixel` tells sets apart.
using SetContents = std::array<std::string, 4>;
[[nodiscard]] SetContents tiny_set(std::uint8_t first_pixel = 1);

/// What a catalog would say about these contents.
[[nodiscard]] KnownDataset known_as(const std::string& name, const SetContents& contents);

enum class Packing { plain, gzip };
/// Writes the four files under their customary names behind `prefix`.
void write_set(const std::filesystem::path& folder, const SetContents& contents,
               Packing packing = Packing::gzip, const std::string& prefix = "");

/// The fault that `call` ends with; fails the test when it ends without an InputError.
[[nodiscard]] InputFault fault_of(const std::function<void()>& call);

/// True when `text` contains `part`.
[[nodiscard]] bool contains(std::string_view text, std::string_view part);

}  // namespace mnist
