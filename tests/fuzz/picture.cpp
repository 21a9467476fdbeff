// Pictures of every format, and what becomes of the digits on them.
#include <algorithm>

#include "mnist/core/error.hpp"
#include "mnist/data/digit_picture.hpp"
#include "targets.hpp"

namespace mnist {

void try_picture(FileBytes file) {
    try {
        const GreyPicture picture = read_picture(file, "fuzz");
        promise(picture.levels.size() == picture.rows * picture.columns,
                "picture: as many levels as its extents say");
        promise(!picture.levels.empty() && picture.levels.size() <= kMostPicturePixels,
                "picture: of a bounded size");
        for (const DigitLayout layout : {DigitLayout::one, DigitLayout::row}) {
            const std::vector<PreparedDigit> digits = prepare_digits(picture, layout, "fuzz");
            promise(!digits.empty() && digits.size() <= kMostDigits, "picture: a bounded number of digits");
            for (const PreparedDigit& digit : digits) {
                const DigitBox& box = digit.box;
                promise(box.width > 0 && box.left + box.width <= picture.columns,
                        "picture: boxes lie inside it");
                promise(box.height > 0 && box.top + box.height <= picture.rows,
                        "picture: boxes lie inside it");
                promise(*std::ranges::max_element(digit.pixels) == 255, "picture: digits have ink");
            }
        }
    } catch (const InputError&) {
        return;  // refused, as most inputs must be
    }
}

}  // namespace mnist
