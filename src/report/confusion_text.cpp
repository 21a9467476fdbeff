// A confusion matrix in a terminal. Colours are of the 256-colour palette, which every terminal in use has;
// each shade sets its own foreground, so that it reads on dark and on light backgrounds.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {
namespace {

constexpr std::array kShades{224, 217, 210, 203, 196};  // light to strong red
constexpr std::size_t kListedCells = 10;
constexpr std::string_view kMuted = "\x1b[38;5;245m";
constexpr std::string_view kReset = "\x1b[0m";

std::uint64_t total_of(const std::vector<std::uint64_t>& row) {
    return std::accumulate(row.begin(), row.end(), std::uint64_t{0});
}

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent_or_dash(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? "-" : fmt::format("{:.2f} %", 100 * share(part, whole));
}

double worst_share(const ConfusionMatrix& matrix) {
    double worst = 0;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        for (std::size_t j = 0; j < matrix[i].size(); ++j) {
            if (i != j) worst = std::max(worst, share(matrix[i][j], total_of(matrix[i])));
        }
    }
    return worst;
}

std::string right(const std::string& text, std::size_t width) {
    return fmt::format("{:>{}}", text, width);
}

/// One cell with its gap in front; the gap is shaded too, so that a row of errors reads as one band.
std::string cell_text(const ConfusionMatrix& matrix, std::size_t i, std::size_t j, std::size_t width,
                      double worst, bool colour) {
    const std::uint64_t count = matrix[i][j];
    std::string text = right(count == 0 ? "·" : fmt::to_string(count), width);
    if (!colour) return text;
    if (i == j || count == 0) return fmt::format("{}{}{}", kMuted, text, kReset);
    const double relative = worst > 0 ? share(count, total_of(matrix[i])) / worst : 0;
    const auto level = std::min(kShades.size() - 1, static_cast<std::size_t>(relative * kShades.size()));
    return fmt::format("\x1b[48;5;{}m\x1b[38;5;16m{}{}", kShades.at(level), text, kReset);
}

struct Layout {
    std::vector<std::string> labels;  ///< of the rows
    std::size_t label_width = 0;
    std::size_t cell_width = 0;
    std::size_t total_width = 0;
    [[nodiscard]] std::size_t width(std::size_t classes) const {
        constexpr std::size_t kRecall = 10;
        return label_width + classes * cell_width + total_width + kRecall;
    }
};

Layout layout(const ConfusionMatrix& matrix, const std::vector<std::string>& names, std::size_t gap) {
    Layout result;
    std::uint64_t greatest = 0;
    std::uint64_t greatest_total = 0;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        std::string label = fmt::to_string(i);
        if (i < names.size() && names[i] != label) label += " " + printable(names[i]);
        result.label_width =
            std::max({result.label_width, display_width(label), std::string_view("true").size()});
        result.labels.push_back(std::move(label));
        greatest = std::max(greatest, *std::max_element(matrix[i].begin(), matrix[i].end()));
        greatest_total = std::max(greatest_total, total_of(matrix[i]));
    }
    const std::size_t digits =
        std::max(fmt::formatted_size("{}", greatest), fmt::formatted_size("{}", matrix.size() - 1));
    result.cell_width = digits + gap;
    result.total_width =
        std::max(fmt::formatted_size("{}", greatest_total), std::string_view("total").size()) + 2;
    return result;
}

std::string full_table(const ConfusionMatrix& matrix, const Layout& layout, bool colour) {
    std::string out = std::string(layout.label_width, ' ') + "  predicted\n";
    out += fmt::format("{:{}}", "true", layout.label_width);
    for (std::size_t j = 0; j < matrix.size(); ++j) out += right(fmt::to_string(j), layout.cell_width);
    out += right("total", layout.total_width) + right("recall", 10) + '\n';
    for (std::size_t i = 0; i < layout.width(matrix.size()); ++i) out += "─";
    out += '\n';
    const double worst = worst_share(matrix);
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        const std::uint64_t total = total_of(matrix[i]);
        out += fmt::format("{:{}}", layout.labels[i], layout.label_width);
        for (std::size_t j = 0; j < matrix.size(); ++j) {
            out += cell_text(matrix, i, j, layout.cell_width, worst, colour);
        }
        out += right(fmt::to_string(total), layout.total_width) +
               right(percent_or_dash(matrix[i][i], total), 10) + '\n';
    }
    return out;
}

struct Cell {
    std::size_t truth, predicted;
    std::uint64_t count;
};

std::string worst_cells(const ConfusionMatrix& matrix, const Layout& layout, int width) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        for (std::size_t j = 0; j < matrix[i].size(); ++j) {
            if (i != j && matrix[i][j] > 0) cells.push_back({i, j, matrix[i][j]});
        }
    }
    std::ranges::stable_sort(cells, [](const Cell& a, const Cell& b) { return a.count > b.count; });
    cells.resize(std::min(cells.size(), kListedCells));
    std::string out = wrapped(
        fmt::format("{} classes do not fit into {} columns; most frequent errors:", matrix.size(), width),
        width);
    std::vector<TableColumn> columns =
        columns_of("llrr", {"true", "predicted", "times", "of the true class"});
    for (const Cell& cell : cells)
        add_row(columns, {layout.labels[cell.truth], layout.labels[cell.predicted], grouped(cell.count),
                          percent_or_dash(cell.count, total_of(matrix[cell.truth]))});
    if (cells.empty()) return out + "none\n";
    return out + table_text(columns, width);
}

}  // namespace

std::string confusion_table(const ConfusionMatrix& matrix, const TextStyle& style,
                            const std::vector<std::string>& names) {
    if (matrix.empty()) return "No evaluation.\n";
    const auto limit = static_cast<std::size_t>(std::max(style.width, 1));
    for (const std::size_t gap : {std::size_t{2}, std::size_t{1}}) {
        const Layout fitting = layout(matrix, names, gap);
        if (fitting.width(matrix.size()) <= limit) return full_table(matrix, fitting, style.colour);
    }
    return worst_cells(matrix, layout(matrix, names, 1), style.width);
}

}  // namespace mnist
