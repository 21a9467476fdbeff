// What several sections say in the same words.
#include "page_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page_numbers.hpp"

namespace mnist {

std::string source_name(const Json& report, const Json& source) {
    return report["sources"][source.get<std::size_t>()]["title"];
}

std::string source_heading(const Json& report, const Json& place) {
    const Json& source = report["sources"][place.get<std::size_t>()];
    const std::string name = source["name"];
    if (source["title"] != name) return source["title"].get<std::string>() + " · " + name;
    const std::string cpu = source["cpu_model"];
    return cpu.empty() ? name : fmt::format("{} · {}, {}", name, cpu, threads_words(source["threads"]));
}

Html with_mark(const Html& heading, const Json& row) {
    const Json& found = row["disturbed"];
    if (found.is_null()) return heading;
    const std::string count = found["spoilt"]
                                  ? ""
                                  : fmt::format("{} of {} ", found["repetitions"].get<std::size_t>(),
                                                found["of"].get<std::size_t>());
    return heading +
           el("span.disturbed", count + "disturbed", {{"title", found["reason"].get<std::string>()}});
}

JsonColumn text_column(const std::string& title, const char* key, const char* kind) {
    return {title, kind, [key](const Json& row) { return Html(row[key].get<std::string>()); }};
}

JsonColumn number_column(const std::string& title, const char* key, std::string (*format)(const Json&)) {
    return {title, "number",
            [=](const Json& row) { return row[key].is_null() ? Html{} : Html(format(row[key])); }};
}

JsonColumn result_column(const Json& report) {
    return {"Result", "wide", [&](const Json& row) { return Html(source_name(report, row["source"])); }};
}

Html parts_in_turn(const std::vector<Part>& parts, std::size_t open, const std::string& what) {
    constexpr std::size_t kMostFolded = 6;
    const auto folded = [](const std::string& title, const Html& content) {
        return el("details.part", el("summary", title) + content);
    };
    Html all;
    Html others;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto& [title, content] = parts[i];
        if (i < open)
            all += (title.empty() ? Html{} : el("h3", title)) + content;
        else
            others += folded(title, content);
    }
    const std::size_t count = parts.size() - std::min(open, parts.size());
    return all + (what.empty() || count <= kMostFolded ? others
                                                       : folded(fmt::format("{} {}", count, what), others));
}

Html cut_note(std::size_t shown, std::size_t all, const std::string& what) {
    return shown == all
               ? Html{}
               : el("p.note", fmt::format("{} of {} {} are here; a page of fewer files has the others.",
                                          shown, all, what));
}

}  // namespace mnist
