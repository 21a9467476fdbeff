// The places are the same in every image, so they are listed once.
#include "mnist/data/background.hpp"

#include <cstdint>
#include <vector>

namespace mnist {

double background(const Dataset& dataset, const Split& split) {
    const std::size_t rows = dataset.facts.rows;
    const std::size_t columns = dataset.facts.columns;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < rows * columns; ++i) {
        const std::size_t row = i / columns;
        const std::size_t column = i % columns;
        if (row == 0 || row + 1 == rows || column == 0 || column + 1 == columns) places.push_back(i);
    }
    std::uint64_t sum = 0;
    for (std::size_t n = 0; n < split.count(); ++n)
        for (const std::size_t place : places) sum += split.images[n * rows * columns + place];
    const double most = 255.0 * static_cast<double>(places.size() * split.count());
    return most > 0 ? static_cast<double>(sum) / most : 0;
}

}  // namespace mnist
