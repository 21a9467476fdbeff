// All outputs are made of the same JSON, which is also what programs get.
#include "scaling_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "comparison_words.hpp"
#include "json_words.hpp"
#include "markdown_code.hpp"
#include "mnist/report/text.hpp"
#include "page_numbers.hpp"

namespace mnist {
namespace {

std::string scaling_share(const Json& share) {
    return share.is_null() ? std::string{} : percent(share, 0);
}

}  // namespace

std::array<std::string, kScalingHeadings.size()> scaling_cells(const Json& point) {
    return {whole(point["ranks"]),
            point["threads"].is_null() ? "" : whole(point["threads"]),
            duration(point["seconds"]),
            fmt::format("{:.2f}x", point["speed"].get<double>()),
            scaling_share(point["efficiency"]),
            scaling_share(point["exchange_share"]),
            whole(point["repetitions"]) + (point["disturbed"].get<bool>() ? ", disturbed" : ""),
            short_printable(point["file"].get<std::string>())};
}

std::string scaling_title(const Json& series) {
    return fmt::format("{}: {}", short_printable(series["name"].get<std::string>()),
                       series["weak"].get<bool>() ? "weak scaling, as many rows for each rank"
                                                  : "strong scaling, one batch for all ranks");
}

std::string scaling_note() {
    return "Speed is rows a second over the first line's, efficiency that over its threads; exchange is the "
           "share of all ranks' time, waiting for slower ones included.";
}

std::string scaling_text(std::span<const ScalingSeries> all, const TextStyle& style) {
    if (all.empty()) return {};
    std::string text = "Scaling over ranks\n" + wrapped(scaling_note(), style.width);
    for (const Json& series : scaling_json(all)) {
        std::vector<TableColumn> columns;
        for (std::size_t c = 0; c < kScalingHeadings.size(); ++c) {
            columns.push_back({.heading = kScalingHeadings[c], .left = c + 1 == kScalingHeadings.size()});
            for (const Json& point : series["points"]) columns[c].cells.push_back(scaling_cells(point)[c]);
        }
        text += "\n" + wrapped(scaling_title(series), style.width) + table_text(columns, style.width);
        for (const Json& caution : series["cautions"])
            text += wrapped(short_printable(caution.get<std::string>()), style.width, "! ");
    }
    return text;
}

std::string scaling_markdown(std::span<const ScalingSeries> all) {
    if (all.empty()) return {};
    std::string text = "**Scaling over ranks.** " + scaling_note() + "\n";
    for (const Json& series : scaling_json(all)) {
        text += fmt::format("\n{}\n\n| {} |\n|{}\n", code_span(scaling_title(series)),
                            fmt::join(kScalingHeadings, " | "),
                            " ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
        for (const Json& point : series["points"]) {
            auto cells = scaling_cells(point);
            cells.back() = code_cell(point["file"].get<std::string>());
            text += fmt::format("| {} |\n", fmt::join(cells, " | "));
        }
        for (const Json& caution : series["cautions"])
            text += fmt::format("\n- {}\n", code_span(caution.get<std::string>()));
    }
    return text;
}

Json scaling_json(std::span<const ScalingSeries> all) {
    const auto point_json = [](const ScalingPoint& point) {
        return Json{{"file", point.label},
                    {"ranks", point.ranks},
                    {"threads", or_null(point.threads)},
                    {"seconds", point.seconds},
                    {"repetitions", point.repetitions},
                    {"disturbed", point.disturbed},
                    {"speed", point.speed},
                    {"efficiency", or_null(point.efficiency)},
                    {"exchange_share", or_null(point.exchange_share)}};
    };
    return json_list(all, [&](const ScalingSeries& series) {
        return Json{{"name", series.name},
                    {"weak", series.weak},
                    {"points", json_list(series.points, point_json)},
                    {"cautions", series.cautions}};
    });
}

}  // namespace mnist
