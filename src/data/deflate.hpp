// What deflate can do, which bounds how much memory a file may ask for: gzip's and PNG's streams are both of
// it.
#pragma once

#include <cstddef>

namespace mnist {

/// No stream holds more bytes than this for each of its own.
inline constexpr std::size_t kMostInflation = 1032;

}  // namespace mnist
