// Files may hold any finite number, so what is too large to be read as digits has an exponent.
#include "page_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mnist/core/time_units.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr double kMostInDigits = 1e15;
constexpr const char* kSpace = "\u00a0";  // a figure keeps its unit

}  // namespace

std::string fixed(const Json& value, int digits) {
    if (value.is_null()) return kNone;
    const double number = value;
    return std::abs(number) < kMostInDigits ? fmt::format("{:.{}f}", number, digits)
                                            : fmt::format("{:.2e}", number);
}

std::string whole(const Json& value) {
    if (value.is_null()) return kNone;
    const double number = value;
    if (std::abs(number) >= kMostInDigits) return fmt::format("{:.2e}", number);
    return number < 0 ? "-" + grouped(-number) : grouped(number);
}

std::string three_digits(const Json& value) {
    if (value.is_null()) return kNone;
    const double number = value;
    if (number == 0) return "0";
    const auto size = static_cast<int>(std::floor(std::log10(std::abs(number))));
    if (size < -4 || size > 8) return fmt::format("{:.2e}", number);
    if (size < 3) return fixed(value, std::max(0, 2 - size));
    const double unit = std::pow(10, size - 2);
    return whole(std::round(number / unit) * unit);
}

std::string percent(const Json& share, int digits) {
    return share.is_null() ? kNone : fixed(100 * share.get<double>(), digits) + kSpace + "%";
}

std::string duration(const Json& seconds) {
    const double number = seconds;
    auto unit = kTimeUnits.rbegin();
    while (number < 1 / unit->per_second && unit + 1 != kTimeUnits.rend()) ++unit;
    return three_digits(number / (1 / unit->per_second)) + kSpace + std::string(unit->sign);
}

std::string large(const Json& value) {
    constexpr double kBillion = 1e9;
    const double number = value;
    return number >= kBillion && number < 1e4 * kBillion ? three_digits(number / kBillion) + "G"
                                                         : three_digits(value);
}

std::string plural(const Json& count, const char* word) {
    return fmt::format("{} {}{}", whole(count), word, count == 1 ? "" : "s");
}

std::string spread_words(const Json& estimate) {
    if (estimate.is_null()) return {};
    const std::size_t n = estimate["n"];
    if (estimate["spread"] == "interval")
        return fmt::format("95 % interval of the median, {} repetitions", n);
    return estimate["spread"] == "range" ? fmt::format("lowest to highest of {} repetitions", n)
                                         : "one repetition";
}

std::string threads_words(const Json& threads) {
    const std::string& number = threads.get_ref<const std::string&>();
    return number + (number == "1" ? " thread" : " threads");
}

}  // namespace mnist
