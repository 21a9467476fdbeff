// Reads what an evaluation left: counts by class, and pictures, whose extents are checked before anybody
// draws them.
#include <fmt/format.h>

#include "mnist/core/base64.hpp"
#include "train_json_parts.hpp"

namespace mnist {
namespace {

std::uint64_t below(const JsonCursor& cursor, std::uint64_t limit, const char* what) {
    const std::uint64_t value = cursor.unsigned_integer();
    if (value >= limit) cursor.fail(fmt::format("{} below {}", what, limit));
    return value;
}

}  // namespace

ConfusionMatrix read_confusion_matrix(const JsonCursor& array, std::uint64_t classes) {
    ConfusionMatrix matrix;
    const std::vector<JsonCursor> rows = array.elements();
    if (!rows.empty() && rows.size() != classes)
        array.fail(fmt::format("{} rows, one a class, or none", classes));
    for (const JsonCursor& row : rows) {
        std::vector<std::uint64_t>& counts = matrix.emplace_back();
        for (const JsonCursor& cell : row.elements()) counts.push_back(cell.unsigned_integer());
        if (counts.size() != classes) row.fail(fmt::format("{} counts, one a class", classes));
    }
    return matrix;
}

SampleImage read_image(const JsonCursor& object, const DatasetFacts& facts, std::uint64_t samples) {
    SampleImage image;
    image.index = below(object.at("index"), samples, "the number of an image,");
    image.label = below(object.at("label"), facts.classes, "a class");
    const JsonCursor pixels = object.at("pixels");
    std::optional<std::vector<std::uint8_t>> bytes = from_base64(pixels.string());
    // By division, for a product of hostile extents may overflow.
    if (!bytes || facts.columns == 0 || bytes->size() % facts.columns != 0 ||
        bytes->size() / facts.columns != facts.rows)
        pixels.fail(fmt::format("base64 of {} x {} bytes", facts.rows, facts.columns));
    image.pixels = std::move(*bytes);
    return image;
}

Mistake read_mistake(const JsonCursor& object, const DatasetFacts& facts) {
    return {.image = read_image(object, facts, facts.test_samples),
            .predicted = below(object.at("predicted"), facts.classes, "a class"),
            .probability = object.at("probability").number(0, 1)};
}

}  // namespace mnist
