// How trainings and steps scale with ranks, a table for each of them.
#include <nlohmann/json.hpp>

#include "page_numbers.hpp"
#include "page_sections.hpp"
#include "scaling_words.hpp"

namespace mnist {

Html scaling_section(const Json& report) {
    std::vector<Part> parts;
    for (const Json& series : report["scaling"]) {
        std::vector<HtmlColumn<Json>> columns;
        for (std::size_t c = 0; c < kScalingHeadings.size(); ++c)
            columns.push_back({kScalingHeadings[c], c + 1 < kScalingHeadings.size() ? "number" : "wide",
                               [c](const Json& point) { return Html(scaling_cells(point)[c]); }});
        Html content = table<Json>(columns, series["points"].get<std::vector<Json>>());
        for (const Json& caution : series["cautions"]) content += el("p.note", caution.get<std::string>());
        parts.push_back({scaling_title(series), std::move(content)});
    }
    if (parts.empty()) return {};
    constexpr std::size_t kOpen = 8;
    return el("p.note", scaling_note()) + parts_in_turn(parts, kOpen, "trainings and steps");
}

}  // namespace mnist
