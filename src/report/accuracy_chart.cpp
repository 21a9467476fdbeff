// A Braille character is a grid of 2 x 4 dots in one cell, so ten rows of text resolve forty steps.
#include "accuracy_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mnist {
namespace {

constexpr int kRows = 10;
constexpr int kMostColumns = 64;
constexpr int kLeastWidth = 40;
constexpr int kScaleWidth = 7;  // "100.00 "
constexpr int kDotsAcross = 2;
constexpr int kDotsDown = 4;

/// Bits of the dots of a Braille character, [row][column], in Unicode's order.
constexpr std::array<std::array<unsigned, kDotsAcross>, kDotsDown> kDots{
    {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

struct ChartLine {
    const RunGroup* group;
    std::vector<double> percent;  ///< an epoch each
};

std::vector<ChartLine> lines_of(const std::vector<RunGroup>& groups) {
    std::vector<ChartLine> lines;
    for (const RunGroup& group : groups) {
        ChartLine line{&group, {}};
        for (std::size_t e = 0;; ++e) {
            double sum = 0;
            std::size_t n = 0;
            for (const RunRecord* run : group.counted) {
                if (e >= run->epochs.size() || !run->epochs[e].test_accuracy) continue;
                sum += *run->epochs[e].test_accuracy;
                ++n;
            }
            if (n == 0) break;
            line.percent.push_back(sum / static_cast<double>(n));
        }
        if (line.percent.size() > 1) lines.push_back(std::move(line));
    }
    return lines;
}

struct Cell {
    unsigned dots = 0;
    int colour = 0;
};

class Canvas {
  public:
    Canvas(int columns, double low, double high)
        : columns_(columns), low_(low), high_(high), cells_(index_of(kRows, 0)) {}

    /// `epochs` of the longest line take the whole width.
    void draw(const ChartLine& line, std::size_t epochs, bool colour) {
        const OptimizerLook& look = optimizer(line.group->optimizer).look;
        const int width = columns_ * kDotsAcross;
        int previous = -1;
        for (int x = 0; x < width; ++x) {
            const double epoch = static_cast<double>(x) * static_cast<double>(epochs - 1) / (width - 1);
            const auto left = static_cast<std::size_t>(epoch);
            if (epoch > static_cast<double>(line.percent.size() - 1)) break;
            const std::size_t right = std::min(left + 1, line.percent.size() - 1);
            const double part = epoch - static_cast<double>(left);
            const int y = row_of(line.percent[left] * (1 - part) + line.percent[right] * part);
            // A steep piece begins next to where the one before ended, so that it stays a line.
            const int begin = previous < 0 || previous == y ? y : previous + (previous < y ? 1 : -1);
            for (int step = begin;; step += step < y ? 1 : -1) {
                if (colour || x % look.period < look.dash) set(x, step, look.terminal_colour);
                if (step == y) break;
            }
            previous = y;
        }
    }

    [[nodiscard]] std::string row(int r, bool colour) const {
        std::string text;
        int current = 0;
        for (int c = 0; c < columns_; ++c) {
            const Cell& cell = cells_[index_of(r, c)];
            const int wanted = colour && cell.dots != 0 ? cell.colour : current;
            if (wanted != current) text += fmt::format("\x1b[38;5;{}m", wanted);
            current = wanted;
            text += cell.dots == 0 ? " " : braille(cell.dots);
        }
        return current == 0 ? text : text + "\x1b[0m";
    }

  private:
    /// U+2800 and the dots, in UTF-8.
    static std::string braille(unsigned dots) {
        return {static_cast<char>(0xE2), static_cast<char>(0xA0U | dots >> 6U),
                static_cast<char>(0x80U | (dots & 0x3FU))};
    }

    [[nodiscard]] std::size_t index_of(int row, int column) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
               static_cast<std::size_t>(column);
    }

    [[nodiscard]] int row_of(double percent) const {
        const double share = (high_ - percent) / (high_ - low_);
        const int last = kRows * kDotsDown - 1;
        return std::clamp(static_cast<int>(std::lround(share * last)), 0, last);
    }

    void set(int x, int y, int colour) {
        Cell& cell = cells_[index_of(y / kDotsDown, x / kDotsAcross)];
        cell.dots |=
            kDots.at(static_cast<std::size_t>(y % kDotsDown)).at(static_cast<std::size_t>(x % kDotsAcross));
        cell.colour = colour;
    }

    int columns_;
    double low_, high_;
    std::vector<Cell> cells_;
};

std::string legend(const std::vector<ChartLine>& lines, bool colour) {
    std::string text;
    for (const ChartLine& line : lines) {
        const OptimizerLook& look = optimizer(line.group->optimizer).look;
        const std::string sample =
            colour ? fmt::format("\x1b[38;5;{}m⠤⠤⠤\x1b[0m", look.terminal_colour) : std::string(look.sample);
        text += fmt::format("{:{}}{} {} {:.2f} %\n", "", kScaleWidth, sample, title(line.group->optimizer),
                            line.percent.back());
    }
    return text;
}

}  // namespace

std::string accuracy_chart(const std::vector<RunGroup>& groups, const TextStyle& style) {
    const std::vector<ChartLine> lines = lines_of(groups);
    if (!style.unicode || style.width < kLeastWidth || lines.empty()) return {};
    double low = 100;
    double high = 0;
    std::size_t epochs = 0;
    for (const ChartLine& line : lines) {
        const auto [least, greatest] = std::ranges::minmax_element(line.percent);
        low = std::min(low, *least);
        high = std::max(high, *greatest);
        epochs = std::max(epochs, line.percent.size());
    }
    if (high - low < 0.01) low = high - 0.01;  // a flat line needs a scale too
    const int columns = std::min(style.width - kScaleWidth - 2, kMostColumns);
    Canvas canvas(columns, low, high);
    for (const ChartLine& line : lines) canvas.draw(line, epochs, style.colour);
    std::string text;
    for (int r = 0; r < kRows; ++r) {
        const bool labelled = r == 0 || r == kRows - 1 || r == kRows / 2;
        const double value = high - (high - low) * (r == 0 ? 0 : r == kRows - 1 ? 1 : (r + 0.5) / kRows);
        text += fmt::format("{:>{}} {}{}\n", labelled ? fmt::format("{:.2f}", value) : "", kScaleWidth - 1,
                            labelled ? "┤" : "│", canvas.row(r, style.colour));
    }
    std::string rule;
    for (int c = 0; c < columns; ++c) rule += "─";
    text += fmt::format("{:{}}└{}\n{:{}}1{:>{}}\n", "", kScaleWidth, rule, "", kScaleWidth + 1,
                        fmt::format("epoch {}", epochs), columns - 1);
    return text + legend(lines, style.colour);
}

}  // namespace mnist
