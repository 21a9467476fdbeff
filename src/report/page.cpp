// The page from its template: sections, data, scripts. The policy names the hashes of the page's own scripts
// and style, so that nothing else can run or load, whatever a file should have smuggled in.
#include "mnist/report/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "mnist/core/base64.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/optimizers.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/report/text.hpp"
#include "page_assets.hpp"
#include "page_parts.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

/// "'sha256-...'", as a policy names the text of an inline element.
std::string hash_source(std::string_view text) {
    const std::string hex = sha256_hex(std::as_bytes(std::span(text.data(), text.size())));
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        std::uint8_t byte = 0;
        std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        bytes.push_back(byte);
    }
    return fmt::format("'sha256-{}'", to_base64(bytes));
}

/// The style and before it the optimizers' colours, as it can use them.
std::string style() {
    std::string light, dark, swatches;
    for (const Optimizer& one : kOptimizers) {
        light += fmt::format(" --{}: {};", one.word, one.look.colour);
        dark += fmt::format(" --{}: {};", one.word, one.look.dark_colour);
        swatches += fmt::format(".swatch.{0} {{ background: var(--{0}); }}\n", one.word);
    }
    return fmt::format(
        ":root {{{0} }}\n@media (prefers-color-scheme: dark) {{ :root {{{1} }} }}\n"
        "@media print {{ :root {{{0} }} }}\n{2}{3}",
        light, dark, swatches, page_style());
}

std::string policy() {
    std::string scripts = hash_source(page_script());
    if (page_has_charts()) scripts += " " + hash_source(chart_library());
    return fmt::format("default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
                       scripts, hash_source(style()));
}

/// The template with "{{name}}" replaced, in one pass: what is put in is never looked at again.
std::string filled(std::string_view text, const std::map<std::string_view, std::string>& values) {
    std::string page;
    while (true) {
        const std::size_t begin = text.find("{{");
        page += text.substr(0, begin);
        if (begin == std::string_view::npos) return page;
        const std::size_t end = text.find("}}", begin);
        const std::string_view name = text.substr(begin + 2, end - begin - 2);
        page += values.at(name);
        text.remove_prefix(end + 2);
    }
}

struct Content {
    Html links, sections;
};

/// Sections without data are left out.
Content content_of(const nlohmann::ordered_json& data) {
    using Make = Html (*)(const nlohmann::ordered_json&);
    constexpr std::array<std::tuple<const char*, const char*, Make>, 18> kSections{
        {{"summary", "Summary", summary_section},
         {"machines", "Machines and ranking", machines_section},
         {"score", "Score", score_section},
         {"results", "Optimizers", results_section},
         {"curves", "Learning curves", curves_section},
         {"confusion", "Confusion", confusion_section},
         {"throughput", "Throughput", throughput_section},
         {"scaling", "Scaling over ranks", scaling_section},
         {"libraries", "Beside other libraries", libraries_section},
         {"share", "Share of the peak", share_section},
         {"time", "Time to accuracy", time_section},
         {"roofline", "Roofline", roofline_section},
         {"latency", "Latency", latency_section},
         {"history", "History", history_section},
         {"benchmarks", "Other benchmarks", benchmarks_section},
         {"comparison", "Comparison", comparison_section},
         {"pictures", "Pictures", pictures_section},
         {"facts", "Where this comes from", facts_section}}};
    Content content;
    for (const auto& [id, title, make] : kSections) {
        const Html body = make(data);
        if (body.empty()) continue;
        const std::string heading = fmt::format("{}-title", id);
        content.sections += el("section", el("h2", title, {{"id", heading}}) + body,
                               {{"id", id}, {"aria-labelledby", heading}});
        content.links += el("li", el("a", title, {{"href", fmt::format("#{}", id)}}));
    }
    return content;
}

std::string files_of(const nlohmann::ordered_json& data) {
    constexpr std::size_t kMost = 3;
    const std::uint64_t all = data["files"];
    std::vector<std::string> names;
    for (const auto& source : data["sources"]) names.push_back(source["name"]);
    return all > kMost ? grouped(all) + " result files" : fmt::format("{}", fmt::join(names, ", "));
}

/// The files, and which of them are not shown one by one.
Html files_note(const nlohmann::ordered_json& data) {
    Html note = el("p.note", files_of(data));
    if (!data["left_out"].is_null()) note += el("p", data["left_out"].get<std::string>());
    return note;
}

/// What a reader is told who sees no charts.
Html chart_note() {
    if (page_has_charts())
        return el("p.banner unscripted",
                  "Charts and pictures are drawn by this page's own script, which does not run "
                  "here. All figures are in the tables.");
    return el("p.banner",
              "This build had no Chart.js, so there are tables in the place of charts. On Debian: install "
              "libjs-chart.js and build again.");
}

}  // namespace

bool page_has_charts() {
    return !chart_library().empty();
}

std::string report_page(const std::vector<ReportSource>& sources) {
    const nlohmann::ordered_json data = report_data(sources);
    const Content content = content_of(data);
    const std::string library =
        page_has_charts() ? fmt::format("<script>{}</script>", chart_library()) : std::string{};
    return filled(page_template(), {{"policy", policy()},
                                    {"style", style()},
                                    {"title", Html("mnist report: " + files_of(data)).markup()},
                                    {"files", files_note(data).markup()},
                                    {"contents", content.links.markup()},
                                    {"charts", chart_note().markup()},
                                    {"content", content.sections.markup()},
                                    {"data", embeddable_json(data)},
                                    {"chart_library", library},
                                    {"script", std::string(page_script())}});
}

}  // namespace mnist
