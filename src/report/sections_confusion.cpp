// Confusion matrices as heat maps that are tables: a screen reader reads them, they print, and they need no
// script. Errors are shaded by their share of the true class, against the worst cell; the diagonal is muted,
// so that errors stand out. Shades are classes, because the page's policy allows no style attributes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "page_limits.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Shares = std::vector<std::vector<double>>;

/// Of each row's sum; 0 in an empty row.
Shares shares_of(const Json& matrix) {
    Shares shares;
    for (const Json& row : matrix) {
        double total = 0;
        for (const Json& count : row) total += count.get<double>();
        std::vector<double>& part = shares.emplace_back();
        for (const Json& count : row) part.push_back(total > 0 ? count.get<double>() / total : 0);
    }
    return shares;
}

/// "e1" to "e9" for warm shades, "c1" to "c9" for cold ones.
std::string shade(double strength, bool cold) {
    constexpr int kSteps = 9;
    return strength > 0 ? fmt::format("{}{}", cold ? 'c' : 'e',
                                      std::clamp(static_cast<int>(std::ceil(kSteps * strength)), 1, kSteps))
                        : "";
}

struct HeatCell {
    std::string text, shade, title;
    std::string percent;  ///< what the script puts in the place of `text` when it is asked to
};

template <class Cell>
Html heat_table(const std::vector<std::string>& names, const std::string& caption, Cell cell) {
    const bool named = std::ranges::any_of(names, [](const std::string& name) { return name.size() > 2; });
    Html heads = el("td", {}, {{"aria-label", "true class, by row; predicted class, by column"}});
    for (const std::string& name : names) heads += el("th", el("span", name), {{"scope", "col"}});
    Html rows;
    for (std::size_t i = 0; i < names.size(); ++i) {
        Html cells = el("th", names[i], {{"scope", "row"}});
        for (std::size_t j = 0; j < names.size(); ++j) {
            const HeatCell one = cell(i, j);
            cells += el("td", one.text,
                        {{"class", one.shade}, {"title", one.title}, {"data-percent", one.percent}});
        }
        rows += el("tr", cells);
    }
    return el(named ? "table.heat names" : "table.heat",
              el("caption", caption) + el("thead", el("tr", heads)) + el("tbody", rows));
}

/// As many as the optimizer's matrix has classes.
std::vector<std::string> names_of(const Json& experiment, const Json& optimizer) {
    std::vector<std::string> names = experiment["class_names"];
    names.resize(optimizer["confusion"].size());
    return names;
}

Html matrix_table(const Json& optimizer, const std::vector<std::string>& names) {
    const Json& matrix = optimizer["confusion"];
    const Shares shares = shares_of(matrix);
    double worst = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        for (std::size_t j = 0; j < shares.size(); ++j)
            worst = i == j ? worst : std::max(worst, shares[i][j]);
    }
    const std::size_t runs = optimizer["confusion_runs"];
    const std::string caption = fmt::format("{}{}", optimizer["title"].get<std::string>(),
                                            runs > 1 ? fmt::format(", sum over {} seeds", runs) : "");
    return heat_table(names, caption, [&](std::size_t i, std::size_t j) {
        const std::uint64_t count = matrix[i][j];
        return HeatCell{.text = count == 0 ? "·" : std::to_string(count),
                        .shade = i == j       ? "muted"
                                 : count == 0 ? "zero"
                                              : shade(shares[i][j] / worst, false),
                        .title = fmt::format("true {}, predicted {}: {}, {} of the true class", names[i],
                                             names[j], whole(matrix[i][j]), percent(shares[i][j], 2)),
                        .percent = count == 0 ? "" : fixed(100 * shares[i][j], 1)};
    });
}

