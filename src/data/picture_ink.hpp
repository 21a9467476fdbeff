// What is ink in a picture, and which of it hangs together. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mnist/data/picture_file.hpp"

namespace mnist {

/// Ink of a picture, which large ones are reduced for.
struct InkPicture {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t reduction = 1;  ///< pixels of the picture to a side of one here
    std::vector<float> ink;     ///< [rows, columns], 0 = background, 1 = ink
};

/// Tells ink from background (see prepare_digits). Throws InputError where nothing stands out.
[[nodiscard]] InkPicture find_ink(const GreyPicture& picture, const std::string& where);

/// Pixels with ink that touch each other, also by their corners.
struct InkPiece {
    std::size_t left, top, right, bottom;  ///< the last two are past the end
    std::size_t area;                      ///< pixels
};

struct InkPieces {
    std::vector<std::uint32_t> piece_of;  ///< [rows, columns]: 0 = none, else 1 + the index in `pieces`
    std::vector<InkPiece> pieces;
};

[[nodiscard]] InkPieces find_pieces(const InkPicture& picture);

}  // namespace mnist
