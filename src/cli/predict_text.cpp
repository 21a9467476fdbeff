// A character stands for two pixels above each other, because characters are twice as high as wide.
#include "predict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "mnist/core/base64.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::size_t kGap = 2;                   // columns between two pictures
constexpr double kWorthSaying = 0.01;             // probability of a runner-up
constexpr std::string_view kInks = " .:-=+*#%@";  // from none to full

std::string line_of(const PreparedDigit& digit, std::size_t row, bool unicode) {
    std::string line;
    for (std::size_t c = 0; c < kPreparedSide; ++c) {
        const unsigned upper = digit.pixels[row * kPreparedSide + c];
        const unsigned lower = digit.pixels[(row + 1) * kPreparedSide + c];
        if (unicode) {
            constexpr unsigned kInked = 128;
            line += upper >= kInked ? (lower >= kInked ? "█" : "▀") : (lower >= kInked ? "▄" : " ");
        } else {
            line += kInks[(upper + lower) * (kInks.size() - 1) / 510];
        }
    }
    return line;
}

std::string caption_of(const PredictedDigit& digit) {
    std::string caption = fmt::format("{}, {:.2f} %", digit.digit, 100 * digit.probabilities[digit.digit]);
    std::vector<double> others = digit.probabilities;
    others[digit.digit] = 0;
    const auto second = std::ranges::max_element(others);
    if (*second >= kWorthSaying)
        caption += fmt::format(" (or {}, {:.2f} %)", second - others.begin(), 100 * *second);
    return caption;
}

// Pictures side by side, their captions below.
std::string block_of(const std::vector<PredictedDigit>& digits, std::size_t begin, std::size_t end,
                     bool unicode) {
    std::string block;
    const auto add_line = [&](auto cell) {
        std::string line;
        for (std::size_t i = begin; i < end; ++i) {
            const std::string text = cell(digits[i]);
            line += text + std::string(kPreparedSide + kGap - display_width(text), ' ');
        }
        block += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    };
    for (std::size_t row = 0; row < kPreparedSide; row += 2)
        add_line([&](const PredictedDigit& digit) { return line_of(digit.prepared, row, unicode); });
    add_line(caption_of);
    return block;
}

}  // namespace

std::string predict_text(const PredictResult& result, const TextStyle& style) {
    const std::size_t beside = std::max<std::size_t>(
        1, (static_cast<std::size_t>(std::max(style.width, 0)) + kGap) / (kPreparedSide + kGap));
    std::string text;
    for (const PredictedPicture& picture : result.pictures) {
        if (!text.empty()) text += "\n";
        text += printable(picture.file) + ": ";
        for (const PredictedDigit& digit : picture.digits) text += fmt::format("{}", digit.digit);
        text += "\n";
        for (std::size_t i = 0; i < picture.digits.size(); i += beside)
            text += block_of(picture.digits, i, std::min(i + beside, picture.digits.size()), style.unicode);
    }
    return text;
}

std::string predict_json(const PredictResult& result) {
    nlohmann::ordered_json object;
    object["schema"] = "mnist-results/1";
    object["kind"] = "predict";
    object["model"] = result.model;
    object["dims"] = result.dims;
    object["precision"] = result.precision;
    object["weights_sha256"] = result.weights_sha256;
    object["pictures"] = nlohmann::ordered_json::array();
    for (const PredictedPicture& picture : result.pictures) {
        nlohmann::ordered_json& entry = object["pictures"].emplace_back();
        entry["file"] = picture.file;
        entry["digits"] = nlohmann::ordered_json::array();
        for (const PredictedDigit& digit : picture.digits) {
            const DigitBox& box = digit.prepared.box;
            entry["digits"].push_back(
                {{"digit", digit.digit},
                 {"probability", digit.probabilities[digit.digit]},
                 {"probabilities", digit.probabilities},
                 {"box",
                  {{"left", box.left}, {"top", box.top}, {"width", box.width}, {"height", box.height}}},
                 {"pixels", to_base64(digit.prepared.pixels)}});
        }
    }
    return object.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mnist