/// First minus second, in points of percent of the true class, so that different numbers of seeds do not
/// matter. More errors are warm, fewer are cold; on the diagonal fewer hits are warm.
Html difference_table(const Json& first, const Json& second, const std::string& titles,
                      const std::vector<std::string>& names) {
    const Shares a = shares_of(first);
    const Shares b = shares_of(second);
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a.size(); ++j) most = std::max(most, std::abs(a[i][j] - b[i][j]));
    }
    return heat_table(
        names, titles + ", in points of percent of the true class.", [&](std::size_t i, std::size_t j) {
            const double value = a[i][j] - b[i][j];
            const std::string size = fixed(std::abs(100 * value), 1);
            const bool none = size == "0.0";
            return HeatCell{
                .text = none ? "·" : (value > 0 ? "+" : "−") + size,
                .shade = none ? "zero" : shade(std::abs(value) / most, i == j ? value > 0 : value < 0),
                .title = fmt::format("true {}, predicted {}: {} against {}", names[i], names[j],
                                     percent(a[i][j], 2), percent(b[i][j], 2)),
                .percent = {}};
        });
}

/// Matrices that have the same classes, of one file or of several.
struct Kind {
    std::vector<std::string> names, titles;
    std::vector<const Json*> matrices;
    std::string places;  ///< of experiment and optimizer, for the script's menus: "0.0 0.2 3.0"
};

std::vector<Kind> kinds_of(const Json& report) {
    std::vector<Kind> kinds;
    for (std::size_t e = 0; e < report["experiments"].size(); ++e) {
        const Json& experiment = report["experiments"][e];
        for (std::size_t i = 0; i < experiment["optimizers"].size(); ++i) {
            const Json& o = experiment["optimizers"][i];
            if (o["confusion"].empty()) continue;
            const std::vector<std::string> names = names_of(experiment, o);
            auto kind = std::ranges::find_if(kinds, [&](const Kind& k) { return k.names == names; });
            if (kind == kinds.end())
                kind = kinds.insert(kind, {.names = names, .titles = {}, .matrices = {}, .places = {}});
            std::string title = o["title"];
            if (report["experiments"].size() > 1) title += ", " + source_name(report, experiment["source"]);
            kind->titles.push_back(title);
            kind->matrices.push_back(&o["confusion"]);
            kind->places += fmt::format("{}{}.{}", kind->places.empty() ? "" : " ", e, i);
        }
    }
    return kinds;
}

Html difference(const Kind& kind) {
    return el("div.difference",
              el("p.note",
                 "Warm cells are where the first errs more often, cold ones where it errs less; on the "
                 "diagonal warm is fewer hits.") +
                  difference_table(*kind.matrices.front(), *kind.matrices.back(),
                                   kind.titles.front() + " minus " + kind.titles.back(), kind.names),
              {{"data-matrices", kind.places}});
}

}  // namespace

Html confusion_section(const Json& report) {
    std::vector<Part> parts;
    for (const Json& experiment : report["experiments"]) {
        if (parts.size() == kMostPictured) break;
        const bool several = report["experiments"].size() > 1;
        Part& part = parts.emplace_back(
            Part{several ? source_heading(report, experiment["source"]) : std::string(), {}});
        Html& all = part.content;
        Html matrices;
        for (const Json& o : experiment["optimizers"]) {
            if (!o["confusion"].empty()) matrices += matrix_table(o, names_of(experiment, o));
        }
        all += matrices.empty() ? el("p", "There was no evaluation.") : el("div.grid thirds", matrices);
        if (!experiment["insights"].empty() && !matrices.empty())
            all += several ? disclosure("In words", sentences(experiment["insights"]))
                           : el("h4.spaced", "In words") + sentences(experiment["insights"]);
    }
    const std::vector<Kind> kinds = kinds_of(report);
    Html all;
    if (!kinds.empty()) all += el("p.note", "Rows are the true classes, columns the predictions.");
    all += parts_in_turn(parts, 1, "more trainings") +
           cut_note(parts.size(), report["experiments"].size(), "trainings");
    for (const Kind& kind : kinds) {
        if (kind.matrices.size() > 1)
            all += parts_in_turn({{"Difference of two", difference(kind)}}, parts.size() > 1 ? 0 : 1);
    }
    return all;
}

}  // namespace mnist
